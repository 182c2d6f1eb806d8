"""A metric that lacks what its type needs is declared in vain."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.validations.metric_inputs import LEFT_OPEN


def check(lookup: Lookup) -> Iterator[Finding]:
    """What dbt lets stand until somebody asks: cumulative metrics of nothing, derived ones without expression."""
    for metric in lookup.manifest.metrics:
        for word in support.lacked(metric):
            if (metric.type, word) in LEFT_OPEN:
                yield support.lacking(metric, word)
