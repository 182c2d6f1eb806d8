"""Metrics as items of `metrics` in a dbt file, in the form that says under `type_params` what each is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import Measure, NonAdditiveDimension
from catalog.manifests.input_metrics import with_measures
from catalog.manifests.plain import Plain, said

_CONVERSION: Final = "conversion_type_params"
_CUMULATIVE: Final = ("window", "grain_to_date", "period_agg")
# What has no meaning where it was said is not said again.
_APART: Final = (
    *_CUMULATIVE,
    _CONVERSION,
    "misplaced",
    "other_measure",
    "other_window",
    "semantic_model",
    "time_granularity",
)
_SIDES: Final = ("base", "conversion")


@dataclass(frozen=True, slots=True)
class OwnedMeasure:
    """A measure that a metric declares itself, and the model whose rows it aggregates."""

    measure: Measure
    model: str


def metric_documents(manifest: SemanticManifest) -> list[Plain]:
    """The items of `metrics`, in the order of the manifest."""
    metrics = {one.name: one for one in reversed(manifest.metrics)}
    owned = owned_measures(manifest)
    return [
        _metric(_without_derived(one, metrics), own) for one, own in zip(manifest.metrics, owned, strict=True)
    ]


def owned_measures(manifest: SemanticManifest) -> list[OwnedMeasure | None]:
    """For each metric the measure that it declares itself; None where a model declares it."""
    found: dict[tuple[str, str], list[OwnedMeasure]] = {}
    for model in manifest.semantic_models:
        for measure in model.measures:
            if measure.metric:
                owned = OwnedMeasure(measure, model.name)
                found.setdefault((measure.metric, measure.name), []).append(owned)
    return [_taken(one, found) for one in manifest.metrics]


def config(governance: Governance) -> Plain:
    """The facts of governance under `config`."""
    return said(meta=dict(governance.custom))


def non_additive(over: NonAdditiveDimension | None) -> Plain | None:
    """The dimension over which a measure may not be summed."""
    if over is None:
        return None
    groupings = list(over.window_groupings)
    return said(name=over.name, window_choice=over.window_choice, window_groupings=groupings)


def _taken(metric: Metric, found: Mapping[tuple[str, str], list[OwnedMeasure]]) -> OwnedMeasure | None:
    """Of metrics of one name each takes one."""
    if metric.type is not MetricType.SIMPLE or metric.measure is None:
        return None
    left = found.get((metric.name, metric.measure.name), [])
    return left.pop(0) if left else None


def _without_derived(metric: Metric, metrics: Mapping[str, Metric]) -> Metric:
    """Without the measures that follow from the metrics it names."""
    params = dict(metric.params)
    if metric.type is MetricType.CONVERSION:
        asked = dict(params.get(_CONVERSION) or {})
        params[_CONVERSION] = {key: value for key, value in asked.items() if not _follows(key, asked)}
    named = metric.type is MetricType.CUMULATIVE and bool(metric.inputs)
    bare = replace(metric, params=params, measure=None if named else metric.measure)
    return bare if with_measures(bare, metrics) == metric else metric


def _follows(key: str, asked: Mapping[str, Any]) -> bool:
    return any(key == f"{side}_measure" and f"{side}_metric" in asked for side in _SIDES)


def _metric(metric: Metric, own: OwnedMeasure | None) -> Plain:
    grain = (
        metric.time_granularity.value if metric.time_granularity else metric.params.get("time_granularity")
    )
    return {
        **said(name=metric.name, label=metric.label, description=metric.description, type=metric.type.value),
        "type_params": said(**dict(_type_params(metric, own)), is_private=metric.hidden),
        **said(filter=list(metric.filters), time_granularity=grain, config=config(metric.governance)),
    }


def _type_params(metric: Metric, own: OwnedMeasure | None) -> Iterator[tuple[str, Any]]:
    if own:
        yield from _aggregation(metric, own).items()
    else:
        yield "measure", _input(metric.measure)
        yield "expr", metric.expr
    yield "numerator", _input(metric.numerator)
    yield "denominator", _input(metric.denominator)
    if metric.type is MetricType.DERIVED:
        yield "metrics", [_input(one) for one in metric.inputs]
    yield "window", metric.params.get("other_window")
    yield "cumulative_type_params", dict(_cumulative(metric))
    if asked := metric.params.get(_CONVERSION):
        yield _CONVERSION, {key: _plain(value) for key, value in asked.items()}
    yield from ((key, value) for key, value in metric.params.items() if key not in _APART)


def _aggregation(metric: Metric, own: OwnedMeasure) -> Plain:
    measure, one = own.measure, metric.measure
    declared = said(
        semantic_model=own.model,
        agg=measure.agg.value,
        agg_params=dict(measure.agg_params),
        agg_time_dimension=measure.agg_time_dimension,
        non_additive_dimension=non_additive(measure.non_additive_dimension),
    )
    return said(
        metric_aggregation_params=declared,
        expr=measure.expr,
        join_to_timespine=one.join_to_timespine if one else None,
        fill_nulls_with=one.fill_nulls_with if one else None,
    )


def _cumulative(metric: Metric) -> Iterator[tuple[str, Any]]:
    yield from ((key, metric.params[key]) for key in _CUMULATIVE if key in metric.params)
    if metric.type is MetricType.CUMULATIVE and metric.inputs:
        yield "metric", _input(metric.inputs[0])


def _plain(value: Any) -> Any:
    return _input(value) if isinstance(value, MetricInput) else value


def _input(one: MetricInput | None) -> Plain | str | None:
    """A name alone where nothing else is said."""
    if one is None:
        return None
    told = said(
        name=one.name,
        filter=list(one.filters),
        alias=one.alias,
        join_to_timespine=one.join_to_timespine,
        fill_nulls_with=one.fill_nulls_with,
        offset_window=one.offset_window,
        offset_to_grain=one.offset_to_grain,
    )
    return one.name if told.keys() == {"name"} else told
