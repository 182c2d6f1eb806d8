"""Joining a time spine: rows meet the moments at which they count, or the period of a calendar."""

from dataclasses import dataclass

from sqlglot import exp

from catalog.metrics.plan.node import Node
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.plan.shift_calendar import ShiftCalendar
from catalog.metrics.plan.spine_periods import SpinePeriods


@dataclass(frozen=True, slots=True)
class JoinSpine(Node):
    """An inner join where rows are counted at moments, a left outer one where a period is looked up."""

    parent: Node
    spine: ReadModel | ShiftCalendar | SpinePeriods
    on: exp.Expr
    inner: bool
    why: str

    @property
    def parents(self) -> tuple[Node, ...]:
        """The rows so far, and the spine."""
        return (self.parent, self.spine)

    @property
    def description(self) -> str:
        """What each row meets."""
        if self.inner:
            return f"Join the time spine {self.spine.model}: at each moment {self.why}."
        return f"Look up {self.why} in the time spine {self.spine.model}."
