"""Ordering and cutting the result."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node
from catalog.metrics.query import OrderBy


@dataclass(frozen=True, slots=True)
class OrderLimit(Node):
    """Rows in order, nulls last, and no more than `limit`."""

    parent: Node
    order_by: tuple[OrderBy, ...]
    limit: int | None

    @property
    def parents(self) -> tuple[Node, ...]:
        """The result."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The order and the limit."""
        order = ", ".join(f"{one.name}{' descending' if one.descending else ''}" for one in self.order_by)
        parts = [f"order by {order}"] if order else []
        parts += [f"keep {self.limit} rows"] if self.limit is not None else []
        return f"{' and '.join(parts).capitalize()}."
