"""Which physical types hold what a logical type promises: the widening lattice of ODCS's logical types."""

from typing import Final

from sqlglot import exp

FLOATS: Final = frozenset({exp.DType.DOUBLE, exp.DType.FLOAT})
INTEGERS: Final = frozenset(exp.DataType.INTEGER_TYPES) - {exp.DType.BIT} | {exp.DType.BIGNUM}
NUMBERS: Final = INTEGERS | FLOATS | {exp.DType.DECIMAL}
TIMESTAMPS: Final = frozenset(exp.DataType.TEMPORAL_TYPES) - {
    exp.DType.DATE,
    exp.DType.TIME,
    exp.DType.TIMETZ,
}
INSTANTS: Final = TIMESTAMPS | {exp.DType.DATE}
_LISTS: Final = frozenset({exp.DType.ARRAY, exp.DType.LIST})
_TEXTS: Final = frozenset(exp.DataType.TEXT_TYPES) | {exp.DType.ENUM, exp.DType.JSON, exp.DType.UUID}

_HOLDERS: Final = {
    "array": _LISTS,
    "boolean": frozenset({exp.DType.BOOLEAN}),
    "date": INSTANTS,  # before ODCS 3.1 `date` was the only word for points in time
    "integer": INTEGERS,
    "map": frozenset({exp.DType.MAP}),
    "number": NUMBERS,
    "object": frozenset({exp.DType.JSON, exp.DType.MAP, exp.DType.STRUCT}),
    "string": _TEXTS,
    "time": frozenset({exp.DType.TIME, exp.DType.TIMETZ, exp.DType.TIME_NS}),
    "timestamp": INSTANTS,  # a date is a timestamp at midnight
    "vector": _LISTS,
}


def fits(logical: str, physical: exp.DataType, *, untyped: bool = False) -> bool:
    """Whether every value of `physical` is a value of `logical`.

    A narrower type fits (an integer column holds numbers); an undeclared or unknown logical type is fitted by
    all. `untyped` is for files that carry text only (CSV): there anything is a string.
    """
    holders = _HOLDERS.get(logical.lower())
    if holders is None or (untyped and logical.lower() == "string"):
        return True
    kind = physical.this
    if kind is exp.DType.DECIMAL and logical.lower() == "integer":
        return _scale(physical) == 0
    return kind in holders


def _scale(decimal: exp.DataType) -> int:
    parameters = decimal.expressions
    return int(parameters[1].name) if len(parameters) == 2 else 3
