"""The metrics and measures that a metric names exist, and none leads back to it."""

from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of

# What dbt lets stand until somebody asks for the metric.
LEFT_OPEN: Final = frozenset({(MetricType.CUMULATIVE, "measure"), (MetricType.DERIVED, "expr")})


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each metric of the manifest by itself; a measure is a metric where it is created as one."""
    models = lookup.manifest.semantic_models
    declared = {one.name for one in lookup.manifest.metrics}
    declared |= {one.name for model in models for one in model.measures if one.create_metric}
    for metric in lookup.manifest.metrics:
        for word in support.lacked(metric):
            if (metric.type, word) not in LEFT_OPEN:
                yield support.lacking(metric, word)
        other = metric.params.get("other_measure")
        for measured in (*metric.measures, *([MetricInput(str(other))] if other else [])):
            if measured.name not in lookup.measures and "semantic_model" not in metric.params:
                yield support.unknown_measure(metric, lookup, measured)
        for one in inputs_of(metric):
            if one.name not in declared and metric.type is not MetricType.CUMULATIVE:
                yield support.unknown_input(metric, one, lookup)
        if _leads_back(metric, lookup):
            yield support.cycle(metric)


def _leads_back(metric: Metric, lookup: Lookup) -> bool:
    met, queue = set[str](), [metric]
    while queue:
        for one in inputs_of(queue.pop()):
            if one.name == metric.name:
                return True
            if one.name not in met and one.name in lookup.metrics:
                met.add(one.name)
                queue.append(lookup.metrics[one.name])
    return False
