"""Semantic models and metrics: dbt semantic layer YAML in each of its forms. Each document passed its schema."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import Measure, SemanticModel
from catalog.manifests.dbt_model_yaml import is_semantic, model_name, semantic_model_of
from catalog.manifests.element import Element
from catalog.manifests.governance_yaml import NOTHING_SAID
from catalog.manifests.input_metrics import with_measures
from catalog.manifests.metric_yaml import DeclaredMetric, metric
from catalog.manifests.saved_query_yaml import saved_query
from catalog.manifests.semantic_model_yaml import semantic_model
from catalog.manifests.time_spine_yaml import time_spines
from catalog.manifests.yaml_document import YamlDocument


def semantic_manifest(documents: Iterable[YamlDocument]) -> SemanticManifest:
    """All semantic models and metrics, in the order of their documents.

    A measure with `create_metric: true` adds a simple metric of its name where no metric has that name; it
    takes its governance from the semantic model. A metric that aggregates by itself adds its measure to its
    model. What is turned off, and other parts of dbt files, are not read.
    """
    return manifest_of([Element.root(document) for document in documents])


def manifest_of(roots: Sequence[Element]) -> SemanticManifest:
    """The same of roots of documents, or of parts that stand in documents of another format."""
    models = tuple(model for root in roots for model in _models(root))
    measures = {one.name: one for model in models for one in model.measures}
    names = {one.name for one in models}
    declared = [_placed(_settled(one, measures), names) for root in roots for one in _metrics(root)]
    models = tuple(_completed(models, declared))
    metrics = [one.metric for one in declared]
    taken = {one.name for one in metrics}
    metrics += [one for model in models for one in _created_metrics(model) if one.name not in taken]
    by_name = {one.name: one for one in reversed(metrics)}
    return SemanticManifest(
        models,
        tuple(with_measures(one, by_name) for one in metrics),
        tuple(spine for root in roots for spine in time_spines(root)),
        tuple(saved_query(item) for root in roots for item in _each(root, "saved_query", "saved_queries")),
    )


def together(manifests: Iterable[SemanticManifest]) -> SemanticManifest:
    """One manifest of all parts, in their order."""
    each = tuple(manifests)
    return SemanticManifest(
        tuple(model for one in each for model in one.semantic_models),
        tuple(metric for one in each for metric in one.metrics),
        tuple(spine for one in each for spine in one.time_spines),
        tuple(query for one in each for query in one.saved_queries),
    )


def _each(root: Element, name: str, plural: str = "") -> Iterator[Element]:
    """The list `metrics` of a dbt file, or the one `metric` of a MetricFlow document, but what is turned off."""
    single = (root.element(name),) if name in root.fields else ()
    for item in (*root.elements(plural or f"{name}s"), *single):
        if item.element("config").fields.get("enabled") is not False:
            yield item


def _models(root: Element) -> Iterator[SemanticModel]:
    yield from (semantic_model(item) for item in _each(root, "semantic_model"))
    yield from (semantic_model_of(model) for model in _each(root, "model") if is_semantic(model))


def _metrics(root: Element) -> Iterator[DeclaredMetric]:
    """Metrics of a document, then those that stand in dbt models; these are governed as their model is."""
    yield from (metric(item) for item in _each(root, "metric"))
    for model in _each(root, "model"):
        for one in (metric(item, model_name(model)) for item in _each(model, "metric")):
            alone = one.metric.governance == NOTHING_SAID
            governed = semantic_model_of(model).governance if alone else one.metric.governance
            yield replace(one, metric=replace(one.metric, governance=governed))


def _settled(one: DeclaredMetric, measures: Mapping[str, Measure]) -> DeclaredMetric:
    """A metric's own measure, where a model has one of that name: the same one, or apart from it."""
    own, other = one.measure, measures.get(one.measure.name) if one.measure else None
    if own is None or other is None or one.metric.measure is None:
        return one
    if _meaning(own) == _meaning(other):
        return replace(one, measure=None)
    apart = replace(own, name=f"{own.name}__measure", expr=own.expr or own.name)
    meant = replace(one.metric.measure, name=apart.name)
    return replace(one, measure=apart, metric=replace(one.metric, measure=meant))


def _placed(one: DeclaredMetric, models: Container[str]) -> DeclaredMetric:
    """A metric that aggregates rows of no known model keeps the name of that model."""
    if one.measure is None or one.model in models:
        return one
    params = {**one.metric.params, "semantic_model": one.model}
    return replace(one, metric=replace(one.metric, params=params))


def _meaning(one: Measure) -> tuple[object, ...]:
    params = {key: value for key, value in one.agg_params.items() if value}
    meant = (one.agg, one.expr or one.name, one.agg_time_dimension, params, one.non_additive_dimension)
    return (*meant, one.approximate)


def _completed(
    models: Iterable[SemanticModel], declared: Iterable[DeclaredMetric]
) -> Iterator[SemanticModel]:
    """The models with the measures that metrics declare."""
    by_model: dict[str, list[Measure]] = {}
    for one in declared:
        if one.measure:
            by_model.setdefault(one.model, []).append(one.measure)
    for model in models:
        added = by_model.pop(model.name, ())
        yield replace(model, measures=(*model.measures, *added)) if added else model


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
