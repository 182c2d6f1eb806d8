"""From the moments of a period to its one value, for what accumulates over time."""

from dataclasses import dataclass

from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


@dataclass(frozen=True, slots=True)
class TakePeriod(Source):
    """The first or last value of each group by `time`, or their average; `parent` is also grouped by `time`.

    `missing` stands for values that are null.
    """

    parent: Source
    time: Field
    choice: str
    missing: int | None = None

    @property
    def model(self) -> str:
        """The model whose rows were aggregated."""
        return self.parent.model

    @property
    def groups(self) -> tuple[Field, ...]:
        """The columns that are grouped by, without the time."""
        return tuple(one for one in self.parent.groups if one.name != self.time.name)

    @property
    def values(self) -> tuple[AggregatedMeasure, ...]:
        """The finished measures."""
        return self.parent.values

    @property
    def parents(self) -> tuple[Node, ...]:
        """The values at each moment."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """Which value stands for the period."""
        return f"Take the {self.choice} value of each group over {self.time.name}."
