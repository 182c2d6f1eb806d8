"""Each grain has one time spine, and each custom granularity one meaning."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity, TimeSpine
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Names of custom granularities, and spines of the same grain over different relations."""
    meant: dict[str, str] = {}
    by_grain: dict[TimeGranularity, TimeSpine] = {}
    for spine in lookup.manifest.time_spines:
        first = by_grain.setdefault(spine.granularity, spine)
        if first.relation != spine.relation:
            message = f"{first.name} and {spine.name} are time spines of the same grain, {spine.granularity}."
            yield FindingCode.DUPLICATE_NAME.at(
                spine.place, message, remedy="Keep one; the first is used.", level=Level.WARNING
            )
        for one in spine.custom_granularities:
            if one.name in set(TimeGranularity):
                yield FindingCode.NAME_INVALID.at(
                    spine.place, f"{one.name} is a standard grain.", remedy="Choose another name."
                )
            elif one.name in meant:
                yield FindingCode.DUPLICATE_NAME.at(
                    spine.place,
                    f"{one.name} names more than one custom granularity.",
                    remedy=f"Rename one; the other stands in {meant[one.name]}.",
                )
            meant.setdefault(one.name, spine.name)
