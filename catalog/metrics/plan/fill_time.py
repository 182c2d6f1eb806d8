"""Keeping moments without rows: the result has every period of the time spine."""

from dataclasses import dataclass

from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


@dataclass(frozen=True, slots=True)
class FillTime(Source):
    """A left outer join of the periods of `moments` to finished groups; other columns are null there."""

    parent: Source
    moments: Node
    periods: tuple[Field, ...]

    @property
    def model(self) -> str:
        """The model whose rows were aggregated."""
        return self.parent.model

    @property
    def groups(self) -> tuple[Field, ...]:
        """The columns that are grouped by."""
        return self.parent.groups

    @property
    def values(self) -> tuple[AggregatedMeasure, ...]:
        """The finished measures."""
        return self.parent.values

    @property
    def parents(self) -> tuple[Node, ...]:
        """The groups and the moments."""
        return (self.parent, self.moments)

    @property
    def description(self) -> str:
        """The periods that all stand in the result."""
        return f"Keep every {' and '.join(one.name for one in self.periods)} of the time spine."
