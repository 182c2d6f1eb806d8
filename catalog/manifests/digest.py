"""Content digests: SHA-256 over canonical JSON (RFC 8785), so that layout and comments do not count."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

# Where orjson and RFC 8785 may differ: numbers with a fraction or an exponent, and keys beyond U+DFFF, which sort
# differently in UTF-8 and UTF-16. Patterns that begin with a letter are fast.
_DOUBTFUL: Final = tuple(re.compile(rb"%b-?[0-9]+[.e]" % before) for before in (b":", b",", rb"\[", b"^"))
_LATE: Final = re.compile(rb"[\xee-\xff]")
_PLAIN: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_text = json.JSONEncoder(ensure_ascii=False).encode


def digest_of(value: Any) -> str:
    """`sha256:<hex>` of the canonical JSON."""
    return digest_of_json(canonical_json(value))


def digest_of_json(written: bytes) -> str:
    """The same of what is canonical JSON already."""
    return "sha256:" + hashlib.sha256(written).hexdigest()


def json_array(items: Iterable[bytes]) -> bytes:
    """The canonical JSON of an array whose items are given as canonical JSON."""
    return b"[" + b",".join(items) + b"]"


def json_object(members: Mapping[str, bytes]) -> bytes:
    """The canonical JSON of an object whose values are given as canonical JSON."""
    each = (canonical_json(key) + b":" + members[key] for key in sorted(members, key=_utf16))
    return b"{" + b",".join(each) + b"}"


def canonical_json(value: Any) -> bytes:
    """The one JSON form of a plain value (RFC 8785), as UTF-8.

    Integers are written digit by digit even beyond 2^53, where RFC 8785 would round them: two of them never
    share a digest. Raises `ValueError` for what JSON cannot hold: infinities, lone surrogates, keys that are
    not text, other types.
    """
    try:
        written = orjson.dumps(value, option=_PLAIN)
    except orjson.JSONEncodeError:
        return _written(value)
    if b"null" in written:  # as orjson also writes what is no number
        json.dumps(value, allow_nan=False)
    return _written(value) if _differs(written) else written


def _differs(written: bytes) -> bool:
    """Whether what orjson wrote may not be what RFC 8785 asks for."""
    late = not written.isascii() and _LATE.search(written)
    return bool(late) or any(one.search(written) for one in _DOUBTFUL)


def _written(value: Any) -> bytes:
    """The same for every value, part by part."""
    return "".join(_parts(value)).encode("utf-8")


def _parts(value: Any) -> list[str]:
    parts: list[str] = []
    _write(value, parts)
    return parts


def _write(value: Any, parts: list[str]) -> None:
    if isinstance(value, Mapping):
        _write_object(value, parts)
    elif isinstance(value, list | tuple):
        _write_array(value, parts)
    else:
        parts.append(_scalar(value))


def _write_object(value: Mapping[str, Any], parts: list[str]) -> None:
    before = "{"
    for key in sorted(value, key=_utf16):
        parts.append(f"{before}{_text(key)}:")
        _write(value[key], parts)
        before = ","
    parts.append("}" if value else "{}")


def _write_array(value: list[Any] | tuple[Any, ...], parts: list[str]) -> None:
    before = "["
    for item in value:
        parts.append(before)
        _write(item, parts)
        before = ","
    parts.append("]" if value else "[]")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _number(value)
    raise ValueError(f"{type(value).__name__} has no place in JSON")


def _number(value: float) -> str:
    """ECMAScript's Number-to-String: shortest digits; an exponent from 1e21 on and below 1e-6."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in JSON")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = f"{float.__repr__(abs(value))}e0".split("e")[:2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent) - (len(whole + fraction) - len(digits))
    return sign + _placed(digits.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    """The digits with the decimal point after the first `point` of them."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _utf16(key: Any) -> bytes:
    if not isinstance(key, str):
        raise ValueError(f"the key {key!r} is not text")
    return key.encode("utf-16-be")
