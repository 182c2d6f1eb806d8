"""Freshness: how long ago the newest row came about."""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlglot import exp

from catalog.quality.check import Fault, Measurement, Observed, Request
from catalog.quality.logical_type import INSTANTS
from catalog.quality.report import QualityDimension
from catalog.quality.table import Table, column_named

SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60}
_AHEAD_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Freshness:
    """Measures the age of the newest value, in days, hours or minutes (`unit` d, h or m).

    Points in time without a zone are read as UTC. An instant up to a day ahead counts as now, which zones and
    clocks explain; one further ahead hides how old the data is, and is an error.

    Fused: one `max(column)`; the age is taken here against the clock, so that no engine's notion of now or
    of date differences enters.
    """

    kind: ClassVar[str] = "freshness"
    metric: ClassVar[str] = ""
    dimension: ClassVar[QualityDimension] = QualityDimension.TIMELINESS
    remedy: ClassVar[str] = "run the load that is late, or correct the service level"

    column: str
    unit: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def request(self, table: Table) -> Request | Fault:
        """Microseconds since 1970 of `max(column)`; a fault where the column holds no instants."""
        held = table.type_of(self.column)
        if held.this not in INSTANTS:
            return Fault(
                f"{self.column} holds {held.sql('duckdb')}, no points in time",
                "name a date or timestamp column as the element",
            )
        newest: exp.Expr = exp.Max(this=column_named(self.column))
        if held.this is not exp.DType.TIMESTAMPTZ:
            newest = exp.cast(newest, "timestamp")
        return Request({"newest": exp.func("EPOCH_US", newest)})

    def measurement(self, observed: Observed) -> Measurement | Fault:
        """The age, never below zero; no number where there is no finite instant."""
        newest = observed.aggregates["newest"]
        if newest is None:
            return Measurement(None, "There is no instant to take an age from.")
        age = observed.now.timestamp() - newest / 1_000_000
        if age < -_AHEAD_SECONDS:
            return Fault(
                "the newest value lies more than a day in the future", "correct the values or their zone"
            )
        return Measurement(max(age, 0.0) / SECONDS[self.unit])

    def evidence(self, table: Table) -> None:
        """The newest instant says it all."""
