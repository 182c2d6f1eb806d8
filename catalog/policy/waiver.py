"""A waiver: a violation that is known, approved by another, and passed over until a date."""

from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.domain.finding import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Waiver:
    """Passes over one rule for one asset, below `path` of its view, until `expires`.

    `asset` is a key as `data_product:sales.orders`; `path` is a JSON pointer, "" for the whole asset.
    """

    id: str
    rule: str
    asset: str
    reason: str
    ticket: str
    requested_by: str
    approved_by: str
    created: datetime
    expires: datetime
    path: str = ""
    place: Place = NOWHERE

    def covers(self, rule: str, path: str) -> bool:
        """Whether a violation of that rule at that path lies at or below its own."""
        below = path == self.path or path.startswith(f"{self.path}/")
        return rule == self.rule and below


def told(instant: datetime) -> str:
    """An instant in UTC, to the minute."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
