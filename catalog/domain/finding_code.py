"""Every finding code that the host itself raises, with its promise; policy rules bring their own ids.

`docs/finding-codes.md` has one heading per code; a law test keeps the two equal.
"""

from enum import Enum

from catalog.domain.finding import NOWHERE, Finding, Level, Place


class FindingCode(Enum):
    """A code is its name; its value says in one sentence what was found."""

    DOCUMENT_KIND_UNKNOWN = "The document is neither ODPS, ODCS nor dbt semantic layer YAML."
    REFERENCE_UNKNOWN = "A name refers to something that is not there."

    def at(self, place: Place, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found at `place`."""
        return Finding(self.name, message, remedy, level, place)

    def found(self, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found where no place in a document is meant."""
        return Finding(self.name, message, remedy, level, NOWHERE)
