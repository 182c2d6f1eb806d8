"""Which types of columns fit which use, in the words of the embedded engine."""

from typing import Final

from catalog.domain.semantic_model import Aggregation, Dimension, DimensionType, Entity, Measure

_WHOLE: Final = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_NUMBER: Final = (*_WHOLE, "UHUGEINT", "DECIMAL", "FLOAT", "DOUBLE")
_TIME: Final = ("DATE", "TIMESTAMP")
_TRUTH: Final = ("BOOLEAN", *_WHOLE)
_NEEDED: Final = {
    Aggregation.AVERAGE: _NUMBER,
    Aggregation.MEDIAN: (*_NUMBER, *_TIME),
    Aggregation.PERCENTILE: (*_NUMBER, *_TIME),
    Aggregation.SUM: (*_NUMBER, "BOOLEAN"),
    Aggregation.SUM_BOOLEAN: _TRUTH,
}


def misfit(one: Dimension | Entity | Measure, type_name: str) -> str:
    """What the element would need instead of this type; empty where it fits."""
    if isinstance(one, Measure):
        needed = _NEEDED.get(one.agg, ())
        return f"a {one.agg} needs {_said(needed)}" if needed and not _is(type_name, needed) else ""
    if isinstance(one, Dimension) and one.type is DimensionType.TIME and not is_time(type_name):
        return "a time dimension needs a date or timestamp"
    return ""


def is_time(type_name: str) -> bool:
    """Whether values are dates or timestamps."""
    return _is(type_name, _TIME)


def _is(type_name: str, needed: tuple[str, ...]) -> bool:
    return type_name.upper().startswith(needed)


def _said(needed: tuple[str, ...]) -> str:
    return "true or false" if needed is _TRUTH else "numbers"
