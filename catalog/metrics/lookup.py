"""A manifest, indexed by the names that queries use; made once for a manifest and kept."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from threading import Lock
from typing import Any, Final

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

_KEPT: Final = 16
_COMPARED: Final = 500
_kept: OrderedDict[int, "Lookup"] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Names and what they mean. Of a name given twice the first counts; `validate` reports the second.

    `remembered` keeps what was resolved before; it belongs to `paths`.
    """

    manifest: SemanticManifest
    models: Mapping[str, SemanticModel]
    measures: Mapping[str, tuple[SemanticModel, Measure]]
    metrics: Mapping[str, Metric]
    joinable: Mapping[str, tuple[tuple[SemanticModel, Entity], ...]]
    custom_grains: Mapping[str, tuple[TimeSpine, str]]
    remembered: dict[Any, Any] = field(default_factory=dict)


def lookup_of(manifest: SemanticManifest) -> Lookup:
    """The index of this very manifest object; the last few are kept."""
    with _lock:
        found = _kept.get(id(manifest))
        if found is None:
            found = _kept[id(manifest)] = _indexed(manifest)
            if len(_kept) > _KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(id(manifest))
        return found


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


def _indexed(manifest: SemanticManifest) -> Lookup:
    measures: dict[str, tuple[SemanticModel, Measure]] = {}
    joinable: dict[str, tuple[tuple[SemanticModel, Entity], ...]] = {}
    for model in manifest.semantic_models:
        for measure in model.measures:
            measures.setdefault(measure.name, (model, measure))
        for entity in model.entities:
            joinable[entity.name] = (*joinable.get(entity.name, ()), (model, entity))
    models = {model.name: model for model in reversed(manifest.semantic_models)}
    custom = {
        one.name: (spine, one.column)
        for spine in reversed(manifest.time_spines)
        for one in spine.custom_granularities
    }
    return Lookup(manifest, models, measures, _metrics(manifest, measures), joinable, custom)


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
