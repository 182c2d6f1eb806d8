"""A metric says what belongs to its type, and says it once."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricType
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """An aggregation, a filling of nulls and a join to the time spine are for simple metrics only."""
    for metric in lookup.manifest.metrics:
        misplaced = [str(one) for one in metric.params.get("misplaced") or ()]
        if metric.type is not MetricType.SIMPLE:
            for what in misplaced:
                yield FindingCode.METRIC_FIELD_MISPLACED.at(
                    metric.place,
                    f"{metric.name} is a {metric.type} metric and has {what}, which only simple metrics have.",
                    remedy="Say it in the simple metric that this one is made of.",
                )
        elif misplaced:
            yield _ignored(metric, " and ".join(misplaced))


def _ignored(metric: Metric, what: str) -> Finding:
    return FindingCode.METRIC_FIELD_MISPLACED.at(
        metric.place,
        f"{metric.name} takes a measure; {what} beside it does nothing.",
        remedy="Take it out, or take the measure out.",
        level=Level.WARNING,
    )
