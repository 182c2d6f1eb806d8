"""Computing metrics from aggregated measures."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class ComputedMetric:
    """A metric and its formula, whose columns are names of aggregated measures."""

    name: str
    formula: exp.Expr

    def __str__(self) -> str:
        """As `average_order_value = revenue / orders`."""
        shown = self.formula.sql("duckdb")
        return self.name if shown in {self.name, f'"{self.name}"'} else f"{self.name} = {shown}"


@dataclass(frozen=True, slots=True)
class Compute(Node):
    """One value for each metric and group."""

    parent: Node
    keys: tuple[str, ...]
    metrics: tuple[ComputedMetric, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The aggregates."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The formulas."""
        return f"Compute {'; '.join(str(one) for one in self.metrics)}."
