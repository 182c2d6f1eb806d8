"""A view with its text: each part is written once, for the digest, for the record and for every engine asked."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.manifests.digest import canonical_json, digest_of_json


class WrittenView(dict[str, Any]):
    """A view that is not changed any more, as a dictionary, with its canonical JSON.

    Parts that are taken of it share what was written, and are the same view whenever they are taken again.
    """

    __slots__ = ("_digest", "_selected", "_texts")

    def __init__(self, parts: Mapping[str, Any], of: "WrittenView | None" = None) -> None:
        super().__init__(parts)
        self._texts: dict[str, bytes] = {} if of is None else of._texts
        self._selected: dict[frozenset[str], WrittenView] = {}
        self._digest = ""

    @property
    def text(self) -> bytes:
        """The canonical JSON (RFC 8785) of the whole."""
        return b"{%b}" % b",".join([self._written(name) for name in sorted(self)])

    @property
    def digest(self) -> str:
        """`sha256:<hex>` of the text."""
        if not self._digest:
            self._digest = digest_of_json(self.text)
        return self._digest

    def only(self, names: Iterable[str]) -> "WrittenView":
        """The view with these of its parts."""
        wanted = frozenset(names)
        found = self._selected.get(wanted)
        if found is None:
            parts = {name: self[name] for name in wanted if name in self}
            found = self._selected[wanted] = WrittenView(parts, self)
        return found

    def without(self, names: Iterable[str]) -> "WrittenView":
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
