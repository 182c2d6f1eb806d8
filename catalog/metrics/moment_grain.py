"""The grain of the moments at which rows count that are moved in time.

A month is no number of weeks or days. A move by months is therefore made on months, quarters or years where
these are asked for; for single days it leads to the same day so many months before; for weeks and periods of
a calendar it has no exact answer, and is refused.
"""

from datetime import timedelta

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expand import Leaf
from catalog.metrics.linking import Link, grain_of
from catalog.metrics.moment import LENGTHS, MONTHS
from catalog.metrics.time_step import StepKind, TimeStep, TimeWindow


def moment_grain(leaf: Leaf, times: list[Link]) -> TimeGranularity | Finding:
    """The grain, or why no grain is exact; what accumulates is known at every moment of the data."""
    assert leaf.time is not None
    base = leaf.time.granularity
    asked = _asked(times)
    wanted = [base] if leaf.period else [_moved_at(step, asked, base) for step in leaf.steps]
    grain = min(wanted, key=_rank)
    for step in leaf.steps:
        single = bool(leaf.period) or any(one.field.grain is grain for one in times)
        if step.kind is StepKind.OFFSET_WINDOW and not _made_of(step.window, grain, single=single):
            return _not_exact(leaf, step, base)
    return grain


def _asked(times: list[Link]) -> TimeGranularity:
    """The finest grain of which all is made that is grouped by."""
    return min((grain_of(one) for one in times), key=_rank)


def _moved_at(step: TimeStep, asked: TimeGranularity, base: TimeGranularity) -> TimeGranularity:
    """The grain at which the step is taken."""
    if step.kind not in {StepKind.OFFSET_WINDOW, StepKind.OFFSET_TO_GRAIN}:
        return base
    if step.grain:
        return asked if asked.rank <= step.grain.rank and asked is not TimeGranularity.WEEK else base
    assert step.window is not None
    if asked.rank <= step.window.grain.rank and _made_of(step.window, asked, single=True):
        return asked
    by_months = asked in MONTHS and step.window.grain in MONTHS
    return max(step.window.grain, base, key=_rank) if by_months else base


def _made_of(window: TimeWindow | None, grain: TimeGranularity, *, single: bool) -> bool:
    """Whether the window is a number of periods of the grain; months are, for single days."""
    assert window is not None
    if window.grain in MONTHS and grain in MONTHS:
        return window.count * MONTHS[window.grain] % MONTHS[grain] == 0
    if window.grain in MONTHS or grain in MONTHS:
        return window.grain in MONTHS and single and grain is not TimeGranularity.WEEK
    return window.count * LENGTHS[window.grain] % LENGTHS[grain] == timedelta()


def _not_exact(leaf: Leaf, step: TimeStep, base: TimeGranularity) -> Finding:
    if step.window and not _made_of(step.window, base, single=True):
        return FindingCode.GRAIN_TOO_FINE.found(
            f"{leaf.metric} is moved by {step.window}, and its data has the grain {base}.",
            remedy=f"Move it by periods of a {base}.",
        )
    return FindingCode.GRAIN_NOT_APPLICABLE.found(
        f"{leaf.metric} is moved by {step.window}, which is no number of the periods that are asked for.",
        remedy=f"Group by {base} or by {step.window.grain if step.window else base}.",
    )


def _rank(grain: TimeGranularity) -> int:
    return grain.rank
