"""Keeping the rows that satisfy conditions."""

from dataclasses import dataclass

from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class FilterRows(Node):
    """Rows for which every condition is true; false and unknown drop out."""

    parent: Node
    conditions: tuple[BoundCondition, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows that are judged."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The conditions in words."""
        return f"Keep rows where {' and '.join(one.text for one in self.conditions)}."
