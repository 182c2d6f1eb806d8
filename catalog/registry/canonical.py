"""Domain values as plain JSON values, for digests and comparisons; places are no content."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

_NO_CONTENT = frozenset({"place"})
_AS_THEY_ARE = frozenset({bool, float, int, str})
_FIELDS: dict[type, tuple[str, ...] | None] = {}


def canonical(value: Any, *, without: frozenset[str] = frozenset()) -> Any:
    """`value` with dataclasses as objects, tuples as arrays and dates as text.

    Fields named in `without` are left out everywhere, however deep.
    """
    if value is None or type(value) in _AS_THEY_ARE:
        return value
    dropped = without | _NO_CONTENT
    if (names := _names(type(value))) is not None:
        return {
            name: canonical(getattr(value, name), without=without) for name in names if name not in dropped
        }
    if isinstance(value, Mapping):
        return {str(key): canonical(item, without=without) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item, without=without) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass, looked up once; None for other types."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None
    return _FIELDS[kind]
