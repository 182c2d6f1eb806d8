"""A settled metric name: which definition is meant by it in the whole organisation, and what becomes of others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.domain.identity import AssetKey


class Fate(StrEnum):
    """What the owner of another definition under the settled name is to do."""

    ALIGN = "align"
    RENAME = "rename"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The executive sponsor's decision on one metric name; it holds for this very definition of `canonical`."""

    name: str
    canonical: AssetKey
    definition_digest: str
    others: tuple[tuple[AssetKey, Fate], ...]
    reason: str
    settled_at: datetime
    settled_by: str

    def fate_of(self, key: AssetKey) -> Fate | None:
        """What the decision says of a metric; None where it says nothing."""
        return dict(self.others).get(key)
