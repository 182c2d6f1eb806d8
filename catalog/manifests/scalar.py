"""Plain scalars of YAML by the 1.2 core schema: `NO` is text, `0x1F` is 31, dates are text."""

import math
import re
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 64
_LARGEST_INTEGER = 2**63


def resolve(text: str) -> Scalar:
    """The value of a plain scalar.

    Raises `OverflowError` for numbers that JSON and 64 bits do not hold exactly: infinities, not-a-number,
    integers from 2^63 on.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _finite(float(text))
    if _NOT_FINITE.fullmatch(text):
        raise OverflowError
    return text


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise OverflowError
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    number = int(text if base == 10 else text[2:], base)
    if not -_LARGEST_INTEGER <= number < _LARGEST_INTEGER:
        raise OverflowError
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise OverflowError
    return number
