"""Aggregating measures by group."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.plan.bound_condition import BoundCondition
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class AggregatedMeasure:
    """One measure over the rows that satisfy its own conditions; `tree` is the aggregate without them."""

    name: str
    measure: str
    aggregation: Aggregation
    tree: exp.Expr
    conditions: tuple[BoundCondition, ...]

    def __str__(self) -> str:
        """As `sum of amount where …`."""
        where = f" where {' and '.join(one.text for one in self.conditions)}" if self.conditions else ""
        return f"{self.name} ({self.aggregation} of {self.measure}{where})"


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """One scan: all measures of the same rows and the same groups; null is a group of its own."""

    parent: Node
    source: str
    keys: tuple[Field, ...]
    measures: tuple[AggregatedMeasure, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows that are aggregated."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The measures and groups."""
        by = f" by {', '.join(key.name for key in self.keys)}" if self.keys else ""
        return f"Aggregate {'; '.join(str(one) for one in self.measures)}{by}."
