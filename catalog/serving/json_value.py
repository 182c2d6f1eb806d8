"""Values of query results as JSON carries them without loss, the same behind every door."""

from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any

_EXACT_INTEGER = 2**53


def value_of(value: object) -> Any:
    """A value as JSON carries it without loss: a number where JSON numbers hold it exactly, else its text."""
    match value:
        case None | bool() | str():
            told: Any = value
        case int():
            told = value if abs(value) <= _EXACT_INTEGER else str(value)
        case float():
            told = value if isfinite(value) else str(value)
        case Decimal():
            told = _decimal(value)
        case date() | time():
            told = value.isoformat()
        case list() | tuple():
            told = [value_of(one) for one in value]
        case _:
            told = str(value)
    return told


def _decimal(value: Decimal) -> Any:
    if value == value.to_integral_value() and abs(value) <= _EXACT_INTEGER:
        return int(value)
    near = float(value)
    return near if isfinite(near) and Decimal(repr(near)) == value else str(value)
