"""Which moments a measure over time needs, and why a query about it is refused."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity, TimeSpine
from catalog.metrics.expand import Leaf, ScopedFilter
from catalog.metrics.linking import Link
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import Reference
from catalog.metrics.time_step import StepKind


def needed_grain(leaf: Leaf, times: list[Link]) -> TimeGranularity:
    """The finest grain at which the leaf's moments are looked at; `times` are those that are grouped by."""
    grains = [one.field.grain or _calendar_grain(one) or leaf.grain for one in times]
    if leaf.steps:
        grains.append(leaf.grain)
    return min(grains, key=lambda grain: grain.rank)


def time_required(leaf: Leaf) -> Finding:
    """A measure that is moved in time, in a query that does not group by time."""
    return FindingCode.METRIC_TIME_REQUIRED.found(
        f"{leaf.metric} counts {leaf.steps[0]}; without a time the query has no moment for it.",
        remedy="Group by metric_time, or by the metric's own time dimension.",
    )


def date_parts_refused(leaf: Leaf, asked: Iterable[Reference]) -> Iterator[Finding]:
    """A part of the date of what accumulates or starts at a grain: its values belong to moments."""
    of_moments = {*StepKind} - {StepKind.OFFSET_WINDOW, StepKind.CALENDAR, StepKind.EVERY}
    parts = [*asked, *(one for scoped in leaf.filters for one in _looked_at(leaf, scoped, of_moments))]
    if any(step.kind in of_moments for step in leaf.steps):
        for one in dict.fromkeys(one for one in parts if one.date_part):
            yield FindingCode.GRAIN_NOT_APPLICABLE.found(
                f"{leaf.metric} has a value for each moment, and {one} is no moment.",
                remedy=f"Ask for {replace(one, date_part=None)} at a grain.",
            )


def _looked_at(leaf: Leaf, scoped: ScopedFilter, kinds: set[StepKind]) -> tuple[Reference, ...]:
    """What a filter looks at after such a step."""
    seen = any(step.kind in kinds for step in leaf.steps[scoped.outer :])
    return scoped.filter.references if seen else ()


def spine_missing(leaf: Leaf, grain: TimeGranularity) -> Finding:
    """No declared spine has every moment of the grain."""
    return FindingCode.METRIC_TIME_SPINE_MISSING.found(
        f"{leaf.metric} needs every {grain} of time, and no time spine has them.",
        remedy=f"Declare a time spine with the grain {grain} or finer.",
    )


def constraint_without_time() -> Finding:
    """A time constraint on a query that has no metric_time."""
    return FindingCode.TIME_CONSTRAINT_INVALID.found(
        "A time constraint limits metric_time, and the query has neither a metric nor metric_time.",
        remedy="Group by metric_time, or filter by a time dimension.",
    )


def conversion_moved(leaf: Leaf) -> Finding:
    """A conversion metric as the moved input of another."""
    return FindingCode.METRIC_FEATURE_UNSUPPORTED.found(
        f"{leaf.metric} is a conversion metric and moved in time, which is not served.",
        remedy="Ask for the conversion metric itself, and compare two queries.",
    )


def _calendar_grain(one: Link) -> TimeGranularity | None:
    return one.spines[0].spine.granularity if one.spines else None


def coarser(times: list[Link], moment: TimeGranularity) -> tuple[TimeGranularity, ...]:
    """The grains that are asked for, where none is that of the moments; a calendar's is that of its days."""
    grains = [grain for one in times if (grain := one.field.grain or _calendar_grain(one))]
    return () if moment in grains else tuple(dict.fromkeys(grains))


def common_spine(calendars: set[str], needed: TimeGranularity, lookup: Lookup) -> TimeSpine | None:
    """The spine that declares all these custom grains, if it has every moment of the grain."""
    spines = {lookup.custom_grains[name][0].name: lookup.custom_grains[name][0] for name in calendars}
    fitting = [one for one in spines.values() if one.granularity.rank <= needed.rank]
    return fitting[0] if len(spines) == len(fitting) == 1 else None


def whole_periods(times: list[Link], calendars: set[str]) -> bool:
    """Whether only periods of the one custom grain are asked for by which rows are moved."""
    return len(calendars) == 1 and all(one.spines for one in times) and calendars == _custom_of(times)


def _custom_of(times: list[Link]) -> set[str]:
    return {one.field.name.rpartition("__")[2] for one in times}
