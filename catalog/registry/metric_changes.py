"""What changes in a metric: its number, and what it can be grouped by."""

from collections.abc import Iterator
from typing import Any

from catalog.domain.draft import MetricContent
from catalog.domain.semantic_model import Dimension, Entity
from catalog.registry.canonical import canonical
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


def same_meaning(old: MetricContent, new: MetricContent) -> bool:
    """Whether only words differ: the number, its groups and everybody who answers for it are the same."""
    governance = canonical(old.metric.governance), canonical(new.metric.governance)
    return governance[0] == governance[1] and next(metric_changes(old, new), None) is None


def _dimension_changes(old: MetricContent, new: MetricContent) -> Iterator[Change]:
    before, after = _elements(old), _elements(new)
    for name, element in before.items():
        path = f"/dimensions/{name}"
        if name not in after:
            yield Change(BREAKING, path, f"it can no longer be grouped by {name}")
            continue
        now = after[name]
        if _grain(now) > _grain(element) and isinstance(now, Dimension):
            yield Change(BREAKING, path, f"{name} is no finer than {now.granularity}")
        if _shows(element) != _shows(now):
            was, is_now = (_shown(_shows(one)[1]) for one in (element, now))
            yield Change(BREAKING, path, f"what {name} shows goes from {was} to {is_now}")
    for name in after:
        if name not in before:
            yield Change(ADDITION, f"/dimensions/{name}", f"it can be grouped by {name}")


def _elements(content: MetricContent) -> dict[str, Dimension | Entity]:
    """What it can be grouped by, and the keys that lead there, by `model.element`."""
    return {
        f"{model.name}.{element.name}": element
        for model in content.closure.semantic_models
        for element in model.elements
    }


def _grain(element: Dimension | Entity) -> int:
    return element.granularity.rank if isinstance(element, Dimension) else 0


def _shows(element: Dimension | Entity) -> tuple[str, str]:
    """The kind of the element and its expression in one spelling; the words themselves where they are no SQL."""
    from catalog.metrics.errors import ExpressionRefused  # noqa: PLC0415  # only metrics wait for the SQL parser
    from catalog.metrics.expression import element_expression  # noqa: PLC0415

    try:
        text = element_expression(element.name, element.expr).sql("duckdb", identify=True, comments=False)
    except ExpressionRefused:
        text = element.expr
    return element.type.value, text
