"""Semantic models and metrics: dbt semantic layer YAML with measures. Each document has passed its schema."""

from collections.abc import Iterable, Iterator

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import SemanticModel
from catalog.manifests.element import Element
from catalog.manifests.metric_yaml import metric
from catalog.manifests.saved_query_yaml import saved_query
from catalog.manifests.semantic_model_yaml import semantic_model
from catalog.manifests.time_spine_yaml import time_spines
from catalog.manifests.yaml_document import YamlDocument


def semantic_manifest(documents: Iterable[YamlDocument]) -> SemanticManifest:
    """All semantic models and metrics, in the order of their documents.

    A measure with `create_metric: true` adds a simple metric of its name where no metric has that name; it
    takes its governance from the semantic model. Other parts of dbt files are not read.
    """
    roots = [Element.root(document) for document in documents]
    models = tuple(semantic_model(item) for root in roots for item in _each(root, "semantic_model"))
    metrics = tuple(metric(item) for root in roots for item in _each(root, "metric"))
    taken = {one.name for one in metrics}
    created = (one for model in models for one in _created_metrics(model) if one.name not in taken)
    spines = tuple(spine for root in roots for spine in time_spines(root))
    saved = tuple(saved_query(item) for root in roots for item in _each(root, "saved_query", "saved_queries"))
    return SemanticManifest(models, (*metrics, *created), spines, saved)


def _each(root: Element, name: str, plural: str = "") -> tuple[Element, ...]:
    """The list `metrics` of a dbt file, or the one `metric` of a MetricFlow document."""
    single = (root.element(name),) if name in root.fields else ()
    return (*root.elements(plural or f"{name}s"), *single)


def _created_metrics(model: SemanticModel) -> Iterator[Metric]:
    for measure in model.measures:
        if measure.create_metric:
            yield Metric(
                name=measure.name,
                type=MetricType.SIMPLE,
                description=measure.description,
                measure=MetricInput(measure.name, place=measure.place),
                governance=model.governance,
                place=measure.place,
            )
