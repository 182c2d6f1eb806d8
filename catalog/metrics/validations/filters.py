"""Filters name dimensions, entities and metrics as the filter grammar has them."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of
from catalog.metrics.template import template_faults


def check(lookup: Lookup) -> Iterator[Finding]:
    """Filters of metrics and of their inputs; what they reach is found by `filters_applicable`."""
    for metric in lookup.manifest.metrics:
        for text in dict.fromkeys(written(metric)):
            for reason in template_faults(text):
                yield FindingCode.FILTER_INVALID.at(
                    metric.place,
                    f"A filter of {metric.name} cannot be read: {reason}.",
                    remedy="Write a condition as {{ Dimension('order__status') }} = 'paid'.",
                )


def written(metric: Metric) -> Iterator[str]:
    """All filters that the definition of a metric holds."""
    yield from metric.filters
    for one in (*metric.measures, *inputs_of(metric)):
        yield from one.filters
