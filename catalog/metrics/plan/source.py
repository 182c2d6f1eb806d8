"""What metrics are computed from: groups with finished measures."""

from abc import abstractmethod

from catalog.metrics.plan.aggregated_measure import AggregatedMeasure
from catalog.metrics.plan.field import Field
from catalog.metrics.plan.node import Node


class Source(Node):
    """A node whose rows are groups, each once, with a value for each measure."""

    __slots__ = ()

    @property
    @abstractmethod
    def model(self) -> str:
        """The model whose rows were aggregated."""

    @property
    @abstractmethod
    def groups(self) -> tuple[Field, ...]:
        """The columns that are grouped by."""

    @property
    @abstractmethod
    def values(self) -> tuple[AggregatedMeasure, ...]:
        """The finished measures."""
