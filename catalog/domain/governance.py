"""Governance facts, as they travel in the standards' own extension points.

ODCS and ODPS carry them in `customProperties`, dbt in `config.meta`. Their keys are named here and nowhere
else, so that every document stays valid for other tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Tier(StrEnum):
    """How much hangs on a metric; the tier says which sign-offs it needs."""

    NORTH_STAR = "north_star"
    TIER_1 = "tier_1"
    TIER_2 = "tier_2"
    TIER_3 = "tier_3"


KEYS: Final = {
    "businessGoal": "business_goal",
    "domain": "domain",
    "executiveSponsor": "executive_sponsor",
    "knownLimitations": "known_limitations",
    "owner": "owner",
    "purpose": "purpose",
    "regimes": "regimes",
    "replacedBy": "replaced_by",
    "reviewCadence": "review_cadence",
    "steward": "steward",
    "tier": "tier",
    "validFrom": "valid_from",
    "validTo": "valid_to",
}


@dataclass(frozen=True, slots=True)
class Governance:
    """The facts of `KEYS`, empty where not declared; `custom` keeps every declared key, known or not."""

    business_goal: str = ""
    domain: str = ""
    executive_sponsor: str = ""
    known_limitations: str = ""
    owner: str = ""
    purpose: str = ""
    regimes: tuple[str, ...] = ()
    replaced_by: str = ""
    review_cadence: str = ""
    steward: str = ""
    tier: str = ""
    valid_from: str = ""
    valid_to: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> "Governance":
        """Read the facts out of a flat mapping of declared properties."""
        facts: dict[str, Any] = {name: _text(properties.get(key)) for key, name in KEYS.items()}
        regimes = properties.get("regimes") or ()
        facts["regimes"] = (regimes,) if isinstance(regimes, str) else tuple(_text(item) for item in regimes)
        return cls(**facts, custom=dict(properties))


def _text(value: object) -> str:
    return "" if value is None else str(value)
