"""The periods of a time spine, each once."""

from dataclasses import dataclass

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class SpinePeriods(Node):
    """The start of every period of the grain that has a moment in the spine, as the column `moment`."""

    spine: ReadModel
    moment: str
    grain: TimeGranularity

    @property
    def alias(self) -> str:
        """Its name in the query."""
        return self.spine.alias

    @property
    def model(self) -> str:
        """The name of the spine."""
        return self.spine.model

    @property
    def parents(self) -> tuple[Node, ...]:
        """The spine."""
        return (self.spine,)

    @property
    def description(self) -> str:
        """The grain."""
        return f"Keep the start of every {self.grain} of {self.model}."
