"""Names can stand in a query: small letters, digits and single underscores, and no word that queries use."""

import re
from collections.abc import Iterator
from typing import Final

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.lookup import Lookup
from catalog.metrics.name import METRIC_TIME

_NAME: Final = re.compile(r"(?!.*__)[a-z][a-z0-9_]*[a-z0-9]\Z|[a-z]\Z")
_RESERVED: Final = frozenset({*TimeGranularity, METRIC_TIME})


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every name of a metric, model, measure, dimension and entity."""
    for name, place in _named(lookup):
        if not _NAME.match(name) or len(name) > 128:
            yield FindingCode.NAME_INVALID.at(
                place,
                f"{name[:128]!r} cannot be a name.",
                remedy="Write small letters, digits and single underscores, starting with a letter.",
            )
        elif name in _RESERVED:
            yield FindingCode.NAME_INVALID.at(
                place, f"{name} has a meaning of its own in queries.", remedy="Choose another name."
            )


def _named(lookup: Lookup) -> Iterator[tuple[str, Place]]:
    for metric in lookup.manifest.metrics:
        yield metric.name, metric.place
    for model in lookup.manifest.semantic_models:
        yield model.name, model.place
        yield from ((one.name, one.place) for one in model.measures)
        yield from ((one.name, one.place) for one in model.elements)
