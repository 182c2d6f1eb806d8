"""A metric's time_granularity is a standard grain, and not finer than the times of its measures."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.expand import base_grain
from catalog.metrics.lookup import Lookup, similar


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every metric that declares a grain."""
    for metric in lookup.manifest.metrics:
        if other := metric.params.get("time_granularity"):
            yield FindingCode.GRAIN_NOT_APPLICABLE.at(
                metric.place,
                f"{metric.name} has the time_granularity {other}, which is no standard grain.",
                remedy=f"{similar(str(other), TimeGranularity)}Write a grain from nanosecond to year.",
            )
        if metric.time_granularity is None:
            continue
        base = base_grain(metric, lookup)
        if metric.time_granularity.rank < base.rank:
            yield FindingCode.GRAIN_TOO_FINE.at(
                metric.place,
                f"{metric.name} has the time_granularity {metric.time_granularity}, finer than its data: {base}.",
                remedy=f"Set time_granularity to {base} or coarser.",
            )
