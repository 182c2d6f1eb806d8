"""One metric of dbt semantic layer YAML as a domain object.

dbt has two forms: the older one says under `type_params` what the metric is made of, the newer one says it
beside the metric's name. A serialised manifest has the older one.
"""

from dataclasses import dataclass
from typing import Any, Final

from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import Measure, TimeGranularity
from catalog.manifests.element import Element
from catalog.manifests.governance_yaml import governance
from catalog.manifests.measure_yaml import measure_of_metric
from catalog.manifests.metric_input_yaml import filling, filters_of, metric_input, metric_inputs, window

_PARSED: Final = (
    "measure",
    "numerator",
    "denominator",
    "metrics",
    "expr",
    "cumulative_type_params",
    "conversion_type_params",
    "input_measures",
    "metric_aggregation_params",
    "join_to_timespine",
    "fill_nulls_with",
    "is_private",
    "window",
)
_INPUTS: Final = ("base_measure", "conversion_measure", "base_metric", "conversion_metric")


@dataclass(frozen=True, slots=True)
class DeclaredMetric:
    """A metric as declared; one that aggregates by itself brings its measure, for the named model."""

    metric: Metric
    measure: Measure | None = None
    model: str = ""


def metric(item: Element, model: str = "") -> DeclaredMetric:
    """The metric that a mapping under `metrics` declares; `model` is the semantic model that it stands in.

    `params` holds what the metric says beyond measures, inputs and expression; what stands under
    `cumulative_type_params` (`window`, `grain_to_date`, `period_agg`) is lifted to its top.
    """
    return _nested(item) if "type_params" in item.fields else _direct(item, model)


def _nested(item: Element) -> DeclaredMetric:
    said = item.element("type_params")
    cumulative = said.element("cumulative_type_params")
    aggregation = said.element("metric_aggregation_params")
    own = (
        measure_of_metric(item, aggregation, said.text("expr"))
        if _is_simple(item) and aggregation.fields
        else None
    )
    other = metric_input(said.element("measure"))
    one = _metric(
        item,
        measure=_itself(item, said) if own else other,
        numerator=metric_input(said.element("numerator")),
        denominator=metric_input(said.element("denominator")),
        inputs=metric_inputs(said, "metrics"),
        counted=metric_input(cumulative.element("metric")),
        expr=said.text("expr"),
        params={
            **_nested_params(said, cumulative),
            **({} if own else _misplaced(said, "metric_aggregation_params")),
            **({"other_measure": other.name} if own and other else {}),
        },
        hidden=said.flag("is_private"),
    )
    return DeclaredMetric(one, own, aggregation.text("semantic_model"))


def _direct(item: Element, model: str) -> DeclaredMetric:
    own = (
        measure_of_metric(item, item, item.text("expr"))
        if _is_simple(item) and "agg" in item.fields
        else None
    )
    conversion = item.text("type").lower() == MetricType.CONVERSION
    one = _metric(
        item,
        measure=_itself(item, item) if own else None,
        numerator=metric_input(item.element("numerator")),
        denominator=metric_input(item.element("denominator")),
        inputs=metric_inputs(item, "input_metrics"),
        counted=metric_input(item.element("input_metric")),
        expr=item.text("expr"),
        params={
            **({"conversion_type_params": _conversion(item)} if conversion else _cumulative(item)),
            **({} if own else _misplaced(item, "agg", "percentile", "agg_time_dimension")),
        },
        hidden=item.flag("hidden"),
    )
    return DeclaredMetric(one, own, model)


def _metric(item: Element, *, counted: MetricInput | None, **parts: Any) -> Metric:
    """What both forms say in the same way; the metric that a cumulative one counts up is its input."""
    grain = item.text("time_granularity").strip().lower()
    standard = grain in _GRAINS
    kind = MetricType(item.text("type", "simple").lower())
    if counted and kind is MetricType.CUMULATIVE:
        parts["inputs"] = (counted,)
    if grain and not standard:
        parts["params"] = {**parts["params"], "time_granularity": grain}
    return Metric(
        name=item.text("name"),
        type=kind,
        description=item.text("description"),
        label=item.text("label"),
        filters=filters_of(item),
        time_granularity=TimeGranularity(grain) if standard else None,
        governance=governance(item),
        place=item.place,
        **parts,
    )


def _is_simple(item: Element) -> bool:
    return item.text("type", "simple").lower() == MetricType.SIMPLE


def _misplaced(said: Element, *keys: str) -> dict[str, Any]:
    """What is said here and means something only where a metric aggregates by itself."""
    words = (*keys, "fill_nulls_with", "join_to_timespine", "non_additive_dimension")
    found = [word for word in words if said.fields.get(word, False) is not False]
    return {"misplaced": found} if found else {}


def _itself(item: Element, said: Element) -> MetricInput:
    """The measure that the metric declares itself, by the metric's name."""
    return MetricInput(
        item.text("name"),
        fill_nulls_with=filling(said),
        join_to_timespine=said.flag("join_to_timespine"),
        place=item.place,
    )


def _nested_params(said: Element, cumulative: Element) -> dict[str, Any]:
    """A window that is said twice, differently, is kept as `other_window` too."""
    params = {**said.without(*_PARSED), **_cumulative(said), **_cumulative(cumulative)}
    outer = window(said)
    if outer and outer != params.get("window"):
        params["other_window"] = outer
    if (conversion := said.element("conversion_type_params")).fields:
        params["conversion_type_params"] = _conversion(conversion)
    return params


def _cumulative(item: Element) -> dict[str, Any]:
    over = window(item)
    said = {key: item.text(key) for key in ("grain_to_date", "period_agg") if key in item.fields}
    return {**({"window": over} if over else {}), **said}


def _conversion(item: Element) -> dict[str, Any]:
    plain = {key: item.fields[key] for key in ("entity", "constant_properties") if key in item.fields}
    said = {"window": window(item), "calculation": item.text("calculation")}
    inputs = {key: metric_input(item.element(key)) for key in _INPUTS}
    return {key: value for key, value in {**plain, **said, **inputs}.items() if value}


_GRAINS: Final = frozenset(TimeGranularity)
