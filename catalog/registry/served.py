"""The drafts behind all served versions, each read from its documents once in the life of a process."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.domain.draft import Draft
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.standing import Standing
from catalog.registry.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Served:
    """One served version with its content, and for a metric how it stands."""

    draft: Draft
    status: Status
    standing: Standing | None = None


class ServedDrafts:
    """Drafts never change, so what was read once holds; what is no longer served is let go."""

    def __init__(self) -> None:
        self._known: dict[tuple[AssetKey, str], Draft] = {}

    def of(self, unit: UnitOfWork) -> tuple[Served, ...]:
        """Everything served in the mesh as this unit sees it, ordered by key and version."""
        versions = sorted(unit.versions.served(), key=lambda one: (one.key, one.version))
        known: dict[tuple[AssetKey, str], Draft] = {}
        found = []
        for version in versions:
            name = (version.key, version.digest)
            draft = self._known.get(name) or unit.drafts.get(*name)
            if draft is not None:
                known[name] = draft
                found.append(Served(draft, version.status, version.standing))
        self._known = known
        return tuple(found)


def drafts_in(served: Sequence[Served]) -> tuple[Draft, ...]:
    """The contents alone."""
    return tuple(one.draft for one in served)
