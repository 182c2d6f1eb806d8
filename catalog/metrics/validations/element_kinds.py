"""A name is that of a measure, of a dimension or of an entity, in all models alike."""

from collections.abc import Iterator

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.semantic_model import SemanticModel
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Names with more than one meaning, where the second one stands."""
    met: dict[str, tuple[str, str]] = {}
    for model in lookup.manifest.semantic_models:
        for kind, name, place in _elements(model):
            first, where = met.setdefault(name, (kind, model.name))
            if first != kind:
                yield FindingCode.DUPLICATE_NAME.at(
                    place,
                    f"{name} is a {kind} in {model.name} and a {first} in {where}.",
                    remedy="Rename one of them.",
                )


def _elements(model: SemanticModel) -> Iterator[tuple[str, str, Place]]:
    yield from (("measure", one.name, one.place) for one in model.measures if not one.metric)
    yield from (("dimension", one.name, one.place) for one in model.dimensions)
    yield from (("entity", one.name, one.place) for one in model.entities)
