"""A definition that cannot be read to its end, as it is written: equal only to the same words."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from catalog.domain.metric import Metric
from catalog.metrics.lookup import Lookup
from catalog.metrics.support import inputs_of

_NO_MEANING: Final = frozenset({"description", "governance", "hidden", "label", "name", "place"})


def as_written(metric: Metric, lookup: Lookup) -> dict[str, Any]:
    """The metric and its inputs, by their names; a circle ends where it closes."""
    return {"type": "unclear", "written": _written(metric, lookup, frozenset())}


def _written(metric: Metric, lookup: Lookup, above: frozenset[str]) -> Any:
    if metric.name in above:
        return {"cycle": metric.name}
    own = {
        one.name: _plain(getattr(metric, one.name)) for one in fields(metric) if one.name not in _NO_MEANING
    }
    found = (lookup.metrics.get(one.name) for one in inputs_of(metric))
    own["made_of"] = [_written(one, lookup, above | {metric.name}) for one in found if one]
    if metric.measure and metric.measure.name in lookup.measures:
        own["measured"] = [_plain(one) for one in lookup.measures[metric.measure.name]]
    return own


def _plain(value: Any) -> Any:
    """Dataclasses as objects with their names, tuples as arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = (one for one in fields(value) if one.name not in _NO_MEANING - {"name"})
        return {one.name: _plain(getattr(value, one.name)) for one in shown}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
