"""A conversion metric counts: its inputs are counts, and its entity and properties are in both models."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel
from catalog.metrics.lookup import Lookup, element_of

_COUNTS: Final = {Aggregation.COUNT, Aggregation.COUNT_DISTINCT}
# As dbt writes a count into its semantic manifest.
_COUNTED: Final = re.compile(r"CASE WHEN .+ IS NOT NULL THEN 1 ELSE 0 END\Z", re.DOTALL)


def check(lookup: Lookup) -> Iterator[Finding]:
    """Both sides of every conversion metric."""
    for metric in lookup.manifest.metrics:
        said = metric.params.get("conversion_type_params")
        if metric.type is not MetricType.CONVERSION or not isinstance(said, Mapping):
            continue
        for side in ("base", "conversion"):
            for what in _faults(said, side, lookup):
                yield _invalid(metric, what)
        late = said.get("conversion_measure")
        if isinstance(late, MetricInput) and late.filters:
            yield _filtered(metric)


def _faults(said: Mapping[str, Any], side: str, lookup: Lookup) -> Iterator[str]:
    measured, named = said.get(f"{side}_measure"), said.get(f"{side}_metric")
    taken = lookup.metrics.get(named.name) if isinstance(named, MetricInput) else None
    if taken and taken.type is not MetricType.SIMPLE:
        yield f"takes {taken.name}, which is a {taken.type} metric and no simple one"
        return
    if not isinstance(measured, MetricInput):
        if named is None:
            yield f"has no {side}_metric"
        return
    if measured.name not in lookup.measures:
        return
    model, measure = lookup.measures[measured.name]
    if not _counts(measure):
        yield f"takes {measure.name}, which is neither a count nor a sum of 1"
    yield from _missing(said, side, model)


def _missing(said: Mapping[str, Any], side: str, model: SemanticModel) -> Iterator[str]:
    """The entity and the constant properties that the model of this side has not."""
    properties = said.get("constant_properties") or ()
    named = [str(one.get(f"{side}_property")) for one in properties if isinstance(one, Mapping)]
    if not any(one.name == str(said.get("entity")).lower() for one in model.entities):
        yield f"names the entity {said.get('entity')}, which the semantic model {model.name} has not"
    for name in named:
        if element_of(model, name) is None:
            yield f"names {name}, which the semantic model {model.name} has not"


def _counts(measure: Measure) -> bool:
    one = measure.expr.strip() == "1" or _COUNTED.match(measure.expr)
    return measure.agg in _COUNTS or (measure.agg is Aggregation.SUM and bool(one))


def _invalid(metric: Metric, what: str) -> Finding:
    return FindingCode.METRIC_INPUT_MISSING.at(
        metric.place,
        f"The conversion metric {metric.name} {what}.",
        remedy="Count rows of both models by an entity and properties that both have.",
    )


def _filtered(metric: Metric) -> Finding:
    return FindingCode.FILTER_INVALID.at(
        metric.place,
        f"The conversions of {metric.name} are filtered, which MetricFlow does not do in full.",
        remedy="Filter the opportunities, or use this metric here alone.",
        level=Level.WARNING,
    )
