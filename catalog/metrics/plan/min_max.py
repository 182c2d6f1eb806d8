"""The least and the greatest value of a column."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class MinMax(Node):
    """One row with both ends of the column `name`."""

    parent: Node
    name: str

    @property
    def columns(self) -> tuple[str, str]:
        """The names of the two columns."""
        return f"{self.name}__min", f"{self.name}__max"

    @property
    def parents(self) -> tuple[Node, ...]:
        """The values."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """The column."""
        return f"Take the least and the greatest {self.name}."
