"""A name means one thing: metrics, models and measures in the manifest, elements in their model."""

from collections.abc import Iterable, Iterator

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every name that is given a second time, at the second place."""
    models = lookup.manifest.semantic_models
    yield from _repeated("metric", "the manifest", lookup.manifest.metrics)
    yield from _repeated("semantic model", "the manifest", models)
    yield from _repeated("measure", "the manifest", [one for model in models for one in model.measures])
    for model in models:
        yield from _repeated("dimension or entity", f"the semantic model {model.name}", model.elements)


def _repeated(
    kind: str, where: str, items: Iterable[Metric | SemanticModel | Measure | Dimension | Entity]
) -> Iterator[Finding]:
    met: dict[str, Place] = {}
    for item in items:
        if item.name in met:
            yield FindingCode.DUPLICATE_NAME.at(
                item.place,
                f"{item.name} names more than one {kind} in {where}.",
                remedy=f"Rename one; the other stands at {met[item.name]}.",
            )
        met.setdefault(item.name, item.place)
