"""What makes one value valid: the constraints of ODCS's `invalidValues` and `logicalTypeOptions`.

NULL is never invalid here, it is missing. NaN is outside every range.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from catalog.quality.check import Fault
from catalog.quality.literal import is_one_of, text_of
from catalog.quality.logical_type import FLOATS, INSTANTS, NUMBERS
from catalog.quality.table import Table, column_named, is_present

_BOUNDS: Final[Mapping[str, type[exp.Binary]]] = {
    "exclusiveMaximum": exp.GTE,
    "exclusiveMinimum": exp.LTE,
    "maximum": exp.GT,
    "minimum": exp.LT,
}
_LENGTHS: Final[Mapping[str, type[exp.Binary]]] = {"maxLength": exp.GT, "minLength": exp.LT}
_TOLD: Final = 10
KEYWORDS: Final = frozenset({"pattern", "validValues", *_BOUNDS, *_LENGTHS})


@dataclass(frozen=True, slots=True)
class Constraint:
    """One keyword with its value; the values of `validValues` are a tuple."""

    keyword: str
    value: Any

    def violated(self, table: Table, column: str) -> exp.Expr | Fault:
        """The predicate that is true for an invalid value and not true for NULL."""
        if self.keyword in _BOUNDS:
            return _out_of_bound(self, table, column)
        if self.keyword in _LENGTHS:
            length = exp.Length(this=table.text_of(column))
            return _LENGTHS[self.keyword](this=length, expression=exp.Literal.number(self.value))
        if self.keyword == "pattern":
            matches = exp.RegexpLike(this=table.text_of(column), expression=exp.Literal.string(self.value))
            return exp.not_(matches)
        value = column_named(column)
        return exp.and_(
            is_present(value), exp.not_(is_one_of(value.copy(), self.value, table.type_of(column)))
        )

    def __str__(self) -> str:
        """`minimum 0`; of a long list the first values."""
        if not isinstance(self.value, tuple):
            return f"{self.keyword} {self.value}"
        more = f" and {len(self.value) - _TOLD} more" if len(self.value) > _TOLD else ""
        return f"{self.keyword} {', '.join(map(text_of, self.value[:_TOLD]))}{more}"


def _out_of_bound(constraint: Constraint, table: Table, column: str) -> exp.Expr | Fault:
    value, held = column_named(column), table.type_of(column)
    bound: exp.Expr
    if held.this in NUMBERS and isinstance(constraint.value, int | float):
        bound = exp.Literal.number(constraint.value)
    elif held.this in INSTANTS | {exp.DType.TIME, exp.DType.TIMETZ} and isinstance(constraint.value, str):
        bound = exp.cast(exp.Literal.string(constraint.value), held.copy())
    else:
        return Fault(
            f"{constraint} does not fit the column's type {held.sql('duckdb')}",
            "bound numbers by numbers and points in time by their ISO 8601 text",
        )
    outside = _BOUNDS[constraint.keyword](this=value, expression=bound)
    return exp.or_(outside, exp.IsNan(this=value.copy())) if held.this in FLOATS else outside


def read_constraints(arguments: Mapping[str, Any]) -> tuple[Constraint, ...] | Fault:
    """The constraints among `arguments`, or what is wrong with one of them; other keys are left alone."""
    constraints = []
    for keyword, value in _inclusive(arguments).items():
        if keyword not in KEYWORDS:
            continue
        if (wrong := _wrong(keyword, value)) is not None:
            return Fault(f"{keyword} {wrong}", "see the standard's arguments of invalidValues")
        constraints.append(Constraint(keyword, _held(value)))
    return tuple(constraints)


def _inclusive(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Until ODCS 3.1 `exclusiveMaximum` was a flag beside `maximum`; read both forms as today's."""
    rewritten = dict(arguments)
    for plain, exclusive in (("maximum", "exclusiveMaximum"), ("minimum", "exclusiveMinimum")):
        flag = rewritten.get(exclusive)
        if isinstance(flag, bool):
            del rewritten[exclusive]
            if flag and plain in rewritten:
                rewritten[exclusive] = rewritten.pop(plain)
    return rewritten


def _wrong(keyword: str, value: object) -> str | None:
    if keyword == "validValues":
        return None if isinstance(value, list | tuple) and value else "takes a list of values"
    if keyword == "pattern":
        return None if isinstance(value, str) and value else "takes a regular expression"
    if isinstance(value, bool):
        return "takes no truth value"
    if keyword in _LENGTHS:
        return None if isinstance(value, int) and value >= 0 else "takes a whole number of characters"
    return None if isinstance(value, int | float | str) else "takes one number or point in time"


def _held(value: Any) -> Any:
    return tuple(one for one in value if one is not None) if isinstance(value, list | tuple) else value
