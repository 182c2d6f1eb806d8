"""Linking: what a reference means for one measure, as a field with the joins that lead to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, DimensionType, SemanticModel, TimeGranularity, TimeSpine
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import ROWS, Leaf
from catalog.metrics.expression import declared, element_expression, every, some
from catalog.metrics.join_rule import JoinRule
from catalog.metrics.lookup import Lookup, similar
from catalog.metrics.name import DatePart, Reference
from catalog.metrics.paths import Join, Reach, reach
from catalog.metrics.plan.field import Field
from catalog.metrics.time_step import StepKind

PART_GRAINS: Final = {
    DatePart.DAY: TimeGranularity.DAY,
    DatePart.DOW: TimeGranularity.DAY,
    DatePart.DOY: TimeGranularity.DAY,
    DatePart.MONTH: TimeGranularity.MONTH,
    DatePart.QUARTER: TimeGranularity.QUARTER,
    DatePart.YEAR: TimeGranularity.YEAR,
}


@dataclass(frozen=True, slots=True)
class SpineJoin:
    """A time spine under an alias: rows count at its moments (`inner`), or have their period looked up.

    `shift` moves it by periods of a custom grain: which, how many, and whether as a whole; `grain` makes its
    moments the starts of periods.
    """

    alias: str
    spine: TimeSpine
    on: exp.Expr = field(compare=False)
    inner: bool
    why: str
    shift: tuple[str, int, bool] | None = None
    grain: TimeGranularity | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A field and the joins that must be there before it can be read, models first."""

    field: Field
    joins: tuple[Join, ...]
    spines: tuple[SpineJoin, ...] = ()
    is_time: bool = False


def link(
    lookup: Lookup, leaf: Leaf, reference: Reference, grain: TimeGranularity, outer: int = 0
) -> Link | Finding:
    """What the reference means for the leaf; `grain` is that of a bare `metric_time`.

    The leaf's own time is read after all its steps but the `outer` last ones.
    """
    reference = reference.with_custom(lookup.custom_grains)
    by_metric = reference.is_metric_time
    found = _metric_time(leaf, reference) if by_metric else reach(lookup, leaf.model, reference)
    if isinstance(found, Finding):
        return found
    if fault := _validity_fault(leaf, found):
        return fault
    if ways := leaf.ways.get(found.alias):
        found = replace(found, joins=ways)
    resolved = replace(
        reference, path=found.reference.path if not by_metric else (), element=found.reference.element
    )
    if not isinstance(found.element, Dimension) or found.element.type is not DimensionType.TIME:
        bare = resolved == resolved.plain
        return _linked(leaf, found, resolved, outer) if bare else _grain_fault(resolved)
    if resolved == resolved.plain:
        resolved = resolved.at(grain if by_metric else found.element.granularity)
    needed = PART_GRAINS[resolved.date_part] if resolved.date_part else resolved.grain
    if resolved.custom:
        if resolved.custom not in lookup.custom_grains:
            return _unknown_grain(resolved, lookup)
        needed = lookup.custom_grains[resolved.custom][0].granularity
    if needed and needed.rank < found.element.granularity.rank:
        return _too_fine(resolved, found.element)
    linked = _linked(leaf, found, resolved, outer)
    return _in_calendar(lookup, linked, resolved) if resolved.custom and isinstance(linked, Link) else linked


def grain_of(one: Link) -> TimeGranularity:
    """The grain of the moments that a time's groups are made of."""
    if one.field.date_part:
        return PART_GRAINS[one.field.date_part]
    calendar = one.spines[0].spine.granularity if one.spines else TimeGranularity.DAY
    return one.field.grain or calendar


def time_relation(index: int) -> str:
    """The alias of the spine that a leaf's step ends at; the last step is 0."""
    return f"moment_{index}" if index else "moment"


def time_after(leaf: Leaf, index: int) -> exp.Expr:
    """The leaf's time after all its steps but the last `index`; before all, cut to the grain of its moments."""
    if index < len(leaf.steps) and leaf.spine:
        return declared(leaf.spine.column, time_relation(index))
    assert leaf.time is not None
    return time_cut(leaf.model, leaf.time, leaf.grain)


def time_cut(model: SemanticModel, time: Dimension, grain: TimeGranularity) -> exp.Expr:
    """The time of the model's rows, cut to the grain."""
    expression = element_expression(time.name, time.expr)
    return Field(time.name, model.name, time.name, expression, grain).tree


