"""A pre-aggregation is declared so that it can be built and used."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.metrics.lookup import Lookup
from catalog.metrics.rollup.declaration import declaration_faults


def check(lookup: Lookup) -> Iterator[Finding]:
    """Each pre-aggregation of each model: its name, measures, dimensions, time and granularity."""
    for model in lookup.manifest.semantic_models:
        yield from declaration_faults(model)
