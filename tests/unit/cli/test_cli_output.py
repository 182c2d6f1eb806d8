"""What a command says, in text for people and in JSON for programs."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalog.cli.output import Output, bar, counted, findings_json
from catalog.domain.errors import Refused, StaleRowVersion
from catalog.domain.finding import Finding, Level, Place

FINDING = Finding("CODE", "It is wrong.", "Mend it.", Level.WARNING, Place("a.yaml", 3, 5, "/owner"))


def test_text_is_for_people_and_documents_are_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    for output in (Output("text"), Output("json")):
        output.line("a line")
        output.table(["n"], [[1]])
        output.findings([FINDING])
        output.document(
            {"at": datetime(2026, 11, 21, tzinfo=UTC), "on": date(2026, 11, 21), "sum": Decimal("1.50")}
        )
        printed = capsys.readouterr().out
        if output.is_json:
            assert json.loads(printed) == {
                "at": "2026-11-21T00:00:00+00:00",
                "on": "2026-11-21",
                "sum": "1.50",
            }
        else:
            assert printed.startswith("a line\nn\n1\na.yaml:3:5 /owner: warning [CODE] It is wrong.\n")


def test_a_finding_says_its_remedy_and_nothing_about_a_place_that_is_not_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Output("text").findings([Finding("CODE", "It is wrong.", "Mend it.")], indent="  ")
    assert capsys.readouterr().out == "  error [CODE] It is wrong.\n      remedy: Mend it.\n"


def test_there_is_no_colour_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output("text").line("passed", "green")
    tell = Output("text").progress("checking")
    tell("one")
    Output("text").progress_done()
    assert capsys.readouterr().out == "passed\n"


def test_a_terminal_gets_colours(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("text")
    output.is_terminal = True
    output.line("passed", "green")
    output.line("plain")
    output.progress("checking")("one")
    output.progress_done()
    assert capsys.readouterr().out == "\x1b[32mpassed\x1b[0m\nplain\n\r\x1b[2Kchecking: one\r\x1b[2K"


@pytest.mark.parametrize("hostile", ["\x1b[2K", "\r", "\x00", "\x7f", "\x9b2K", "\u202e", "\u2066"])
def test_no_document_moves_the_cursor_or_turns_the_text(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output = Output("text")
    output.line(f"a{hostile}b")
    output.table(["n"], [[f"a{hostile}b"]])
    output.findings([Finding("CODE", f"a{hostile}b", f"a{hostile}b", place=Place(f"a{hostile}b"))])
    output.error(Refused(f"a{hostile}b", remedy=f"a{hostile}b"))
    printed = capsys.readouterr()
    assert hostile not in printed.out + printed.err
    assert f"a\\x{ord(hostile[0]):02x}" in printed.out


def test_no_message_forges_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("text")
    output.findings([Finding("CODE", "bad\nmine passes", "mend\nit", place=Place("a\nb.yaml"))])
    output.table(["n"], [["one\ntwo"]])
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_a_table_is_aligned_and_shows_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    Output("text").table(["month", "gmv"], [["2026-01", 1], [None, 12345]])
    assert capsys.readouterr().out == "month    gmv\n2026-01  1\nnull     12345\n"


def test_an_error_goes_to_standard_error_with_its_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Output("text").error(Refused("It is refused.", findings=[FINDING], remedy="Begin again."))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "concord: It is refused. [REFUSED]",
        "    remedy: Begin again.",
        "a.yaml:3:5 /owner: warning [CODE] It is wrong.",
        "    remedy: Mend it.",
    ]


def test_an_error_is_the_document_of_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    Output("json").error(StaleRowVersion(findings=[FINDING]))
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out) == {
        "error": "STALE_ROW_VERSION",
        "message": "The row version that the caller saw is no longer the current one; read again and decide anew.",
        "remedy": "",
        "findings": findings_json([FINDING]),
    }


def test_a_finding_keeps_every_part_for_programs() -> None:
    assert findings_json([FINDING]) == [
        {
            "code": "CODE",
            "level": "warning",
            "message": "It is wrong.",
            "remedy": "Mend it.",
            "file": "a.yaml",
            "line": 3,
            "column": 5,
            "field": "/owner",
        }
    ]


@pytest.mark.parametrize(("number", "text"), [(0, "no findings"), (1, "1 finding"), (2, "2 findings")])
def test_things_are_counted_in_words(number: int, text: str) -> None:
    assert counted(number, "finding") == text


@pytest.mark.parametrize(
    ("done", "of", "shown"),
    [
        (0, 7, "[--------------------] 0 %"),
        (128, 1000, "[##------------------] 12 %"),
        (1000, 1000, "[####################] 100 %"),
        (0, 0, "[--------------------] 0 %"),
    ],
)
def test_a_bar_is_as_full_as_the_task_is_done(done: int, of: int, shown: str) -> None:
    assert bar(done, of) == shown
