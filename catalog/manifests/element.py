"""A part of a document, with its fields as domain objects want them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from catalog.domain.finding import Place
from catalog.manifests.yaml_document import Marks, YamlDocument


@dataclass(frozen=True, slots=True)
class Element:
    """One value and where it stands. A field that is absent, or of another type than asked for, is empty."""

    document: YamlDocument
    value: Any
    marks: Marks
    pointer: str = ""

    @classmethod
    def root(cls, document: YamlDocument) -> Self:
        """The top of a document."""
        return cls(document, document.value, document.marks)

    @property
    def place(self) -> Place:
        """Where the value starts."""
        return self.document.place_of(self.marks, self.pointer)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The plain fields of a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def written(self) -> str:
        """A scalar as its author wrote it."""
        return self.document.text_of(self.marks, self.value)

    def element(self, key: str) -> "Element":
        """One field, with the place of the whole where it is absent; the key is a word of a standard."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Element(self.document, value, self._marks(key), f"{self.pointer}/{key}")

    def text(self, key: str, default: str = "") -> str:
        """A scalar field as its author wrote it; the default where absent or null."""
        value = self.fields.get(key)
        if isinstance(value, str):
            return value
        return default if value is None else self.document.text_of(self._marks(key), value)

    def flag(self, key: str) -> bool:
        """Whether the field is `true`."""
        return self.fields.get(key) is True

    def integer(self, key: str, default: int = 0) -> int:
        """A whole number."""
        value = self.fields.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A field that is a mapping, as plain values."""
        return self.element(key).fields

    def each(self, key: str) -> tuple["Element", ...]:
        """The items of a field that is a list."""
        value, marks = self.fields.get(key), self._marks(key)
        if not isinstance(value, list):
            return ()
        each: Any = [marks] * len(value) if isinstance(marks, int) else marks[1]
        base = f"{self.pointer}/{key}"
        return tuple(
            Element(self.document, item, mark, f"{base}/{index}")
            for index, (mark, item) in enumerate(zip(each, value, strict=True))
        )

    def elements(self, key: str) -> tuple["Element", ...]:
        """The items of a list that are mappings."""
        return tuple(item for item in self.each(key) if isinstance(item.value, dict))

    def texts(self, key: str) -> tuple[str, ...]:
        """The items of a list of scalars, as written."""
        return tuple(item.written for item in self.each(key))

    def without(self, *keys: str) -> dict[str, Any]:
        """The plain fields of a mapping but those."""
        return {key: value for key, value in self.fields.items() if key not in keys}

    @property
    def custom(self) -> dict[str, Any]:
        """`customProperties` (ODCS, ODPS) as a flat mapping; of a property written twice the last counts."""
        items = self.elements("customProperties")
        return {item.text("property"): item.fields.get("value") for item in items if item.text("property")}

    def _marks(self, key: str) -> Marks:
        if isinstance(self.marks, int):
            return self.marks
        children: Any = self.marks[1]
        return children.get(key, self.marks) if isinstance(children, dict) else self.marks
