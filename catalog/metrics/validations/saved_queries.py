"""A saved query asks for what is there."""

from collections.abc import Iterator
from dataclasses import replace

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.query import MetricQuery, read_query


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each saved query's name, form and metrics; what its items reach is found when it is asked."""
    met: set[str] = set()
    for one in lookup.manifest.saved_queries:
        if one.name in met:
            yield FindingCode.DUPLICATE_NAME.at(
                one.place, f"{one.name} names more than one saved query.", remedy="Rename one of them."
            )
        met.add(one.name)
        _, faults = read_query(MetricQuery(one.metrics, one.group_by, one.where, limit=one.limit))
        unknown = (support.unknown_metric(name, lookup) for name in one.metrics if name not in lookup.metrics)
        yield from (replace(found, place=one.place) for found in (*faults, *unknown))
        exports = list(one.exports)
        for name in sorted({name for name in exports if exports.count(name) > 1}):
            yield FindingCode.DUPLICATE_NAME.at(
                one.place, f"{name} names more than one export of {one.name}.", remedy="Rename one of them."
            )