def spine_joins(leaf: Leaf) -> Iterator[SpineJoin]:
    """The spines that the leaf's rows meet, first step first."""
    for index in reversed(range(len(leaf.steps))):
        assert leaf.spine is not None
        step = leaf.steps[index]
        before = exp.Null() if step.kind is StepKind.EVERY else time_after(leaf, index + 1)
        on = step.condition(before, time_after(leaf, index))
        if not index and leaf.starts and step.kind is StepKind.OFFSET_TO_GRAIN:
            starts = [_at_start(time_after(leaf, 0), grain) for grain in leaf.starts]
            on = every([on, exp.Paren(this=some(starts))])
        shift = (step.calendar.grain, step.calendar.count, leaf.whole) if step.calendar else None
        all_moments = step.kind is StepKind.EVERY or leaf.spine.granularity is leaf.grain
        grain = None if all_moments else leaf.grain
        yield SpineJoin(time_relation(index), leaf.spine, on, True, str(step), shift, grain)


def _at_start(moment: exp.Expr, grain: TimeGranularity) -> exp.Expr:
    """Whether the moment starts a period: a value so far is wanted once for each."""
    start = exp.TimestampTrunc(this=moment.copy(), unit=exp.Var(this=grain.value.upper()))
    return exp.EQ(this=moment, expression=start)


def _in_calendar(lookup: Lookup, linked: Link, resolved: Reference) -> Link:
    """The period of a custom grain, looked up in the spine that declares it."""
    spine, name = lookup.custom_grains[resolved.custom]
    alias = f"{linked.field.relation}__{linked.field.element}__{resolved.custom}"
    day = replace(linked.field, grain=spine.granularity).tree
    on = exp.EQ(this=day, expression=declared(spine.column, alias))
    join = SpineJoin(alias, spine, on, False, str(resolved))
    bound = Field(str(resolved), alias, linked.field.element, declared(name))
    return replace(linked, field=bound, spines=(join,))


def _validity_fault(leaf: Leaf, found: Reach) -> Finding | None:
    needed = [join for join in found.joins if join.rule is JoinRule.VALIDITY]
    if needed and (leaf.time is None or leaf.measure is ROWS):
        return FindingCode.AGG_TIME_DIMENSION_MISSING.found(
            f"{found.reference} is valid for a time, and {leaf.metric} has none in {leaf.model.name}.",
            remedy="Set agg_time_dimension, or group by a dimension without a validity window.",
        )
    return None


def _unknown_grain(reference: Reference, lookup: Lookup) -> Finding:
    return FindingCode.GRAIN_NOT_APPLICABLE.found(
        f"{reference} asks for the grain {reference.custom}, which no time spine declares.",
        remedy=f"{similar(reference.custom, lookup.custom_grains)}Use a standard grain, or declare it.",
    )


def _metric_time(leaf: Leaf, reference: Reference) -> Reach | Finding:
    if leaf.time is None:
        return FindingCode.AGG_TIME_DIMENSION_MISSING.at(
            leaf.measure.place,
            f"The measure {leaf.measure.name} of {leaf.metric} has no agg_time_dimension for metric_time.",
            remedy="Set agg_time_dimension, or defaults.agg_time_dimension on the semantic model.",
        )
    return Reach(Reference(reference.element), leaf.model, (), leaf.time)


def _linked(leaf: Leaf, found: Reach, resolved: Reference, outer: int) -> Link | Finding:
    element = found.element
    is_time = leaf.time is not None and not found.joins and element.name == leaf.time.name
    try:
        expression = element_expression(element.name, element.expr)
    except ExpressionRefused as refused:
        return refused.findings_at(element.place)[0]
    relation = found.alias
    if is_time and outer < len(leaf.steps) and leaf.spine:
        relation, expression = time_relation(outer), declared(leaf.spine.column)
    bound = Field(str(resolved), relation, element.name, expression, resolved.grain, resolved.date_part)
    return Link(bound, found.joins, (), is_time)


def _grain_fault(reference: Reference) -> Finding:
    return FindingCode.GRAIN_NOT_APPLICABLE.found(
        f"{reference} asks for a grain of something that is no time dimension.",
        remedy=f"Ask for {reference.plain}.",
    )


def _too_fine(reference: Reference, dimension: Dimension) -> Finding:
    return FindingCode.GRAIN_TOO_FINE.found(
        f"{reference} is finer than the data: {dimension.name} has the grain {dimension.granularity}.",
        remedy=f"Ask for {reference.plain.at(dimension.granularity)} or coarser.",
    )
