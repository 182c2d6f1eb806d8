"""What a draft changes for those who already use the asset."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.finding import Finding
from catalog.domain.identity import AssetKey
from catalog.domain.version import Bump
from catalog.lineage.impact import Fate


class ChangeKind(StrEnum):
    """Breaking changes need a major version, additions a minor one, the rest a patch."""

    ADDITION = "addition"
    BREAKING = "breaking"
    EDITORIAL = "editorial"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the live version and the draft, at a JSON pointer."""

    kind: ChangeKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who read the asset, as the access log knows them."""

    team: str
    application: str
    reads: int


@dataclass(frozen=True, slots=True)
class AffectedMetric:
    """A served metric that a draft reaches, why, and who reads it.

    `columns` are those of the changed product, as `orders.amount`; empty where another metric changes.
    `saved_queries` are those that ask for it and stand in the documents it was published from.
    """

    key: AssetKey
    version: str
    fate: Fate
    columns: tuple[str, ...]
    reasons: tuple[str, ...]
    consumers: tuple[Consumer, ...] = ()
    saved_queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The changes, the bump they make due, the bump the draft takes, and the consumers really affected."""

    compared_with: str
    changes: tuple[Change, ...]
    bump_due: Bump
    bump_taken: Bump
    consumers: tuple[Consumer, ...]
    findings: tuple[Finding, ...]
