"""Every finding code that the host itself raises, with its promise; policy rules bring their own ids.

`docs/finding-codes.md` has one heading per code; a law test keeps the two equal.
"""

from enum import Enum

from catalog.domain.finding import NOWHERE, Finding, Level, Place


class FindingCode(Enum):
    """A code is its name; its value says in one sentence what was found."""

    DOCUMENT_KIND_UNKNOWN = "The document is neither ODPS, ODCS nor dbt semantic layer YAML."
    DOCUMENT_UNREADABLE = "A document or its folder cannot be read from disk, or a link leads out of it."
    QUERY_TOO_COMPLEX = "A GraphQL document asks for more than one request may."
    REFERENCE_UNKNOWN = "A name refers to something that is not there."
    YAML_ALIAS = "An anchor, an alias or a merge key stands in a document."
    YAML_DOCUMENT_COUNT = "A file holds no document, or more than one where one is meant."
    YAML_DUPLICATE_KEY = "A key is written twice in one mapping."
    YAML_ENCODING = "A document is not UTF-8."
    YAML_KEY = "A key is not text."
    YAML_LIMIT = "A document is larger, deeper or fuller than may be read."
    YAML_NUMBER = "A number cannot be kept exactly."
    YAML_SYNTAX = "A document is not well-formed YAML or JSON."
    YAML_TAG = "A tag or directive stands in a document."

    def at(self, place: Place, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found at `place`."""
        return Finding(self.name, message, remedy, level, place)

    def found(self, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found where no place in a document is meant."""
        return Finding(self.name, message, remedy, level, NOWHERE)
