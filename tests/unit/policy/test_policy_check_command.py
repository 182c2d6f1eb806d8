"""`concord policy check`, `test --coverage` and `fmt`: what keeps a folder of rules from being whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from unit.policy.policy_examples import BODY, HEADER, POLICIES, policy_folder

from catalog.cli.main import main

TWO_BODIES = (
    HEADER.format(id="ORG-OWN-001")
    + BODY.format(id="ORG-OWN-001", package="governance.org.owner")
    + '\nviolation contains v if {\n\tinput.asset.owner == "nobody"\n'
    '\tv := {"id": "ORG-OWN-001", "path": "/asset", "args": {}}\n}\n'
)


FIRST = TWO_BODIES.splitlines().index("violation contains v if {") + 1


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main([*words, "--output", "json"])
    told = capsys.readouterr()
    return code, json.loads(told.out or told.err)


def test_the_shipped_rules_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = run(capsys, "policy", "check", str(POLICIES))
    assert (code, answer["findings"]) == (0, [])
    assert answer["tests"] > 2 * answer["rules"]


def test_a_body_that_no_test_reaches_is_named_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = policy_folder(tmp_path, **{"org/owner.rego": TWO_BODIES})
    code, answer = run(capsys, "policy", "check", str(root))
    [finding] = answer["findings"]
    assert (code, finding["code"], finding["file"]) == (1, "POLICY_RULE_UNTESTED", "org/owner.rego")
    second = TWO_BODIES.splitlines().index("violation contains v if {", FIRST) + 1
    assert finding["line"] == second
    code, answer = run(capsys, "policy", "test", str(root), "--coverage")
    [coverage] = answer["coverage"]
    assert (code, coverage["file"], coverage["uncovered"]) == (0, "org/owner.rego", [second, second + 2])
    assert 50 < coverage["percent"] < 100


def test_a_rule_that_the_page_does_not_tell_of_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = policy_folder(tmp_path, **{"README.md": "# Rules\n\n### ORG-OWN-002\n"})
    code, answer = run(capsys, "policy", "check", str(root))
    assert (code, [one["code"] for one in answer["findings"]]) == (1, ["POLICY_RULE_UNTOLD"])


def test_the_page_is_written_beside_the_rules_and_then_tells_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = policy_folder(tmp_path, **{"README.md": "# Rules\n"})
    code, answer = run(capsys, "policy", "describe", str(root))
    assert (code, answer) == (0, {"file": str(root / "README.md"), "rules": 1})
    assert "### ORG-OWN-001\n" in (root / "README.md").read_text()
    assert run(capsys, "policy", "check", str(root))[0] == 0


def test_an_id_that_two_rules_have_is_named_at_its_line_in_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = HEADER.format(id="ORG-OWN-001")
    twice = rule + BODY.format(id="ORG-OWN-001", package="governance.org.twice")
    test = "package governance.org.twice_test\n\ntest_it if true\n\ntest_not if true\n"
    root = policy_folder(tmp_path, **{"org/twice.rego": twice, "org/twice_test.rego": test})
    code, answer = run(capsys, "policy", "check", str(root))
    line = next(number for number, text in enumerate(rule.splitlines(), 1) if "ORG-OWN-001" in text)
    assert code == 1
    assert [(one["file"], one["line"]) for one in answer["findings"]] == [
        ("org/owner.rego", line),
        ("org/twice.rego", line),
    ]


def test_a_folder_of_something_else_is_one_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy_folder(tmp_path / "deep")
    code, answer = run(capsys, "policy", "check", str(tmp_path))
    [finding] = answer["findings"]
    assert (code, "holds no rule of the organisation" in finding["message"]) == (1, True)


def test_a_test_that_does_not_hold_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = "package governance.org.owner_test\n\ntest_it if false\n\ntest_not if true\n"
    root = policy_folder(tmp_path, **{"org/owner_test.rego": test})
    code, answer = run(capsys, "policy", "check", str(root))
    assert code == 1
    assert ("POLICY_TEST_FAILED", 3) in [(one["code"], one["line"]) for one in answer["findings"]]


def test_without_opa_nothing_is_formatted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_OPA_BINARY", str(tmp_path / "none"))
    code, answer = run(capsys, "policy", "fmt", str(policy_folder(tmp_path)), "--check")
    assert code == 2
    assert "is no OPA that can be run" in json.dumps(answer)


@pytest.mark.opa
def test_rules_are_formatted_as_opa_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, opa_binary: str
) -> None:
    monkeypatch.setenv("CONCORD_OPA_BINARY", opa_binary)
    untidy = HEADER.format(id="ORG-OWN-001") + BODY.format(
        id="ORG-OWN-001", package="governance.org.owner"
    ).replace("\tinput", "    input")
    root = policy_folder(tmp_path, **{"org/owner.rego": untidy})
    code, answer = run(capsys, "policy", "fmt", str(root), "--check")
    assert (code, [Path(one).name for one in answer["files"]]) == (1, ["owner.rego"])
    assert (root / "org" / "owner.rego").read_text() == untidy
    assert run(capsys, "policy", "fmt", str(root))[0] == 0
    assert run(capsys, "policy", "fmt", str(root), "--check") == (0, {"checked": True, "files": []})
    (root / "org" / "owner.rego").write_text("package x\n\nx := {\n")
    assert run(capsys, "policy", "fmt", str(root), "--check")[0] == 2
