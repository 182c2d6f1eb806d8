"""Steps that move a measure's rows in time: each row meets the moments of a time spine at which it counts."""

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlglot import exp

from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expression import column, every

_WINDOW: Final = re.compile(r"\s*(\d{1,6})\s+([a-z][a-z0-9_]*?)s?\s*\Z", re.IGNORECASE)
_ANY_WINDOW: Final = re.compile(r"\s*(\d{1,6})\s+([a-z][a-z0-9_]*)\s*\Z", re.IGNORECASE)
EARLIER: Final = "moment_earlier"
_UNITS: Final = {
    TimeGranularity.QUARTER: (3, "MONTH"),
    TimeGranularity.NANOSECOND: (1, "MICROSECOND"),
}


class StepKind(StrEnum):
    """What a step does, in words of the plan."""

    ALL_TIME = "all rows so far"
    CALENDAR = "the rows of the custom periods before:"
    EVERY = "every moment"
    OFFSET_TO_GRAIN = "the rows at the start of the"
    OFFSET_WINDOW = "the rows of"
    TO_DATE = "the rows since the start of the"
    TRAILING = "the rows of the last"


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A length of time in periods of a grain."""

    count: int
    grain: TimeGranularity

    @property
    def interval(self) -> exp.Interval:
        """The window as SQL; a quarter is three months."""
        times, unit = _UNITS.get(self.grain, (1, self.grain.value.upper()))
        amount = exp.Literal.string(str(self.count * times))
        return exp.Interval(this=amount, unit=exp.Var(this=unit))

    def __str__(self) -> str:
        """As `2 months`."""
        return f"{self.count} {self.grain}{'s' if self.count != 1 else ''}"


@dataclass(frozen=True, slots=True)
class CustomWindow:
    """A length of time in periods of a custom granularity."""

    count: int
    grain: str

    def __str__(self) -> str:
        """As `2 fiscal_week`."""
        return f"{self.count} {self.grain}"


def parse_custom_window(text: str, grains: Container[str]) -> CustomWindow | None:
    """`2 fiscal_week` or `2 fiscal_weeks`; None for what is no window of a declared custom grain."""
    match = _ANY_WINDOW.match(text)
    for name in (match[2].lower(), match[2].lower().removesuffix("s")) if match else ():
        if match and name in grains:
            return CustomWindow(int(match[1]), name)
    return None


def parse_window(text: str) -> TimeWindow | None:
    """`7 days` or `1 month`; None for what is no window of a standard grain."""
    match = _WINDOW.match(text)
    if match is None or match[2].lower() not in set(TimeGranularity):
        return None
    return TimeWindow(int(match[1]), TimeGranularity(match[2].lower()))


@dataclass(frozen=True, slots=True)
class TimeStep:
    """One step; `window` or `grain` is set where the kind needs it."""

    kind: StepKind
    window: TimeWindow | None = None
    grain: TimeGranularity | None = None
    calendar: CustomWindow | None = None

    def condition(self, before: exp.Expr, after: exp.Expr) -> exp.Expr:
        """Whether a row at the time `before` counts at the moment `after`."""
        match self:
            case TimeStep(StepKind.OFFSET_WINDOW, TimeWindow() as window):
                return exp.EQ(this=_earlier(after, window), expression=before)
            case TimeStep(StepKind.OFFSET_TO_GRAIN, _, TimeGranularity() as grain):
                return exp.EQ(this=_start(after, grain), expression=before)
            case TimeStep(StepKind.TRAILING, TimeWindow() as window):
                return every([_until(before, after), exp.GT(this=before, expression=_earlier(after, window))])
            case TimeStep(StepKind.TO_DATE, _, TimeGranularity() as grain):
                return every([_until(before, after), exp.GTE(this=before, expression=_start(after, grain))])
            case TimeStep(StepKind.CALENDAR):
                assert isinstance(after, exp.Column)
                return exp.EQ(this=column(EARLIER, after.table), expression=before)
            case _:
                return _until(before, after) if self.kind is StepKind.ALL_TIME else exp.true()

    def __str__(self) -> str:
        """As `the rows of the last 2 months`."""
        said = f"{self.kind} {self.window or self.grain or self.calendar or ''}".strip()
        return f"{said} before" if self.kind is StepKind.OFFSET_WINDOW else said


def _until(before: exp.Expr, after: exp.Expr) -> exp.Expr:
    return exp.LTE(this=before.copy(), expression=after.copy())


def _earlier(moment: exp.Expr, window: TimeWindow) -> exp.Expr:
    return exp.Sub(this=moment.copy(), expression=window.interval)


def _start(moment: exp.Expr, grain: TimeGranularity) -> exp.Expr:
    return exp.TimestampTrunc(this=moment.copy(), unit=exp.Var(this=grain.value.upper()))
