"""What a command says: lines for people on a terminal, one JSON document for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any, TextIO

from catalog.domain.errors import CatalogError
from catalog.domain.finding import Finding, Level

_COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "grey": 90, "bold": 1}
_LEVELS = {Level.ERROR: "red", Level.FUTURE_ERROR: "yellow", Level.WARNING: "yellow", Level.INFO: "blue"}
# Control characters and those that turn the direction of text: nobody's document moves our cursor.
_UNSEEN = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ONE_LINE = {code: f"\\x{code:02x}" for code in _UNSEEN}
_LINES = {code: shown for code, shown in _ONE_LINE.items() if chr(code) not in "\t\n"}


class Output:
    """Collects the answer of one command and prints it in the chosen form."""

    def __init__(self, form: str) -> None:
        self.is_json = form == "json"
        self.is_terminal = not self.is_json and sys.stdout.isatty()

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, on a terminal only."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.is_terminal and colour else text

    def line(self, text: str = "", colour: str = "") -> None:
        """One line for people; programs do not see it."""
        self._print(self.paint(text.translate(_LINES), colour))

    def document(self, content: Mapping[str, Any]) -> None:
        """The whole answer for programs, in ASCII so that it survives every pipe; people do not see it."""
        if self.is_json:
            print(json.dumps(content, indent=2, default=_text), flush=True)

    def findings(self, findings: Iterable[Finding], indent: str = "", stream: TextIO | None = None) -> None:
        """Findings as place, level, code, message and remedy; `stream` instead of standard output."""
        for one in findings:
            head = f"{one.place}: ".translate(_ONE_LINE) if str(one.place) else ""
            level = self.paint(one.level.value, _LEVELS[one.level])
            message, remedy = one.message.translate(_ONE_LINE), one.remedy.translate(_ONE_LINE)
            self._print(f"{indent}{head}{level} [{one.code}] {message}", stream)
            self._print(self.paint(f"{indent}    remedy: {remedy}", "grey"), stream)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Columns aligned by their widest cell; what is not known is shown as `null`."""
        cells = [["null" if cell is None else str(cell).translate(_ONE_LINE) for cell in row] for row in rows]
        widths = [max(len(line[n]) for line in [list(header), *cells]) for n in range(len(header))]

        def joined(line: Sequence[str]) -> str:
            return "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()

        self.line(joined(list(header)), "bold")
        for line in cells:
            self.line(joined(line))

    def error(self, error: CatalogError) -> None:
        """An error with its findings: on standard error, or as the document for programs."""
        self.document(
            {
                "error": error.code,
                "message": error.message,
                "remedy": error.remedy,
                "findings": findings_json(error.findings),
            }
        )
        sys.stdout.flush()
        self._print(f"concord: {error.message.translate(_ONE_LINE)} [{error.code}]", sys.stderr)
        if error.remedy:
            self._print(f"    remedy: {error.remedy.translate(_ONE_LINE)}", sys.stderr)
        self.findings(error.findings, stream=sys.stderr)

    def progress(self, label: str) -> Callable[[str], None]:
        """A function that tells the present step of a long task on one line of the terminal."""

        def tell(step: str) -> None:
            if self.is_terminal:
                print(f"\r\x1b[2K{label}: {step}", end="", flush=True)

        return tell

    def progress_done(self) -> None:
        """Clear the progress line."""
        if self.is_terminal:
            print("\r\x1b[2K", end="", flush=True)

    def _print(self, text: str, stream: TextIO | None = None) -> None:
        if not self.is_json:
            print(text, file=stream, flush=True)


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as programs read them."""
    return [
        {
            "code": one.code,
            "level": one.level.value,
            "message": one.message,
            "remedy": one.remedy,
            "file": one.place.file,
            "line": one.place.line,
            "column": one.place.column,
            "field": one.place.field,
        }
        for one in findings
    ]


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`, `no findings`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def bar(done: int, of: int) -> str:
    """How much is done, as `[########------------] 40 %`."""
    filled = 20 * done // max(of, 1)
    return f"[{'#' * filled:-<20}] {100 * done // max(of, 1)} %"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)
