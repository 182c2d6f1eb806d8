"""Domain values as plain JSON values, for digests and comparisons; places are no content."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

_NO_CONTENT = frozenset({"place"})


def canonical(value: Any, *, without: frozenset[str] = frozenset()) -> Any:
    """`value` with dataclasses as objects, tuples as arrays and dates as text.

    Fields named in `without` are left out everywhere, however deep.
    """
    dropped = without | _NO_CONTENT
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: canonical(getattr(value, one.name), without=without)
            for one in fields(value)
            if one.name not in dropped
        }
    if isinstance(value, Mapping):
        return {str(key): canonical(item, without=without) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item, without=without) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
