"""The inputs of a derived metric have names of their own, which its expression uses."""

from collections import Counter
from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import MetricType
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every derived metric."""
    for metric in lookup.manifest.metrics:
        if metric.type is not MetricType.DERIVED:
            continue
        for name, times in Counter(one.alias or one.name for one in metric.inputs).items():
            if times > 1:
                yield FindingCode.DUPLICATE_NAME.at(
                    metric.place,
                    f"{times} inputs of {metric.name} have the name {name}.",
                    remedy="Give each an alias of its own.",
                )
