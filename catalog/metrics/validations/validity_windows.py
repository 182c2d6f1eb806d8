"""A model whose rows are valid for a time says from when to when, and is found by a natural entity."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import Dimension, EntityType, SemanticModel
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """One start and one end, different dimensions, a natural entity, no primary one, no measures."""
    for model in lookup.manifest.semantic_models:
        window = [
            one
            for one in model.dimensions
            if one.in_validity_window or one.validity_start or one.validity_end
        ]
        natural = any(one.type is EntityType.NATURAL for one in model.entities)
        if window:
            yield from (_invalid(model, what) for what in _faults(model, window, natural=natural))
        elif natural:
            yield _invalid(model, "has a natural entity, and no dimensions with validity_params")


def _faults(model: SemanticModel, window: list[Dimension], *, natural: bool) -> Iterator[str]:
    if any(one.validity_start and one.validity_end for one in window):
        yield "has a dimension that is both start and end of validity"
    if any(not one.validity_start and not one.validity_end for one in window):
        yield "has a dimension with validity_params that is neither start nor end"
    if [one.validity_start for one in window].count(True) != 1:
        yield "needs exactly one dimension that starts validity"
    if [one.validity_end for one in window].count(True) != 1:
        yield "needs exactly one dimension that ends validity"
    if not natural:
        yield "has a validity window, and no natural entity"
    if any(one.type in {EntityType.PRIMARY, EntityType.UNIQUE} for one in model.entities):
        yield "has a validity window, and an entity that is primary or unique"
    if model.measures:
        yield "has a validity window, and measures"


def _invalid(model: SemanticModel, what: str) -> Finding:
    return FindingCode.ENTITY_AMBIGUOUS.at(
        model.place,
        f"The semantic model {model.name} {what}.",
        remedy="Declare is_start and is_end once each, beside a natural entity; measures go into other models.",
    )
