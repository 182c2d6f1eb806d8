"""What nobody foresaw ends in a sentence and in exit code 2, never in a stack trace."""

import argparse
import json
import sys
from pathlib import Path

import pytest

from catalog.cli import policy
from catalog.cli.failure import failure
from catalog.cli.main import main
from catalog.cli.verdict import exit_code
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode


def raised(trouble: type[Exception], *arguments: object) -> Exception:
    try:
        raise trouble(*arguments)
    except trouble as error:
        return error


def test_a_fault_of_the_machine_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing") as missing:
        (tmp_path / "nothing").read_bytes()
    told = failure(missing.value)
    assert told.message == f"No such file or directory: {tmp_path / 'nothing'}."
    assert told.exit_code == 2
    assert failure(raised(OSError)).message == "OSError."


def test_a_fault_of_our_own_names_its_place_and_asks_for_a_report() -> None:
    told = failure(raised(KeyError, "owner"))
    assert told.message.startswith("Concord itself failed: KeyError at test_cli_failure.py:")
    assert "report" in told.remedy
    assert told.exit_code == 2


def broken(*_: object) -> int:
    raise ZeroDivisionError("by zero")


def test_a_fault_of_our_own_never_looks_like_a_refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        policy, "run_test", broken
    )  # no command is known to fail in a way that nobody foresaw
    assert main(["policy", "test"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "ZeroDivisionError at test_cli_failure.py:" in printed.err
    assert "Traceback" not in printed.err
    assert main(["policy", "test", "--output", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "CATALOG_ERROR"


def interrupted(*_: object) -> int:
    raise KeyboardInterrupt


def test_an_interrupt_ends_as_shells_expect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(policy, "run_test", interrupted)
    assert main(["policy", "test"]) == 130
    assert capsys.readouterr() == ("", "")


def test_developers_see_the_whole_trace_when_they_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "run_test", broken)
    monkeypatch.setattr(sys, "flags", argparse.Namespace(dev_mode=True))
    with pytest.raises(ZeroDivisionError):
        main(["policy", "test"])


def found(code: FindingCode, level: Level = Level.ERROR) -> Finding:
    return code.found("It is so.", remedy="Mend it.", level=level)


def test_the_exit_code_tells_a_refusal_from_an_engine_that_gave_no_verdict() -> None:
    refused, silent = found(FindingCode.YAML_SYNTAX), found(FindingCode.POLICY_UNAVAILABLE)
    assert exit_code([refused], passes=True) == 0
    assert exit_code([refused], passes=False) == 1
    assert exit_code([], passes=False) == 1
    assert exit_code([silent], passes=False) == 2
    assert exit_code([refused, silent], passes=False) == 2
    assert exit_code([refused, found(FindingCode.POLICY_UNDEFINED, Level.WARNING)], passes=False) == 1
