"""Keeping moments without rows: the result has every period of the time spine."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from catalog.metrics.expression import column
from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


@dataclass(frozen=True, slots=True)
class FillTime(Source):
    """A left outer join of the periods of `moments` to finished groups; other columns are null there.

    `conditions` are those of the result's groups, over the columns that `filled_column` gives.
    """

    parent: Source
    moments: Node
    periods: tuple[Field, ...]
    conditions: tuple[BoundCondition, ...] = ()

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
        kept = f" where {' and '.join(one.text for one in self.conditions)}" if self.conditions else ""
        return f"Keep every {' and '.join(one.name for one in self.periods)} of the time spine{kept}."


def filled_column(one: Field, periods: Iterable[Field]) -> Field:
    """A group's column after the join: periods come from the moments, all others from what was found."""
    relation = "moments" if one.name in {each.name for each in periods} else "found"
    return replace(one, relation=relation, expression=column(one.name), date_part=None)
