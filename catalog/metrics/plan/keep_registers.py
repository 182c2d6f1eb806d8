"""Keeping the registers of an estimate of different values, in each group."""

from dataclasses import dataclass

from catalog.metrics.plan.aggregate import Aggregate
from catalog.metrics.plan.node import Node


@dataclass(frozen=True, slots=True)
class KeepRegisters(Node):
    """The groups of `parent`, one for each register with its greatest rank, as rows under `alias`."""

    parent: Aggregate
    alias: str

    @property
    def parents(self) -> tuple[Node, ...]:
        """The registers."""
        return (self.parent,)

    @property
    def description(self) -> str:
        """What is estimated."""
        names = ", ".join(one.name for one in self.parent.measures)
        return (
            f"Estimate {names} from the registers of {self.parent.source}: different values are not counted."
        )
