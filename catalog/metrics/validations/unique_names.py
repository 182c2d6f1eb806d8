"""A name means one thing: metrics, models and measures in the manifest, elements in their model."""

from collections.abc import Iterable, Iterator

from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricType, SavedQuery
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel
from catalog.metrics.lookup import Lookup


def check(lookup: Lookup) -> Iterator[Finding]:
    """Every name that is given a second time, at the second place."""
    models = lookup.manifest.semantic_models
    yield from _repeated("metric", "the manifest", lookup.manifest.metrics)
    yield from _repeated("semantic model", "the manifest", models)
    yield from _repeated("measure", "the manifest", [one for model in models for one in model.measures])
    yield from _repeated("saved query", "the manifest", lookup.manifest.saved_queries)
    yield from _other_than_created(lookup)
    for model in models:
        yield from _repeated("dimension or entity", f"the semantic model {model.name}", model.elements)


def _other_than_created(lookup: Lookup) -> Iterator[Finding]:
    """A metric may have the name of a measure that creates its metric only where it is a simple metric."""
    created = {
        one.name for model in lookup.manifest.semantic_models for one in model.measures if one.create_metric
    }
    for metric in lookup.manifest.metrics:
        if metric.name in created and metric.type is not MetricType.SIMPLE:
            yield FindingCode.DUPLICATE_NAME.at(
                metric.place,
                f"{metric.name} is a {metric.type} metric, and a measure of that name creates a metric.",
                remedy="Rename the metric, or take create_metric out of the measure.",
            )


def _repeated(
    kind: str, where: str, items: Iterable[Metric | SemanticModel | Measure | Dimension | Entity | SavedQuery]
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
