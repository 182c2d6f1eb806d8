"""Names can stand in a query: small letters, digits and single underscores, and no word that queries use."""

import re
from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import METRIC_TIME

_NAME: Final = re.compile(r"(?!.*__)[a-z][a-z0-9_]*[a-z0-9]\Z")
_LONGEST: Final = 128
# `mf_internal_uuid` is MetricFlow's own column: a manifest that has it could not be used there.
_RESERVED: Final = frozenset({*TimeGranularity, METRIC_TIME, "mf_internal_uuid"})


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every name of a metric, model, measure, dimension, entity, saved query and custom granularity."""
    for name, place in _named(lookup):
        yield from name_faults(name, place)


def name_faults(name: str, place: Place) -> Iterator[Finding]:
    """What is wrong with a name or an alias."""
    if not _NAME.match(name) or len(name) > _LONGEST:
        yield FindingCode.NAME_INVALID.at(
            place,
            f"{name[:_LONGEST]!r} cannot be a name.",
            remedy="Write two or more small letters, digits and single underscores, starting with a letter.",
        )
    elif name in _RESERVED:
        yield FindingCode.NAME_INVALID.at(
            place, f"{name} has a meaning of its own in queries.", remedy="Choose another name."
        )


def _named(lookup: Lookup) -> Iterator[tuple[str, Place]]:
    manifest = lookup.manifest
    yield from ((one.name, one.place) for one in manifest.metrics)
    yield from ((one.name, one.place) for one in manifest.saved_queries)
    for model in manifest.semantic_models:
        yield model.name, model.place
        yield from ((one.name, one.place) for one in model.measures if not one.metric)
        yield from ((one.name, one.place) for one in model.elements)
    for spine in manifest.time_spines:
        yield from ((one.name, spine.place) for one in spine.custom_granularities)
