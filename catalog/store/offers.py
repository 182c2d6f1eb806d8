"""What the mesh serves under a name, read once for each state of the store.

Every change of what is served is a link of the audit chain, so the hash at its head names the state.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from catalog.domain.draft import Draft
from catalog.domain.identity import AssetKind
from catalog.registry.ports import PublishedVersion

_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Offer:
    """A served version with its content."""

    version: PublishedVersion
    draft: Draft


@dataclass(frozen=True, slots=True)
class Asked:
    """The assets of a kind that bear a name, in one domain or in all."""

    kind: AssetKind
    name: str
    domain: str = ""


class RememberedOffers:
    """Shared by all units of a store, between threads; forgets everything when the store has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = ""
        self._known: OrderedDict[Asked, tuple[Offer, ...]] = OrderedDict()

    def known(self, state: str, asked: Asked) -> tuple[Offer, ...] | None:
        """What was found in this very state, None where nobody has looked yet."""
        with self._lock:
            return self._known.get(asked) if state == self._state else None

    def remember(self, state: str, asked: Asked, found: tuple[Offer, ...]) -> None:
        """Keep what was found; the oldest goes when there is too much."""
        with self._lock:
            if state != self._state:
                self._state = state
                self._known.clear()
            self._known[asked] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
