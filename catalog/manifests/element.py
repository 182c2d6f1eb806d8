"""A mapping inside a document, with its fields as domain objects want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from catalog.domain.finding import Place
from catalog.manifests.yaml_document import Marks, YamlDocument, pointer


@dataclass(frozen=True, slots=True)
class Element:
    """One mapping and where it stands. A field of another type than asked for reads as absent."""

    document: YamlDocument
    value: Mapping[str, Any]
    marks: Marks
    pointer: str = ""

    @classmethod
    def root(cls, document: YamlDocument) -> Self:
        """The top of a document."""
        value = document.value if isinstance(document.value, dict) else {}
        return cls(document, value, document.marks)

    @property
    def place(self) -> Place:
        """Where the mapping starts."""
        return self.document.place_of(self.marks, self.pointer)

    def place_at(self, key: str) -> Place:
        """Where the value of one field starts; the mapping itself where the field is absent."""
        return self.document.place_of(self._marks(key), self.pointer + pointer((key,)))

    def text(self, key: str, default: str = "") -> str:
        """Text as written, numbers included; the default where absent or null."""
        value = self.value.get(key)
        if isinstance(value, str):
            return value
        return default if value is None else self.document.text_of(self._marks(key), value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of scalars as text."""
        marks = self._marks(key)
        if not isinstance(value := self.value.get(key), list) or isinstance(marks, int):
            return ()
        each: Any = marks[1]
        return tuple(self.document.text_of(mark, item) for mark, item in zip(each, value, strict=True))

    def flag(self, key: str) -> bool:
        """Whether the field is `true`."""
        return self.value.get(key) is True

    def integer(self, key: str, default: int = 0) -> int:
        """A whole number."""
        value = self.value.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A field's mapping as plain values; empty where absent."""
        value = self.value.get(key)
        return value if isinstance(value, dict) else {}

    def element(self, key: str) -> "Element":
        """The mapping of one field; empty where absent."""
        return Element(
            self.document, self.mapping(str(key)), self._marks(key), self.pointer + pointer((key,))
        )

    def elements(self, key: str) -> tuple["Element", ...]:
        """The mappings in a field's list."""
        marks = self._marks(key)
        if not isinstance(value := self.value.get(key), list) or isinstance(marks, int):
            return ()
        each: Any = marks[1]
        base = self.pointer + pointer((key,))
        return tuple(
            Element(self.document, item, mark, f"{base}/{index}")
            for index, (mark, item) in enumerate(zip(each, value, strict=True))
            if isinstance(item, dict)
        )

    def without(self, *keys: str) -> dict[str, Any]:
        """All fields but those."""
        return {key: value for key, value in self.value.items() if key not in keys}

    @property
    def custom(self) -> dict[str, Any]:
        """`customProperties` (ODCS, ODPS) as a flat mapping; of a property written twice the last counts."""
        items = self.elements("customProperties")
        return {item.text("property"): item.value.get("value") for item in items if item.text("property")}

    def _marks(self, key: str) -> Marks:
        if isinstance(self.marks, int):
            return self.marks
        children: Any = self.marks[1]
        return children.get(key, self.marks) if isinstance(children, dict) else self.marks
