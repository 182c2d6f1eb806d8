"""A dimension belongs to one model of its entity: `entity__dimension` leads to one place."""

from collections.abc import Iterator

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.metrics.lookup import Lookup, primary_entity


def check(lookup: Lookup) -> Iterator[Finding]:
    """Models with the same primary entity, and the dimensions that both have."""
    met: dict[tuple[str, str], str] = {}
    for model in lookup.manifest.semantic_models:
        entity = primary_entity(model)
        for one in model.dimensions if entity else ():
            first = met.setdefault((entity, one.name), model.name)
            if first != model.name:
                yield FindingCode.DUPLICATE_NAME.at(
                    one.place,
                    f"{entity}__{one.name} is a dimension of {first} and of {model.name}.",
                    remedy="Keep it in one of the two, or rename it in one.",
                )
