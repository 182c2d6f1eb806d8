"""A metric that lacks what its type needs is declared in vain."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.metric import MetricType
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.validations.metric_inputs import LEFT_OPEN


def check(lookup: Lookup) -> Iterator[Finding]:
    """What dbt lets stand until somebody asks.

    Cumulative metrics of nothing or of an unknown metric, derived ones without expression, and aggregations
    over a model that is not there.
    """
    for metric in lookup.manifest.metrics:
        for word in support.lacked(metric):
            if (metric.type, word) in LEFT_OPEN:
                yield support.lacking(metric, word)
        if metric.type is MetricType.CUMULATIVE:
            unknown = (one for one in metric.inputs if one.name not in lookup.metrics)
            yield from (support.unknown_input(metric, one, lookup) for one in unknown)
        if "semantic_model" in metric.params:
            yield support.unknown_model(metric, lookup)
