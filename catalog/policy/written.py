"""A view with its text: each part is written once, for the digest, for the record and for every engine asked."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Self

from catalog.manifests.digest import canonical_json


class WrittenView(dict[str, Any]):
    """A view that is not changed any more, as a dictionary, with its canonical JSON.

    Parts that are taken of it share what was written.
    """

    __slots__ = ("_texts",)

    def __init__(self, parts: Mapping[str, Any], texts: dict[str, bytes] | None = None) -> None:
        super().__init__(parts)
        self._texts: dict[str, bytes] = {} if texts is None else texts

    @property
    def text(self) -> bytes:
        """The canonical JSON (RFC 8785) of the whole."""
        return b"{%b}" % b",".join([self._written(name) for name in sorted(self)])

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the text."""
        return "sha256:" + hashlib.sha256(self.text).hexdigest()

    def only(self, names: Iterable[str]) -> Self:
        """The view with these of its parts."""
        return type(self)({name: self[name] for name in names if name in self}, self._texts)

    def without(self, names: Iterable[str]) -> Self:
        """The view with all but these of its parts."""
        return self.only(self.keys() - set(names))

    def _written(self, name: str) -> bytes:
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = canonical_json({name: self[name]})[1:-1]
        return text


def written(view: Mapping[str, Any]) -> WrittenView:
    """The view itself where it has its text already."""
    return view if isinstance(view, WrittenView) else WrittenView(view)
