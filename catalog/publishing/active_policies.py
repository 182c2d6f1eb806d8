"""The bundle in force at each point: the store's, or the configured folder's where none was ever activated."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from catalog.access.actor import SYSTEM
from catalog.domain.document import Document
from catalog.domain.errors import BundleInvalid, NotFound
from catalog.policy.bundle import Bundle
from catalog.policy.decision import EnforcementPoint
from catalog.policy.lifecycle import Mode, Placement, placed
from catalog.policy.load import bundle_of
from catalog.policy.source import files_of
from catalog.registry.ports import OpenUnit

log = logging.getLogger("catalog.policy")
_KEPT: Final = 8


class Origin(StrEnum):
    """Where the bundle in force comes from."""

    FOLDER = "folder"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class PolicyAt:
    """What judges at a point, where it comes from, and what is evaluated beside it without effect."""

    bundle: Bundle
    origin: Origin
    shadow: Bundle | None = None


class ActivePolicies:
    """Bundles by what stands in the store; each is read and loaded once. Safe to share between threads.

    Once one point has a bundle from the store, the folder judges only where the store has none. A bundle that
    can no longer be loaded raises `BundleInvalid`; the folder never steps in for it. One in shadow that cannot be
    loaded is logged and left out, since it has no effect.
    """

    def __init__(self, open_unit: OpenUnit, configured: Callable[[], Bundle]) -> None:
        self._open_unit = open_unit
        self._configured = configured
        self._loaded: OrderedDict[str, Bundle] = OrderedDict()
        self._loading = threading.Lock()

    def at(self, point: EnforcementPoint, placements: Sequence[Placement]) -> PolicyAt:
        """What judges at the point while these placements stand."""
        enforced, shadow = (placed(placements, point, mode) for mode in (Mode.ENFORCE, Mode.SHADOW))
        return PolicyAt(
            self.bundle(enforced) if enforced else self._configured(),
            Origin.STORE if enforced else Origin.FOLDER,
            self._beside(shadow, point) if shadow else None,
        )

    def now(self, point: EnforcementPoint) -> PolicyAt:
        """What judges at the point at this moment, as the store has it."""
        with self._open_unit(SYSTEM, read_only=True) as unit:
            placements = unit.policies.placements()
        return self.at(point, placements)

    def revision_at(self, point: EnforcementPoint, placements: Sequence[Placement]) -> str:
        """The revision that judges at the point while these placements stand."""
        return placed(placements, point, Mode.ENFORCE) or self._configured().revision

    def source(self, revision: str) -> Document:
        """The rules of that revision as one document of the same digest; raises `NotFound`."""
        configured = self._configured()
        bundle = configured if configured.revision == revision else self.bundle(revision)
        return Document("bundle.json", bundle.source)

    def bundle(self, revision: str) -> Bundle:
        """A bundle of the store by its revision; raises `NotFound`."""
        with self._loading:
            if revision not in self._loaded:
                self._loaded[revision] = self._load(revision)
                while len(self._loaded) > _KEPT:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(revision)
            return self._loaded[revision]

    def _beside(self, revision: str, point: EnforcementPoint) -> Bundle | None:
        try:
            return self.bundle(revision)
        except BundleInvalid as error:
            log.error("%s, in shadow at %s, cannot be loaded: %s", revision[:19], point, error.message)
            return None

    def _load(self, revision: str) -> Bundle:
        with self._open_unit(SYSTEM, read_only=True) as unit:
            files = unit.policies.files(revision)
        if not files:
            raise NotFound(f"The store has no policy bundle {revision}.")
        return bundle_of(*files_of(files), where=revision)
