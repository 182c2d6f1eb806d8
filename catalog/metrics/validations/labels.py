"""A label shows one thing: one metric, one semantic model, one element of a model."""

from collections.abc import Iterable, Iterator

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Labels that are given twice, and entities that have more than one."""
    models = lookup.manifest.semantic_models
    yield from _repeated("metrics", lookup.manifest.metrics)
    yield from _repeated("semantic models", models)
    for model in models:
        yield from _repeated(f"dimensions of {model.name}", model.dimensions)
        yield from _repeated(f"entities of {model.name}", model.entities)
        yield from _repeated(f"measures of {model.name}", model.measures)
    yield from _entities(models)


def _repeated(
    what: str, items: Iterable[Metric | SemanticModel | Dimension | Entity | Measure]
) -> Iterator[Finding]:
    met: dict[str, str] = {}
    for one in items:
        if one.label and met.setdefault(one.label, one.name) != one.name:
            yield _ambiguous(
                one.place, f"{one.label!r} is the label of the {what} {met[one.label]} and {one.name}"
            )


def _entities(models: Iterable[SemanticModel]) -> Iterator[Finding]:
    """The same entity in several models: one label, or none."""
    met: dict[str, str] = {}
    for model in models:
        for one in model.entities:
            if one.label and met.setdefault(one.name, one.label) != one.label:
                yield _ambiguous(
                    one.place, f"The entity {one.name} has the labels {met[one.name]!r} and {one.label!r}"
                )


def _ambiguous(place: Place, what: str) -> Finding:
    return FindingCode.LABEL_AMBIGUOUS.at(place, f"{what}.", remedy="Give each thing one label of its own.")
