"""Aggregating measures by group."""

from dataclasses import dataclass

from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


@dataclass(frozen=True, slots=True)
class Aggregate(Source):
    """One scan: all measures of the same rows and the same groups; null is a group of its own."""

    parent: Node
    source: str
    keys: tuple[Field, ...]
    measures: tuple[AggregatedMeasure, ...]

    @property
    def model(self) -> str:
        """The model whose rows are aggregated."""
        return self.source

    @property
    def groups(self) -> tuple[Field, ...]:
        """The columns that are grouped by."""
        return self.keys

    @property
    def values(self) -> tuple[AggregatedMeasure, ...]:
        """The measures."""
        return self.measures

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows that are aggregated."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The measures and groups."""
        by = f" by {', '.join(key.name for key in self.keys)}" if self.keys else ""
        if not self.measures:
            return f"Keep each value once{by}."
        return f"Aggregate {'; '.join(str(one) for one in self.measures)}{by}."
