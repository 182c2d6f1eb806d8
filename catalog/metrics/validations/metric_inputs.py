"""Every metric has the inputs that its type needs, they exist, and none leads back to it."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricType
from catalog.metrics import support
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expression import columns_of, parse_expression
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each metric of the manifest by itself."""
    for metric in lookup.manifest.metrics:
        yield from support.missing_inputs(metric)
        if metric.measure and metric.measure.name not in lookup.measures:
            yield support.unknown_measure(metric, lookup)
        for one in inputs_of(metric):
            if one.name not in lookup.metrics:
                yield support.unknown_input(metric, one, lookup)
        if metric.type is MetricType.DERIVED:
            yield from _unknown_columns(metric)
        if _leads_back(metric, lookup):
            yield support.cycle(metric)


def _unknown_columns(metric: Metric) -> Iterator[Finding]:
    try:
        names = columns_of(parse_expression(metric.expr))
    except ExpressionRefused:
        return
    for name in sorted(names - {one.alias or one.name for one in metric.inputs}):
        yield support.unknown_column(metric, name)


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
