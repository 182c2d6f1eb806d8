"""Each grain has one time spine, and each custom granularity one meaning; spines are as fine as the data."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import DimensionType, TimeGranularity, TimeSpine
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Names of custom granularities, and spines of the same grain over different relations."""
    meant: dict[str, str] = {}
    by_grain: dict[TimeGranularity, TimeSpine] = {}
    elsewhere = _named_elsewhere(lookup)
    for spine in lookup.manifest.time_spines:
        first = by_grain.setdefault(spine.granularity, spine)
        if first.relation != spine.relation:
            message = f"{first.name} and {spine.name} are time spines of the same grain, {spine.granularity}."
            yield FindingCode.DUPLICATE_NAME.at(
                spine.place, message, remedy="Keep one; the first is used.", level=Level.WARNING
            )
        for one in spine.custom_granularities:
            if one.name in elsewhere:
                yield FindingCode.DUPLICATE_NAME.at(
                    spine.place,
                    f"The custom granularity {one.name} has the name of a {elsewhere[one.name]}.",
                    remedy="Rename one of them.",
                )
            if one.name in meant:
                yield FindingCode.DUPLICATE_NAME.at(
                    spine.place,
                    f"{one.name} names more than one custom granularity.",
                    remedy=f"Rename one; the other stands in {meant[one.name]}.",
                )
            meant.setdefault(one.name, spine.name)
    yield from _too_coarse(lookup)


def _named_elsewhere(lookup: Lookup) -> dict[str, str]:
    models = lookup.manifest.semantic_models
    named = {one.name: "measure" for model in models for one in model.measures if not one.metric}
    named |= {one.name: "entity" for model in models for one in model.entities}
    named |= {one.name: "dimension" for model in models for one in model.dimensions}
    named |= dict.fromkeys(lookup.metrics, "metric")
    return named | {model.name: "semantic model" for model in models}


def _too_coarse(lookup: Lookup) -> Iterator[Finding]:
    """The finest time dimension has moments that the finest spine does not."""
    spines = lookup.manifest.time_spines
    models = lookup.manifest.semantic_models
    times = [
        one
        for model in models
        for one in model.dimensions
        if one.type is DimensionType.TIME and one.granularity_declared
    ]
    if not spines or not times:
        return
    finest = min(spines, key=lambda one: one.granularity.rank)
    fine = min(times, key=lambda one: one.granularity.rank)
    if fine.granularity.rank < finest.granularity.rank:
        yield FindingCode.GRAIN_TOO_FINE.at(
            finest.place,
            f"{fine.name} is by the {fine.granularity}, the finest time spine by the {finest.granularity}.",
            remedy=f"Declare a time spine by the {fine.granularity}; metrics of that grain ask for it.",
            level=Level.WARNING,
        )
