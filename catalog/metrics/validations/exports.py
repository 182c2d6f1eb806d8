"""The exports of a saved query have names of their own."""

from collections import Counter
from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every saved query with exports."""
    for query in lookup.manifest.saved_queries:
        for name, times in Counter(query.exports).items():
            if times > 1:
                yield FindingCode.DUPLICATE_NAME.at(
                    query.place,
                    f"{name} names {times} exports of {query.name}.",
                    remedy="Give each export a name of its own.",
                    level=Level.WARNING,
                )
