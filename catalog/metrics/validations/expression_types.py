"""No expression mixes types, as far as the definitions themselves say what is a time, a number or a text."""

from collections.abc import Iterator
from contextlib import suppress

from catalog.domain.finding import Finding
from catalog.metrics.errors import ExpressionRefused
from catalog.metrics.kinds.definition import mixed_types
from catalog.metrics.kinds.plan_check import declared_kinds
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Expressions of measures, dimensions and entities; one that cannot be read is found elsewhere."""
    kinds = declared_kinds(lookup.manifest)
    for model in lookup.manifest.semantic_models:
        for one in (*model.measures, *model.elements):
            with suppress(ExpressionRefused):
                yield from mixed_types(model.name, one, kinds.get(model.name, {}))
