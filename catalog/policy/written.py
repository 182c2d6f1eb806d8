"""A view with its text: each part is written once, for the digest, for the record and for every engine asked."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Self

from catalog.manifests.digest import canonical_json


class WrittenView(dict[str, Any]):
    """A view that is not changed any more, as a dictionary, with its canonical JSON.

    Parts that are taken of it share what was written: each part's text, and digests by the names of the parts.
    """

    __slots__ = ("_digests", "_texts")

    def __init__(self, parts: Mapping[str, Any], of: "WrittenView | None" = None) -> None:
        super().__init__(parts)
        self._texts: dict[str, bytes] = {} if of is None else of._texts
        self._digests: dict[tuple[str, ...], str] = {} if of is None else of._digests

    @property
    def text(self) -> bytes:
        """The canonical JSON (RFC 8785) of the whole."""
        return b"{%b}" % b",".join([self._written(name) for name in sorted(self)])

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the text."""
        names = tuple(sorted(self))
        digest = self._digests.get(names)
        if digest is None:
            digest = self._digests[names] = "sha256:" + hashlib.sha256(self.text).hexdigest()
        return digest

    def only(self, names: Iterable[str]) -> Self:
        """The view with these of its parts."""
        return type(self)({name: self[name] for name in names if name in self}, self)

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
