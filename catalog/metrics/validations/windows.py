"""Windows and offsets are a number and a grain that exists, and are said once."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.metric import Metric, MetricType
from catalog.domain.semantic_model import TimeGranularity
from catalog.metrics.lookup import Lookup, similar
from catalog.metrics.support import inputs_of

_WINDOW: Final = re.compile(r"\d+ (\S+)\Z")
_STANDARD: Final = frozenset(TimeGranularity)


def check(lookup: Lookup) -> Iterator[Finding]:
    """Cumulative and conversion metrics, and the offsets of inputs; only offsets go by a custom grain."""
    for metric in lookup.manifest.metrics:
        for what, remedy in _faults(metric, lookup):
            yield FindingCode.TIME_WINDOW_INVALID.at(
                metric.place, f"The metric {metric.name} {what}.", remedy=remedy
            )


def _faults(metric: Metric, lookup: Lookup) -> Iterator[tuple[str, str]]:
    if metric.type is MetricType.CUMULATIVE:
        yield from _cumulative(metric, lookup)
    if metric.type is MetricType.CONVERSION:
        said = metric.params.get("conversion_type_params")
        window = said.get("window") if isinstance(said, Mapping) else ""
        yield from _window("window", str(window or ""), lookup)
    for one in inputs_of(metric):
        window, grain = one.offset_window, one.offset_to_grain
        if window and grain:
            yield f"moves {one.name} by offset_window and by offset_to_grain", "Declare one of them."
        yield from _window("offset_window", window, lookup, custom=True)
        yield from _grain("offset_to_grain", grain, lookup)


def _cumulative(metric: Metric, lookup: Lookup) -> Iterator[tuple[str, str]]:
    said = {key: str(metric.params.get(key) or "") for key in ("window", "grain_to_date", "other_window")}
    if said["other_window"]:
        windows = f"{said['window']} and {said['other_window']}"
        yield f"has two windows, {windows}", "Keep the one in cumulative_type_params."
    if said["window"] and said["grain_to_date"]:
        yield "has both a window and a grain_to_date", "Declare one of them."
    yield from _window("window", said["window"], lookup)
    yield from _grain("grain_to_date", said["grain_to_date"], lookup)


def _window(key: str, text: str, lookup: Lookup, *, custom: bool = False) -> Iterator[tuple[str, str]]:
    match = _WINDOW.match(text.lower())
    if text and match is None:
        yield f"has the {key} {text!r}, which is no number of periods", "Write it as `7 days`."
    if match:
        names = (match[1], match[1].removesuffix("s"))
        named = next((name for name in names if name in _STANDARD or name in lookup.custom_grains), match[1])
        yield from _grain(key, named, lookup, custom=custom)


def _grain(key: str, name: str, lookup: Lookup, *, custom: bool = False) -> Iterator[tuple[str, str]]:
    if not name or name.lower() in _STANDARD or (custom and name in lookup.custom_grains):
        return
    known = f"has the {key} of {name}, which is no {'' if name in lookup.custom_grains else 'known '}"
    what = "standard grain" if name in lookup.custom_grains else "grain"
    yield f"{known}{what}", f"{similar(name, _STANDARD)}Go by a grain from nanosecond to year."
