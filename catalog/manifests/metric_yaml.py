"""One metric of dbt semantic layer YAML as a domain object."""

from typing import Any, Final

from catalog.domain.metric import Metric, MetricInput, MetricType
from catalog.domain.semantic_model import TimeGranularity
from catalog.manifests.element import Element
from catalog.manifests.semantic_model_yaml import governance

_PARSED: Final = ("measure", "numerator", "denominator", "metrics", "expr", "cumulative_type_params")


def metric(item: Element) -> Metric:
    """The metric that a mapping under `metrics` declares.

    `params` holds what `type_params` says beyond measures, inputs and expression; what stands under
    `cumulative_type_params` (`window`, `grain_to_date`, `period_agg`) is lifted to its top.
    """
    type_params = item.element("type_params")
    grain = item.text("time_granularity").lower()
    return Metric(
        name=item.text("name"),
        type=MetricType(item.text("type").lower()),
        description=item.text("description"),
        label=item.text("label"),
        measure=_input(type_params.element("measure")),
        numerator=_input(type_params.element("numerator")),
        denominator=_input(type_params.element("denominator")),
        inputs=tuple(one for item in type_params.each("metrics") if (one := _input(item))),
        expr=type_params.text("expr"),
        filters=filters_of(item),
        time_granularity=TimeGranularity(grain) if grain else None,
        params=_params(type_params),
        governance=governance(item),
        place=item.place,
    )


def _params(type_params: Element) -> dict[str, Any]:
    return {**type_params.without(*_PARSED), **type_params.mapping("cumulative_type_params")}


def _input(item: Element) -> MetricInput | None:
    """A measure or metric by its name alone or as a mapping."""
    if isinstance(item.value, str):
        return MetricInput(item.value, place=item.place)
    if not item.fields:
        return None
    return MetricInput(
        name=item.text("name"),
        filters=filters_of(item),
        alias=item.text("alias"),
        fill_nulls_with=item.integer("fill_nulls_with") if "fill_nulls_with" in item.fields else None,
        join_to_timespine=item.flag("join_to_timespine"),
        offset_window=item.text("offset_window"),
        offset_to_grain=item.text("offset_to_grain"),
        place=item.place,
    )


def filters_of(item: Element, key: str = "filter") -> tuple[str, ...]:
    """A filter as text, as a list, or in MetricFlow's own form with `where_filters`."""
    declared = item.element(key)
    if isinstance(declared.value, str):
        return tuple(filter(None, (declared.value.strip(),)))
    each = declared.each("where_filters") or item.each(key)
    return tuple(filter(None, ((one.text("where_sql_template") or one.written).strip() for one in each)))
