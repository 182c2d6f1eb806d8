"""What a command says: lines for people on a terminal, one JSON document for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from catalog.domain.errors import CatalogError
from catalog.domain.finding import Finding, Level

_COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "grey": 90, "bold": 1}
_LEVELS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "blue"}
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127) if code not in (9, 10)}


class Output:
    """Collects the answer of one command and prints it in the chosen form."""

    def __init__(self, form: str) -> None:
        self.is_json = form == "json"
        self.is_terminal = not self.is_json and sys.stdout.isatty()

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, on a terminal only."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.is_terminal else text

    def line(self, text: str = "", colour: str = "") -> None:
        """One line for people; programs do not see it."""
        if not self.is_json:
            safe = text.translate(_CONTROL)
            print(self.paint(safe, colour) if colour else safe, flush=True)

    def document(self, content: Mapping[str, Any]) -> None:
        """The whole answer for programs; people do not see it."""
        if self.is_json:
            print(json.dumps(content, indent=2, default=str, ensure_ascii=False))

    def findings(self, findings: Iterable[Finding], indent: str = "") -> None:
        """Findings as place, level, code, message and remedy."""
        for finding in findings:
            head = f"{finding.place}: " if str(finding.place) else ""
            level = self.paint(finding.level.value, _LEVELS[finding.level])
            self._raw(f"{indent}{head}", f"{level} [{finding.code}] ", finding.message)
            self.line(f"{indent}    remedy: {finding.remedy}", "grey")

    def _raw(self, before: str, painted: str, after: str) -> None:
        if not self.is_json:
            print(before.translate(_CONTROL) + painted + after.translate(_CONTROL), flush=True)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Columns aligned by their widest cell."""
        cells = [[str(cell).translate(_CONTROL).replace("\n", " ") for cell in row] for row in rows]
        widths = [max(len(line[n]) for line in [list(header), *cells]) for n in range(len(header))]

        def joined(line: Sequence[str]) -> str:
            return "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()

        self.line(joined(list(header)), "bold")
        for line in cells:
            self.line(joined(line))

    def error(self, error: CatalogError) -> None:
        """An error on standard error, or as a document for programs."""
        self.document(
            {"error": error.code, "message": error.message, "findings": findings_json(error.findings)}
        )
        if not self.is_json:
            print(f"concord: {error.message.translate(_CONTROL)} [{error.code}]", file=sys.stderr)
            if error.remedy:
                print(f"    remedy: {error.remedy}", file=sys.stderr)
            sys.stderr.flush()
            self.findings(error.findings)

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
