"""Filters are conditions over what can be reached from every measure that they filter."""

from collections.abc import Iterator
from dataclasses import replace

from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput
from catalog.domain.semantic_model import Measure, SemanticModel
from catalog.metrics import support
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.expand import Leaf, default_grain
from catalog.metrics.filter import Filter, parse_filter
from catalog.metrics.linking import Link, link
from catalog.metrics.lookup import Lookup, agg_time_dimension
from catalog.metrics.support import inputs_of
from catalog.metrics.template import template_faults


def check(lookup: Lookup) -> Iterator[Finding]:
    """Filters of metrics and of their inputs, those whose references can be read."""
    for metric in lookup.manifest.metrics:
        for text, filtered in _written(metric, lookup):
            if any(template_faults(text)):
                continue
            try:
                yield from _unreached(metric, parse_filter(text), filtered, lookup)
            except ExpressionRefused as refused:
                yield from refused.findings_at(metric.place)


def _written(metric: Metric, lookup: Lookup) -> Iterator[tuple[str, Metric]]:
    """Each filter with the metric whose measures it filters; of a conversion the conversions' own are left out."""
    for text in (*metric.filters, *(text for one in metric.measures[:1] for text in one.filters)):
        yield text, metric
    for one in inputs_of(metric):
        for text in one.filters:
            yield text, lookup.metrics.get(one.name, metric)


def _unreached(metric: Metric, read: Filter, filtered: Metric, lookup: Lookup) -> Iterator[Finding]:
    grain = default_grain(filtered, lookup)
    for name in (one.metric for one in read.references if one.metric and one.metric not in lookup.metrics):
        yield support.unknown_input(metric, MetricInput(name), lookup)
    for model, measure in _measures(filtered, lookup):
        leaf = Leaf(metric.name, metric.name, model, measure, agg_time_dimension(model, measure), ())
        for reference in (one for one in read.references if not one.metric):
            linked = link(lookup, leaf, reference, grain)
            if not isinstance(linked, Link):
                message = f"{metric.name}: the filter {read.text!r} does not apply: {linked.message}"
                yield replace(linked, message=message, place=metric.place)


def _measures(metric: Metric, lookup: Lookup) -> Iterator[tuple[SemanticModel, Measure]]:
    met, queue = {metric.name}, [metric]
    while queue:
        one = queue.pop()
        if one.measure and one.measure.name in lookup.measures:
            yield lookup.measures[one.measure.name]
        for name in (part.name for part in inputs_of(one)):
            if name not in met and name in lookup.metrics:
                met.add(name)
                queue.append(lookup.metrics[name])
