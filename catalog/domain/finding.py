"""A finding: what is wrong, where, by which rule, and what would make it right."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs: an error blocks, a warning is shown, an info explains.

    A future error is shown until the day that its message names, from which it is an error.
    """

    ERROR = "error"
    FUTURE_ERROR = "future_error"
    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding sits: a file with 1-based line and column, and a JSON pointer into the document.

    Zero and empty mean *not known*; nothing is guessed.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""

    def __str__(self) -> str:
        """`file:line:column` as far as known, then the field."""
        position = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{position} {self.field}".strip()


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict of one rule at one place. Findings are values: they are collected, never raised."""

    code: str
    message: str
    remedy: str
    level: Level = Level.ERROR
    place: Place = NOWHERE

    def __str__(self) -> str:
        """One line as a terminal or a log shows it."""
        where = f"{self.place}: " if self.place != NOWHERE else ""
        return f"{where}{self.level} [{self.code}] {self.message} Remedy: {self.remedy}"

    @property
    def blocks(self) -> bool:
        """Whether this finding alone refuses what it judges."""
        return self.level is Level.ERROR


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that refuse, in their given order."""
    return tuple(finding for finding in findings if finding.blocks)
