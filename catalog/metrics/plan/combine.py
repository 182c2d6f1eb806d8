"""Bringing aggregates of different sources together."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node
from catalog.metrics.plan.source import Source


@dataclass(frozen=True, slots=True)
class Combine(Node):
    """A full outer join of finished aggregates on all their groups; null meets null, no group is lost."""

    aggregates: tuple[Source, ...]

    @property
    def parents(self) -> tuple[Node, ...]:
        """The aggregates."""
        return self.aggregates

    @property
    def keys(self) -> tuple[str, ...]:
        """The groups that all aggregates share."""
        return tuple(key.name for key in self.aggregates[0].groups)

    @property
    def description(self) -> str:
        """What is combined on what."""
        sources = ", ".join(one.model for one in self.aggregates)
        return f"Combine {sources} by {', '.join(self.keys) or 'their single rows'}, keeping every group."
