"""The ready workflow holds commands that the command line understands, and uploads what they write."""

import re
import shlex

import yaml
from unit.policy.policy_examples import ROOT

from catalog.cli.main import parser

TEXT = (ROOT / "examples" / "ci" / "concord.yml").read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
COMMANDS = [
    step["run"]
    for job in JOBS.values()
    for step in job["steps"]
    if step.get("run", "").startswith("concord ")
]


def test_every_command_of_the_workflow_is_understood(tmp_path_factory, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("repository")
    for name in ("products", "policies", "today/policies"):
        (folder / name).mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert [command.split()[1] for command in COMMANDS] == ["check", "policy", "policy"]
    waivers = "--waivers=waivers.json"
    assert f"'{waivers}' || ''" in TEXT
    given = [command.replace("$WAIVERS", form) for command in COMMANDS for form in ("", waivers)]
    for command in given:
        assert parser().parse_args(shlex.split(command)[1:]).run


def test_the_report_that_is_uploaded_is_the_one_that_is_written() -> None:
    (uploaded,) = re.findall(r"sarif_file: (\S+)", TEXT)
    assert f"--report sarif --report-file {uploaded}" in COMMANDS[0]
