"""What a governed read gives: columns and rows, with the facts behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.domain.identity import AssetKey
from catalog.domain.settlement import Settlement
from catalog.domain.sql_engine import ResultColumn


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """Why one metric's number may be trusted, and how far.

    `settlement` is the decision in force on what the metric's name stands for.
    `certification` says why it is certified, or not. `quality` is `passed`, or `unverified` when the data changed
    since it was measured; `measured_at` is when. An `approximate` number is made of estimates; `standard_error` is
    theirs, relative to the exact number (0.017 is 1.7 %), None where the engine promises none.
    """

    key: AssetKey
    version: str
    status: str
    certified: bool
    certification: str
    tier: str
    owner: str
    quality: str
    measured_at: datetime | None
    decision_id: str
    notice: str
    settlement: Settlement | None = None
    approximate: bool = False
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class MetricAnswer:
    """Columns and rows with the facts behind them; `sql` and `explanation` are empty where the actor may not see them.

    `cached` says that the answer was known; `computed_at` is when the engine gave it, which took `milliseconds`.
    `rollups` are the pre-aggregations that it was computed from, as `model.name`.
    """

    columns: tuple[ResultColumn, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool
    sql: str
    explanation: str
    facts: tuple[TrustFacts, ...]
    cached: bool
    computed_at: datetime
    milliseconds: float
    rollups: tuple[str, ...]
