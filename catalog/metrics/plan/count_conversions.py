"""Counting what became of rows: later rows of another model with the same entity."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source
from catalog.metrics.time_step import TimeWindow


@dataclass(frozen=True, slots=True)
class CountConversions(Source):
    """Each conversion counts once, in the group of the last opportunity before it.

    `time` and `equal` pair expressions over opportunities with expressions over conversions.
    """

    opportunities: Node
    conversions: Node
    source: str
    keys: tuple[Field, ...]
    measure: AggregatedMeasure
    time: tuple[exp.Expr, exp.Expr]
    equal: tuple[tuple[exp.Expr, exp.Expr], ...]
    window: TimeWindow | None

    @property
    def model(self) -> str:
        """The model of the opportunities."""
        return self.source

    @property
    def groups(self) -> tuple[Field, ...]:
        """The columns that are grouped by."""
        return self.keys

    @property
    def values(self) -> tuple[AggregatedMeasure, ...]:
        """The measure of the conversions."""
        return (self.measure,)

    @property
    def parents(self) -> tuple[Node, ...]:
        """Opportunities and conversions."""
        return (self.opportunities, self.conversions)

    @property
    def description(self) -> str:
        """What counts as a conversion."""
        within = f" within {self.window}" if self.window else ""
        return f"Count {self.measure}{within} after the last row of {self.source} before it."
