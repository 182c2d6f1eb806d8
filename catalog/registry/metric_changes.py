"""What changes in a metric: its number, and what it can be grouped by."""

from collections.abc import Iterator
from typing import Any

from catalog.domain.draft import MetricContent
from catalog.domain.semantic_model import Dimension
from catalog.registry.column_changes import ADDITION, BREAKING, EDITORIAL
from catalog.registry.compatibility import Change
from catalog.registry.definition import promise_of

_SHOWN = 60


def metric_changes(old: MetricContent, new: MetricContent) -> Iterator[Change]:
    """A changed definition breaks, whatever the intent: the same question gets another number."""
    for path, before, after in differences(promise_of(old), promise_of(new)):
        yield Change(BREAKING, f"/definition{path}", f"the definition goes from {before} to {after}")
    yield from _dimension_changes(old, new)
    if old.metric.governance.tier != new.metric.governance.tier:
        tiers = old.metric.governance.tier or "no tier", new.metric.governance.tier or "no tier"
        yield Change(EDITORIAL, "/config/meta/tier", f"the tier goes from {tiers[0]} to {tiers[1]}")


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The smallest differing parts of two plain values: pointer, text before, text after."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key), new.get(key), f"{path}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{path}/{index}")
    elif old != new:
        yield path, _shown(old), _shown(new)


def _shown(value: Any) -> str:
    text = "nothing" if value is None or value == "" else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _dimension_changes(old: MetricContent, new: MetricContent) -> Iterator[Change]:
    before, after = _dimensions(old), _dimensions(new)
    for name, dimension in before.items():
        path = f"/dimensions/{name}"
        if name not in after:
            yield Change(BREAKING, path, f"it can no longer be grouped by {name}")
        elif after[name].granularity.rank > dimension.granularity.rank:
            yield Change(BREAKING, path, f"{name} is no finer than {after[name].granularity}")
    for name in after:
        if name not in before:
            yield Change(ADDITION, f"/dimensions/{name}", f"it can be grouped by {name}")


def _dimensions(content: MetricContent) -> dict[str, Dimension]:
    """Dimensions by `model.dimension`, entities left to the definition, which joins through them."""
    return {
        f"{model.name}.{dimension.name}": dimension
        for model in content.closure.semantic_models
        for dimension in model.dimensions
    }
