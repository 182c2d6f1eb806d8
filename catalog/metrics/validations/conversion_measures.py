"""A conversion metric counts: its measures are counts, and its entity and properties are in both models."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricType
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel
from catalog.metrics.declared_time import DeclaredConversion, read_conversion
from catalog.metrics.lookup import Lookup, element_of

_COUNTS = {Aggregation.COUNT, Aggregation.COUNT_DISTINCT}


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every conversion metric whose measures exist."""
    for metric in lookup.manifest.metrics:
        if metric.type is MetricType.CONVERSION and metric.params.get("conversion_type_params"):
            read = read_conversion(metric, lookup)
            if isinstance(read, DeclaredConversion):
                yield from (_invalid(metric, what) for what in _faults(read, lookup))


def _faults(read: DeclaredConversion, lookup: Lookup) -> Iterator[str]:
    base, base_measure = lookup.measures[read.base.name]
    late, late_measure = lookup.measures[read.conversion.name]
    for measure in (base_measure, late_measure):
        if not _counts(measure):
            yield f"takes the measure {measure.name}, which is neither a count nor a sum of 1"
    for model, names in _named(base, late, read):
        for name in names:
            if element_of(model, name) is None and name != model.primary_entity:
                yield f"names {name}, which the semantic model {model.name} has not"


def _named(
    base: SemanticModel, late: SemanticModel, read: DeclaredConversion
) -> Iterator[tuple[SemanticModel, list[str]]]:
    yield base, [read.entity, *(mine for mine, _ in read.constant)]
    yield late, [read.entity, *(theirs for _, theirs in read.constant)]


def _counts(measure: Measure) -> bool:
    return measure.agg in _COUNTS or (measure.agg is Aggregation.SUM and measure.expr.strip() == "1")


def _invalid(metric: Metric, what: str) -> Finding:
    return FindingCode.METRIC_INPUT_MISSING.at(
        metric.place,
        f"The conversion metric {metric.name} {what}.",
        remedy="Count rows of both models by an entity and properties that both have.",
    )
