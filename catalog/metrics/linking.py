"""Linking: what a reference means for one measure, as a field with the joins that lead to it."""

from dataclasses import dataclass, replace
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, DimensionType, TimeGranularity
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Leaf
from catalog.metrics.expression import element_expression
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import DatePart, Reference
from catalog.metrics.paths import Join, Reach, reach
from catalog.metrics.plan.field import Field

_NEEDED: Final = {
    DatePart.DAY: TimeGranularity.DAY,
    DatePart.DOW: TimeGranularity.DAY,
    DatePart.DOY: TimeGranularity.DAY,
    DatePart.MONTH: TimeGranularity.MONTH,
    DatePart.QUARTER: TimeGranularity.QUARTER,
    DatePart.YEAR: TimeGranularity.YEAR,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A field and the joins that must be there before it can be read."""

    field: Field
    joins: tuple[Join, ...]


def link(lookup: Lookup, leaf: Leaf, reference: Reference, grain: TimeGranularity) -> Link | Finding:
    """What the reference means for the leaf; `grain` is that of a bare `metric_time`."""
    by_metric = reference.is_metric_time
    found = _metric_time(leaf, reference) if by_metric else reach(lookup, leaf.model, reference)
    if isinstance(found, Finding):
        return found
    resolved = replace(found.reference, grain=reference.grain, date_part=reference.date_part)
    if not isinstance(found.element, Dimension) or found.element.type is not DimensionType.TIME:
        return _grain_fault(resolved) if reference.grain or reference.date_part else _linked(found, resolved)
    if not reference.date_part and not reference.grain:
        resolved = resolved.at(grain if by_metric else found.element.granularity)
    needed = _NEEDED[resolved.date_part] if resolved.date_part else resolved.grain
    if needed and needed.rank < found.element.granularity.rank:
        return _too_fine(resolved, found.element)
    return _linked(found, resolved)


def common_reference(lookup: Lookup, leaves: list[Leaf], reference: Reference) -> Reference:
    """The full path that the reference means for every leaf, where it leaves some of it out.

    Returned as asked where there is no such path; linking then says why.
    """
    found = [reach(lookup, leaf.model, reference) for leaf in leaves if not reference.is_metric_time]
    paths = {one.reference.path for one in found if isinstance(one, Reach)}
    for path in sorted(paths, key=lambda path: (-len(path), path)) if len(paths) > 1 else ():
        full = replace(reference, path=path)
        again = [reach(lookup, leaf.model, full) for leaf in leaves]
        if all(isinstance(one, Reach) and one.reference.path == path for one in again):
            return full
    return reference


def _metric_time(leaf: Leaf, reference: Reference) -> Reach | Finding:
    if leaf.time is None:
        return FindingCode.AGG_TIME_DIMENSION_MISSING.at(
            leaf.measure.place,
            f"The measure {leaf.measure.name} of {leaf.metric} has no agg_time_dimension for metric_time.",
            remedy="Set agg_time_dimension, or defaults.agg_time_dimension on the semantic model.",
        )
    return Reach(Reference(reference.element), leaf.model, (), leaf.time)


def _linked(found: Reach, resolved: Reference) -> Link | Finding:
    element = found.element
    try:
        expression = element_expression(element.name, element.expr)
    except ExpressionRefused as refused:
        return refused.findings_at(element.place)[0]
    bound = Field(str(resolved), found.alias, element.name, expression, resolved.grain, resolved.date_part)
    return Link(bound, found.joins)


def _grain_fault(reference: Reference) -> Finding:
    return FindingCode.GRAIN_NOT_APPLICABLE.found(
        f"{reference} asks for a grain of something that is no time dimension.",
        remedy=f"Ask for {replace(reference, grain=None, date_part=None)}.",
    )


def _too_fine(reference: Reference, dimension: Dimension) -> Finding:
    return FindingCode.GRAIN_TOO_FINE.found(
        f"{reference} is finer than the data: {dimension.name} has the grain {dimension.granularity}.",
        remedy=f"Ask for {replace(reference, grain=dimension.granularity, date_part=None)} or coarser.",
    )
