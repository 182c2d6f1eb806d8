"""A view with its text: each part is written once, for the digest, for the record and for every engine asked."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalog.manifests.digest import canonical_json, digest_of_json

_DECODER: Final = json.JSONDecoder()


class WrittenView(dict[str, Any]):
    """A view that is not changed any more, as a dictionary, with its canonical JSON.

    Parts that are taken of it share what was written, and are the same view whenever they are taken again.
    """

    __slots__ = ("_digest", "_selected", "_texts")

    def __init__(self, parts: Mapping[str, Any], texts: dict[str, bytes] | None = None) -> None:
        super().__init__(parts)
        self._texts = {} if texts is None else texts
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
            found = self._selected[wanted] = WrittenView(parts, self._texts)
        return found

    def without(self, names: Iterable[str]) -> "WrittenView":
        """The view with all but these of its parts."""
        return self.only(self.keys() - set(names))

    def _written(self, name: str) -> bytes:
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = canonical_json({name: self[name]})[1:-1]
        return text


def read_written(text: bytes) -> WrittenView:
    """The view that was written so: `text` is its canonical JSON, as a record keeps it."""
    whole, at = text.decode(), 0
    parts, texts = dict[str, Any](), dict[str, bytes]()
    while whole[at] != "}" and whole != "{}":
        name, end = _DECODER.raw_decode(whole, at + 1)
        parts[name], stop = _DECODER.raw_decode(whole, end + 1)
        texts[name] = whole[at + 1 : stop].encode()
        at = stop
    return WrittenView(parts, texts)


def written(view: Mapping[str, Any]) -> WrittenView:
    """The view itself where it has its text already."""
    return view if isinstance(view, WrittenView) else WrittenView(view)
