"""A manifest, indexed by the names that queries use; made once for a manifest and kept."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from threading import Lock
from typing import Any, Final, TypeVar

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Dimension,
    Entity,
    EntityType,
    Measure,
    SemanticModel,
    TimeGranularity,
    TimeSpine,
)

_T = TypeVar("_T")
_KEPT: Final = 16
_KEPT_MODELS: Final = 256
_COMPARED: Final = 500
_kept: OrderedDict[int, "Lookup"] = OrderedDict()
_kept_models: OrderedDict[tuple[int, int], "_Models"] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Names and what they mean. Of a name given twice the first counts; `validate` reports the second.

    `remembered` keeps what was resolved over the models before, for all manifests with these very models and
    time spines; `of_metrics` what was resolved over the metrics besides.
    """

    manifest: SemanticManifest
    models: Mapping[str, SemanticModel]
    measures: Mapping[str, tuple[SemanticModel, Measure]]
    metrics: Mapping[str, Metric]
    joinable: Mapping[str, tuple[tuple[SemanticModel, Entity], ...]]
    custom_grains: Mapping[str, tuple[TimeSpine, str]]
    remembered: dict[Any, Any] = field(default_factory=dict)
    of_metrics: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Models:
    """The index of models and time spines, which many manifests may share; `parts` keeps their identity taken."""

    parts: tuple[tuple[SemanticModel, ...], tuple[TimeSpine, ...]]
    models: Mapping[str, SemanticModel]
    measures: Mapping[str, tuple[SemanticModel, Measure]]
    joinable: Mapping[str, tuple[tuple[SemanticModel, Entity], ...]]
    custom_grains: Mapping[str, tuple[TimeSpine, str]]
    remembered: dict[Any, Any] = field(default_factory=dict)


def lookup_of(manifest: SemanticManifest) -> Lookup:
    """The index of this very manifest object; the last few are kept."""
    with _lock:
        return _recent(_kept, id(manifest), lambda: _indexed(manifest), _KEPT)


def primary_entity(model: SemanticModel) -> str:
    """The entity whose name stands before the model's own dimensions."""
    keys = (one.name for one in model.entities if one.type is EntityType.PRIMARY)
    return model.primary_entity or next(keys, "")


def own_links(model: SemanticModel) -> frozenset[str]:
    """The entities of which the model holds each value once: their names lead to its own elements."""
    unique = {one.name for one in model.entities if one.type is not EntityType.FOREIGN}
    return frozenset(unique | {primary_entity(model)} - {""})


def element_of(model: SemanticModel, name: str) -> Dimension | Entity | None:
    """The dimension or entity of that name."""
    return next((one for one in model.elements if one.name == name), None)


def agg_time_dimension(model: SemanticModel, measure: Measure) -> Dimension | None:
    """What `metric_time` means for the measure."""
    name = measure.agg_time_dimension or model.default_agg_time_dimension
    return next((one for one in model.dimensions if one.name == name), None)


def similar(name: str, known: Iterable[str]) -> str:
    """A remedy's first words: the known names that come closest, or nothing; a few hundred are looked at."""
    alike = {one for one in known if one[:1] == name[:1]}
    close = get_close_matches(name, sorted(alike)[:_COMPARED], n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(close)}? " if close else ""


def spine_for(lookup: Lookup, grain: TimeGranularity) -> TimeSpine | None:
    """The coarsest time spine that still has every moment of the grain."""
    fitting = [one for one in lookup.manifest.time_spines if one.granularity.rank <= grain.rank]
    return max(fitting, key=lambda one: one.granularity.rank, default=None)


def _recent(kept: OrderedDict[Any, _T], key: object, make: Callable[[], _T], limit: int) -> _T:
    """What is kept under the key, made where it is not; the least recent one goes."""
    found = kept.get(key)
    if found is None:
        found = kept[key] = make()
        if len(kept) > limit:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return found


def _indexed(manifest: SemanticManifest) -> Lookup:
    parts = (manifest.semantic_models, manifest.time_spines)
    names = (id(parts[0]), id(parts[1]))
    over = _recent(_kept_models, names, lambda: _indexed_models(*parts), _KEPT_MODELS)
    metrics = _metrics(manifest, over.measures)
    return Lookup(
        manifest, over.models, over.measures, metrics, over.joinable, over.custom_grains, over.remembered
    )


def _indexed_models(models: tuple[SemanticModel, ...], spines: tuple[TimeSpine, ...]) -> _Models:
    measures: dict[str, tuple[SemanticModel, Measure]] = {}
    joinable: dict[str, tuple[tuple[SemanticModel, Entity], ...]] = {}
    for model in models:
        for measure in model.measures:
            measures.setdefault(measure.name, (model, measure))
        for entity in model.entities:
            joinable[entity.name] = (*joinable.get(entity.name, ()), (model, entity))
    custom = {
        one.name: (spine, one.column) for spine in reversed(spines) for one in spine.custom_granularities
    }
    by_name = {model.name: model for model in reversed(models)}
    return _Models((models, spines), by_name, measures, joinable, custom)


def _metrics(
    manifest: SemanticManifest, measures: Mapping[str, tuple[SemanticModel, Measure]]
) -> dict[str, Metric]:
    """All metrics by name, with those that measures declare by `create_metric` or stand for."""
    declared = {metric.name: metric for metric in reversed(manifest.metrics)}
    named = {name for metric in manifest.metrics for name in _inputs_over_time(metric)}
    created = {
        name: Metric(
            name, MetricType.SIMPLE, measure.description, measure=MetricInput(name), place=measure.place
        )
        for name, (_, measure) in measures.items()
        if (measure.create_metric or name in named) and name not in declared
    }
    return declared | created


def _inputs_over_time(metric: Metric) -> Iterator[str]:
    """The measures that a cumulative or conversion metric is made of; each is a simple metric too."""
    if metric.type in {MetricType.CUMULATIVE, MetricType.CONVERSION}:
        yield from (one.name for one in metric.measures)
