"""A measure that is aggregated in a scan."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.domain.semantic_model import Aggregation
from catalog.metrics.plan.bound_condition import BoundCondition


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
