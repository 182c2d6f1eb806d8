"""Each model says in one way what its rows are."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import EntityType, SemanticModel
from catalog.metrics.lookup import Lookup, primary_entity


def check(lookup: Lookup) -> Iterator[Finding]:
    """One primary entity for each model that has dimensions, declared once; at most one natural entity."""
    for model in lookup.manifest.semantic_models:
        primaries = [one.name for one in model.entities if one.type is EntityType.PRIMARY]
        naturals = {one.name for one in model.entities if one.type is EntityType.NATURAL}
        if len(primaries) > 1:
            what = f"has the primary entities {' and '.join(sorted(primaries))}"
            yield _ambiguous(model, what, "Keep one of them.")
        elif primaries and model.primary_entity:
            yield _ambiguous(
                model,
                f"declares primary_entity {model.primary_entity} beside the primary entity {primaries[0]}",
                "Take primary_entity out.",
            )
        elif model.dimensions and not primary_entity(model):
            yield _ambiguous(model, "has dimensions and no primary entity", "Declare primary_entity.")
        if len(naturals) > 1:
            what = f"has the natural entities {' and '.join(sorted(naturals))}"
            yield _ambiguous(model, what, "Keep one of them.")


def _ambiguous(model: SemanticModel, what: str, remedy: str) -> Finding:
    return FindingCode.ENTITY_AMBIGUOUS.at(
        model.place, f"The semantic model {model.name} {what}.", remedy=remedy
    )
