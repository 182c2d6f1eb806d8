"""One read of a governed metric or product: who, for which team and application, what, when, how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.access.actor import Actor
from catalog.domain.identity import AssetKey


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """A row of the access log; refused reads are logged too, with `allowed` false and no rows.

    `rows` is None where the read is logged before it is answered; `read` then names it, and its `ReadOutcome`
    says what came of it.
    """

    at: datetime
    actor: Actor
    key: AssetKey
    version: str
    decision_id: str
    allowed: bool
    rows: int | None = 0
    query: Mapping[str, Any] = field(default_factory=dict)
    read: str | None = None


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """What came of a read that was logged before: its rows, or the code of the error that ended it."""

    read: str
    at: datetime
    rows: int | None
    fault: str = ""
