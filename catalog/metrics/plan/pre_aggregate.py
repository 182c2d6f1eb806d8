"""Aggregating rows before they are joined to a time spine, so that groups meet its moments and not rows."""

from dataclasses import dataclass

from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class PreAggregate(Node):
    """The groups of `parent` as rows: one for all rows that meet the same moments in the same group.

    Its columns under `alias` are the keys and measures of the parent. What is aggregated over them puts the
    measures together from parts: a sum of sums, of counts, a minimum of minima, a maximum of maxima.
    """

    parent: Aggregate
    alias: str

    @property
    def parents(self) -> tuple[Node, ...]:
        """The parts."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """Why there are parts."""
        return f"Take the groups of {self.parent.source} as parts: fewer of them than rows meet each moment."
