"""Keeping the first or last moment of a window, for measures that may not be summed over time."""

from dataclasses import dataclass

from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class KeepBoundary(Node):
    """The rows at the first or last `time` of each of `groups`, or of all rows where there are none."""

    parent: Node
    time: Field
    last: bool
    groups: tuple[Field, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows of which some are kept."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """Which moment of which window."""
        end = "last" if self.last else "first"
        each = f" of each {' and '.join(one.name for one in self.groups)}" if self.groups else ""
        return f"Keep the rows at the {end} {self.time.name}{each}."
