"""What metrics declare about time, read once: windows, offsets, conversions. Findings say what is not served."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import CONVERTED, Metric, MetricInput
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics import support
from catalog.metrics.lookup import Lookup
from catalog.metrics.time_step import StepKind, TimeStep, TimeWindow, parse_custom_window, parse_window


@dataclass(frozen=True, slots=True)
class DeclaredConversion:
    """The parameters of a conversion metric."""

    base: MetricInput
    conversion: MetricInput
    entity: str
    window: TimeWindow | None
    is_rate: bool
    constant: tuple[tuple[str, str], ...]


def cumulative_step(metric: Metric) -> TimeStep | Finding:
    """Over which rows a cumulative metric goes."""
    window, grain = _text(metric.params.get("window")), _text(metric.params.get("grain_to_date"))
    if window and grain:
        return _invalid(metric, "has both a window and a grain_to_date", "Declare one of them.")
    if window:
        parsed = parse_window(window)
        return TimeStep(StepKind.TRAILING, parsed) if parsed else _no_window(metric, window)
    if grain:
        known = grain in set(TimeGranularity)
        return (
            TimeStep(StepKind.TO_DATE, grain=TimeGranularity(grain)) if known else _no_window(metric, grain)
        )
    return TimeStep(StepKind.ALL_TIME)


def offset_step(metric: Metric, one: MetricInput, lookup: Lookup) -> TimeStep | Finding | None:
    """How an input is moved in time; None where it is not."""
    window, grain = one.offset_window.strip(), one.offset_to_grain.strip().lower()
    if window and grain:
        return _invalid(
            metric, f"moves {one.name} by offset_window and offset_to_grain", "Declare one of them."
        )
    if window:
        if custom := parse_custom_window(window, lookup.custom_grains):
            return TimeStep(StepKind.CALENDAR, calendar=custom)
        parsed = parse_window(window)
        return TimeStep(StepKind.OFFSET_WINDOW, parsed) if parsed else _no_window(metric, window)
    if grain:
        known = grain in set(TimeGranularity)
        step = TimeStep(StepKind.OFFSET_TO_GRAIN, grain=TimeGranularity(grain)) if known else None
        return step or _no_window(metric, grain)
    return None


def read_conversion(metric: Metric, lookup: Lookup) -> DeclaredConversion | Finding:
    """The parameters of a conversion metric, whose measures exist."""
    params = metric.params.get("conversion_type_params")
    params = params if isinstance(params, Mapping) else {}
    measures = metric.measures
    for one in measures:
        if one.name not in lookup.measures:
            return support.unknown_measure(metric, lookup, one)
    if len(measures) != len(CONVERTED):
        return support.unknown_measure(metric, lookup)
    base, conversion = measures
    window = _text(params.get("window"))
    parsed = parse_window(window) if window else None
    if window and parsed is None:
        return _no_window(metric, window)
    calculation = _text(params.get("calculation")) or "conversion_rate"
    constant = tuple(_constant(params.get("constant_properties")))
    entity = str(params.get("entity") or "").lower()
    return DeclaredConversion(base, conversion, entity, parsed, calculation == "conversion_rate", constant)


def no_time(metric: Metric) -> Finding:
    """A metric over time has a measure without time."""
    return FindingCode.AGG_TIME_DIMENSION_MISSING.at(
        metric.place,
        f"A measure of {metric.name} has no agg_time_dimension.",
        remedy="Set agg_time_dimension, or defaults.agg_time_dimension on the semantic model.",
    )


def _constant(value: Any) -> Iterator[tuple[str, str]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield str(one.get("base_property")), str(one.get("conversion_property"))


def _text(value: Any) -> str:
    return str(value).strip().lower() if value else ""


def _no_window(metric: Metric, text: str) -> Finding:
    return FindingCode.METRIC_FEATURE_UNSUPPORTED.at(
        metric.place,
        f"The metric {metric.name} moves by {text!r}, which is not served.",
        remedy="Use a number and a standard grain, as `7 days`.",
    )


def _invalid(metric: Metric, what: str, remedy: str) -> Finding:
    return FindingCode.METRIC_INPUT_MISSING.at(
        metric.place, f"The metric {metric.name} {what}.", remedy=remedy
    )
