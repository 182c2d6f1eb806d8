"""What a definition lacks: one wording for `validate` and for queries."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.metrics.lookup import Lookup, similar

MAX_NESTING: Final = 16


def inputs_of(metric: Metric) -> tuple[MetricInput, ...]:
    """The metrics that a metric names, in the order of its definition."""
    parts = (metric.numerator, metric.denominator, *metric.inputs)
    return tuple(part for part in parts if part is not None)


def missing_inputs(metric: Metric) -> Iterator[Finding]:
    """What the type of the metric needs and the definition does not have."""
    yield from (lacking(metric, word) for word in lacked(metric))


def lacked(metric: Metric) -> Iterator[str]:
    """The words under which the type of the metric needs something."""
    needed: dict[MetricType, dict[str, object]] = {
        MetricType.SIMPLE: {"measure": metric.measure},
        MetricType.CUMULATIVE: {"measure": metric.measure},
        MetricType.CONVERSION: {"conversion_type_params": metric.params.get("conversion_type_params")},
        MetricType.RATIO: {"numerator": metric.numerator, "denominator": metric.denominator},
        MetricType.DERIVED: {"metrics": metric.inputs, "expr": metric.expr},
    }
    yield from (word for word, value in needed[metric.type].items() if not value)


def lacking(metric: Metric, word: str) -> Finding:
    """A metric has no measure, no inputs, no expression."""
    return FindingCode.METRIC_INPUT_MISSING.at(
        metric.place,
        f"The {metric.type} metric {metric.name} has no {word}.",
        remedy=f"Declare its {word}.",
    )


def unknown_metric(name: str, lookup: Lookup) -> Finding:
    """A query names a metric that is not there."""
    return FindingCode.METRIC_UNKNOWN.found(
        f"There is no metric {name[:128]!r}.",
        remedy=f"{similar(name, lookup.metrics)}Ask for a metric of the manifest.",
    )


def unknown_input(metric: Metric, one: MetricInput, lookup: Lookup) -> Finding:
    """A metric is made of a metric that is not there."""
    return FindingCode.METRIC_UNKNOWN.at(
        one.place if one.place.file else metric.place,
        f"The metric {metric.name} is made of {one.name}, which does not exist.",
        remedy=f"{similar(one.name, lookup.metrics)}Name a metric; a measure becomes one by create_metric.",
    )


def unknown_measure(metric: Metric, lookup: Lookup, one: MetricInput | None = None) -> Finding:
    """A metric names a measure that is not there."""
    meant = one or metric.measure
    name = meant.name if meant else ""
    return FindingCode.MEASURE_UNKNOWN.at(
        metric.place,
        f"The metric {metric.name} takes the measure {name}, which no semantic model has.",
        remedy=f"{similar(name, lookup.measures)}Declare the measure in a semantic model.",
    )


def unknown_model(metric: Metric, lookup: Lookup) -> Finding:
    """A metric aggregates the rows of a model that is not there, or says no model."""
    name = str(metric.params.get("semantic_model") or "")
    said = f"the semantic model {name}, which does not exist" if name else "no semantic model"
    return FindingCode.MEASURE_UNKNOWN.at(
        metric.place,
        f"The metric {metric.name} aggregates rows and stands in {said}.",
        remedy=f"{similar(name, lookup.models)}Put it under the model whose rows it aggregates.",
    )


def unknown_column(metric: Metric, name: str) -> Finding:
    """A derived expression names something that is none of its inputs."""
    return FindingCode.METRIC_UNKNOWN.at(
        metric.place,
        f"The expression of {metric.name} names {name}, which is none of its inputs.",
        remedy="List it under type_params.metrics, or use an input's alias.",
    )


def cycle(metric: Metric) -> Finding:
    """A metric is made of itself."""
    return FindingCode.METRIC_CYCLE.at(
        metric.place,
        f"The metric {metric.name} is made of itself.",
        remedy="Take the metric out of its own inputs.",
    )


def too_complex(metric: Metric) -> Finding:
    """A metric is made of more metrics than one query may expand."""
    return FindingCode.QUERY_INVALID.at(
        metric.place,
        f"The query reaches {metric.name} over too many metrics, or more than {MAX_NESTING} levels deep.",
        remedy="Build the metric from fewer levels, or ask for fewer metrics.",
    )
