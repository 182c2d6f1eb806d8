"""Whom a finding about documents concerns, where many assets stand in one file."""

from collections import Counter
from collections.abc import Mapping, Sequence

from catalog.domain.draft import Draft, ProductContent
from catalog.domain.finding import Finding, Place
from catalog.domain.identity import AssetKey


class Attribution:
    """Findings by the asset in which they stand; the others concern every draft made from their file."""

    def __init__(self, drafts: Sequence[Draft], findings: Sequence[Finding]) -> None:
        self._own: dict[AssetKey, list[Finding]] = {}
        self._of_files: dict[str, list[Finding]] = {}
        places = _places(drafts)
        for found in findings:
            key = _home(found.place, places)
            if key is None:
                self._of_files.setdefault(found.place.file, []).append(found)
            else:
                self._own.setdefault(key, []).append(found)

    def of(self, draft: Draft) -> tuple[Finding, ...]:
        """What concerns the draft: first what is about its documents as a whole."""
        files = dict.fromkeys(("", *(document.path for document in draft.documents)))
        shared = (found for file in files for found in self._of_files.get(file, ()))
        return (*shared, *self._own.get(draft.key, ()))


def _places(drafts: Sequence[Draft]) -> dict[tuple[str, str], AssetKey]:
    """Where each asset stands; places that two documents of one file have alike say nothing."""
    places = [(_place(one).file, _place(one).field) for one in drafts]
    often = Counter(places)
    return {place: one.key for place, one in zip(places, drafts, strict=True) if often[place] == 1}


def _place(draft: Draft) -> Place:
    content = draft.content
    return content.product.place if isinstance(content, ProductContent) else content.metric.place


def _home(place: Place, places: Mapping[tuple[str, str], AssetKey]) -> AssetKey | None:
    field = place.field
    while field:
        if (place.file, field) in places:
            return places[place.file, field]
        field = field.rpartition("/")[0]
    return None
