"""A metric's time_granularity is not finer than the times of its measures."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.expand import base_grain
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every metric that declares a grain."""
    for metric in lookup.manifest.metrics:
        if metric.time_granularity is None:
            continue
        base = base_grain(metric, lookup)
        if metric.time_granularity.rank < base.rank:
            yield FindingCode.GRAIN_TOO_FINE.at(
                metric.place,
                f"{metric.name} has the time_granularity {metric.time_granularity}, finer than its data: {base}.",
                remedy=f"Set time_granularity to {base} or coarser.",
            )
