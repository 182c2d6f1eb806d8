"""Joining the values of a metric, for filters that look at them."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class JoinMetric(Node):
    """A left outer join to the metric by entity: each of its values stands there once."""

    parent: Node
    metric: Node
    name: str
    alias: str
    on: tuple[tuple[exp.Expr, exp.Expr], ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows so far, and the query of the metric."""
        return (self.parent, self.metric)

    @property
    def description(self) -> str:
        """The metric."""
        return f"Join the values of the metric {self.name}."
