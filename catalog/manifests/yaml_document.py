"""A document read: its plain value, and where each part of it was written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalog.domain.finding import Place

# A mark is a node's start, line and column in one integer; a container adds the marks of its children.
Marks = int | tuple[int, "dict[str, Marks] | list[Marks]"]
_COLUMN_BITS: Final = 22
# The mark of everything in a document whose lines nobody wrote.
NO_MARK: Final = -1


def mark_of(line: int, column: int) -> int:
    """A 0-based position in one integer."""
    return line << _COLUMN_BITS | column


def pointer(parts: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and indexes."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document of a file as dicts, lists, text, numbers, booleans and None."""

    file: str
    value: Any
    marks: Marks = 0
    written: Mapping[int, str] = field(default_factory=dict)

    def place(self, pointer: str) -> Place:
        """Where the value at a JSON pointer starts; for a value that is not there, its nearest ancestor."""
        return self.place_of(self._find(pointer)[0], pointer)

    def text(self, pointer: str) -> str:
        """The value as its author wrote it, so that an unquoted `1.10` stays `1.10`; empty where absent."""
        marks, value, there = self._find(pointer)
        return self.text_of(marks, value) if there else ""

    def place_of(self, marks: Marks, pointer: str) -> Place:
        """The place of a node whose marks are at hand."""
        mark = marks if isinstance(marks, int) else marks[0]
        if mark == NO_MARK:
            return Place(self.file, field=pointer)
        return Place(self.file, (mark >> _COLUMN_BITS) + 1, (mark & (1 << _COLUMN_BITS) - 1) + 1, pointer)

    def text_of(self, marks: Marks, value: Any) -> str:
        """A scalar as it was written; empty for null and for containers."""
        if isinstance(value, str):
            return value
        if value is None or isinstance(marks, tuple):
            return ""
        return self.written.get(marks) or str(value).lower()

    def _find(self, pointer: str) -> tuple[Marks, Any, bool]:
        """The marks and the value at the pointer or at its nearest ancestor, and which of the two it is."""
        marks, value = self.marks, self.value
        for part in pointer.split("/")[1:]:
            key = _key(value, part.replace("~1", "/").replace("~0", "~"))
            if key is None or isinstance(marks, int):
                return marks, value, False
            marks, value = marks[1][key], value[key]  # type: ignore[index]
        return marks, value, True


def _key(value: Any, part: str) -> str | int | None:
    if isinstance(value, dict):
        return part if part in value else None
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return int(part)
    return None
