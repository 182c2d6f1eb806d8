"""Cumulative and conversion metrics that name metrics: each takes what that metric measures."""

from collections.abc import Mapping
from dataclasses import replace

from catalog.domain.metric import Metric, MetricInput, MetricType


def with_measures(metric: Metric, metrics: Mapping[str, Metric]) -> Metric:
    """The metric with the measures of the simple metrics that it names, under the filters of both.

    What is no simple metric stays a name among the inputs, without a measure.
    """
    if metric.type is MetricType.CUMULATIVE and metric.inputs:
        return replace(metric, measure=_measured(metric.inputs[0], metrics) or metric.measure)
    if metric.type is MetricType.CONVERSION:
        return _conversion(metric, metrics)
    return metric


def _conversion(metric: Metric, metrics: Mapping[str, Metric]) -> Metric:
    said = dict(metric.params.get("conversion_type_params") or {})
    named = {side: said[f"{side}_metric"] for side in ("base", "conversion") if f"{side}_metric" in said}
    for side, one in named.items():
        if measured := _measured(one, metrics):
            said[f"{side}_measure"] = measured
    if not named:
        return metric
    params = {**metric.params, "conversion_type_params": said}
    return replace(metric, params=params, inputs=tuple(named.values()))


def _measured(one: MetricInput, metrics: Mapping[str, Metric]) -> MetricInput | None:
    meant = metrics.get(one.name)
    if meant is None or meant.type is not MetricType.SIMPLE or meant.measure is None:
        return None
    filters = (*one.filters, *meant.filters, *meant.measure.filters)
    return replace(meant.measure, filters=tuple(dict.fromkeys(filters)), alias=one.alias, place=one.place)
