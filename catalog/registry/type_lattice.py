"""Which type may stand in for which: a type that holds every value of another is a safe widening.

Covers the spellings of DuckDB, PostgreSQL, Spark, Parquet and BigQuery. Types outside of it are compared by
name, so that an unknown type never passes as safe.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from catalog.domain.data_contract import Property


class TypeStep(StrEnum):
    """How the new type stands to the old one."""

    INCOMPATIBLE = "incompatible"
    SAME = "same"
    WIDER = "wider"


@dataclass(frozen=True, slots=True)
class _Type:
    """A family with its size: bits, digits, mantissa bits or characters."""

    family: str
    size: int = 0
    scale: int = 0


_UNBOUNDED: Final = 2**31
_SPELLING: Final = re.compile(r"([a-z][a-z0-9_ ]*?)\s*(?:\(\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?\))?\Z")
_FIXED: Final = {
    **dict.fromkeys(("tinyint", "int1", "byte", "int8_t"), _Type("int", 8)),
    **dict.fromkeys(("smallint", "int2", "short", "int16"), _Type("int", 16)),
    **dict.fromkeys(("int", "integer", "int4", "int32", "serial"), _Type("int", 32)),
    **dict.fromkeys(("bigint", "int8", "int64", "long", "bigserial"), _Type("int", 64)),
    **dict.fromkeys(("hugeint", "int128"), _Type("int", 128)),
    **dict.fromkeys(("utinyint", "uint8"), _Type("uint", 8)),
    **dict.fromkeys(("usmallint", "uint16"), _Type("uint", 16)),
    **dict.fromkeys(("uinteger", "uint32"), _Type("uint", 32)),
    **dict.fromkeys(("ubigint", "uint64"), _Type("uint", 64)),
    **dict.fromkeys(("real", "float4", "float32"), _Type("float", 24)),
    **dict.fromkeys(("double", "double precision", "float8", "float64"), _Type("float", 53)),
    **dict.fromkeys(("boolean", "bool"), _Type("boolean")),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), _Type("timestamptz")),
    **dict.fromkeys(("timestamp", "datetime", "timestamp without time zone"), _Type("timestamp")),
}
_TEXT: Final = {"char", "character", "character varying", "nvarchar", "string", "text", "utf8", "varchar"}
_DECIMAL: Final = {"decimal", "numeric", "number"}
_DIGITS: Final = {8: 3, 16: 5, 32: 10, 64: 19, 128: 39}


def physical_step(old: str, new: str) -> TypeStep:
    """How `new` stands to `old`, both as written in `physicalType`."""
    before, after = _parse(old), _parse(new)
    if before == after:
        return TypeStep.SAME
    return TypeStep.WIDER if _holds(after, before) else TypeStep.INCOMPATIBLE


def logical_step(old: str, new: str) -> TypeStep:
    """How `new` stands to `old`, both ODCS logical types; integers are numbers."""
    if old == new:
        return TypeStep.SAME
    return TypeStep.WIDER if (old, new) == ("integer", "number") else TypeStep.INCOMPATIBLE


def type_step(old: Property, new: Property) -> TypeStep:
    """The worse of both kinds of type; a type that was not promised before cannot be broken."""
    steps = [TypeStep.SAME]
    if old.logical_type:
        steps.append(logical_step(old.logical_type, new.logical_type or _same_promise(old, new)))
    if old.physical_type:
        steps.append(physical_step(old.physical_type, new.physical_type or "not promised"))
    order = (TypeStep.INCOMPATIBLE, TypeStep.WIDER, TypeStep.SAME)
    return min(steps, key=order.index)


def _same_promise(old: Property, new: Property) -> str:
    """A logical type left out is still implied while the physical type is kept."""
    kept = old.physical_type and physical_step(old.physical_type, new.physical_type) is not (
        TypeStep.INCOMPATIBLE
    )
    return old.logical_type if kept else ""


def _parse(text: str) -> _Type:
    spelled = " ".join(text.lower().split())
    found = _SPELLING.match(spelled)
    if found is None:
        return _Type(spelled)
    name, size, scale = found[1], int(found[2] or 0), int(found[3] or 0)
    if name in _TEXT:
        return _Type("text", size or _UNBOUNDED)
    if name in _DECIMAL:
        # Without digits each engine means another default, so it equals itself only.
        return _Type("decimal", size, scale) if size else _Type("decimal of unknown size")
    return _FIXED.get(spelled, _Type(spelled))


def _holds(new: _Type, old: _Type) -> bool:
    """Whether every value of `old` is a value of `new`, exactly."""
    pair = (old.family, new.family)
    if pair in {("int", "int"), ("uint", "uint"), ("float", "float"), ("text", "text")}:
        return new.size >= old.size
    if pair == ("uint", "int"):
        return new.size > old.size
    if pair == ("decimal", "decimal"):
        return new.scale >= old.scale and new.size - new.scale >= old.size - old.scale
    if old.family in {"int", "uint"} and new.family == "decimal":
        return new.size - new.scale >= _DIGITS[old.size]
    if old.family in {"int", "uint"} and new.family == "float":
        return old.size - (old.family == "int") <= new.size
    return False
