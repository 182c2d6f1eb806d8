"""`concord check --report`: the report goes where it was asked to go."""

import json
from pathlib import Path

import pytest
from unit.policy.policy_examples import ROOT

from catalog.cli.main import main

MESH = ROOT / "examples" / "mesh"


@pytest.fixture(autouse=True)
def at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_a_report_alone_is_all_of_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "examples/mesh/operations", "--report", "sarif"]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (result,) = [one for one in run["results"] if one["ruleId"] == "ORG-PRV-001"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == (
        "examples/mesh/operations/products/support_tickets/contract.odcs.yaml"
    )
    lines = (ROOT / physical["artifactLocation"]["uri"]).read_text().splitlines()
    assert "name: caller_phone" in lines[physical["region"]["startLine"] - 1]


def test_a_report_in_a_file_leaves_the_text_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.json"
    command = ["check", str(MESH / "sales"), "--report", "json", "--report-file", str(target)]
    main(command)
    assert "judged" in capsys.readouterr().out
    assert json.loads(target.read_text())["schema"] == "concord.report/1"
    main([*command, "--output", "json"])
    assert "assets" in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "flags",
    [["--report-file", "x"], ["--report", "json", "--output", "json"]],
    ids=["no form", "two documents"],
)
def test_flags_that_do_not_go_together_are_refused(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(MESH), *flags]) == 2
    assert "remed" in "".join(capsys.readouterr())
