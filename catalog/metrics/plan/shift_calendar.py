"""Moving a time spine by periods of a custom calendar."""

from dataclasses import dataclass

from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class ShiftCalendar(Node):
    """Each moment beside the one at the same position `count` periods earlier.

    With `whole` every moment of the earlier period stands beside the first one of the later: whole periods
    are then compared, however long they are.
    """

    spine: ReadModel
    moment: str
    period: str
    count: int
    whole: bool

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
        """How far."""
        return f"Move {self.model} by {self.count} {self.period}{' as a whole' if self.whole else ''}."
