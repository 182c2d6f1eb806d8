"""Times and lengths of time in normal form; they do not add up in any order, so they are told from numbers."""

from typing import Final

from sqlglot import exp

from catalog.metrics.meaning.literal import number_of

_TEMPORAL: Final = (exp.Date, exp.DateTrunc, exp.Interval, exp.TimestampTrunc)
_TYPES: Final = frozenset(
    {exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ}
)
_PARTS: Final[dict[type[exp.Expr], str]] = {exp.Month: "MONTH", exp.Quarter: "QUARTER", exp.Year: "YEAR"}
_LENGTHS: Final = {"WEEK": (7, "DAY"), "QUARTER": (3, "MONTH"), "YEAR": (12, "MONTH")}
_DAY: Final = frozenset({"DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"})
_WHOLE: Final = {  # of which periods each one holds whole ones
    "DAY": _DAY,
    "WEEK": _DAY | {"WEEK"},
    "MONTH": _DAY | {"MONTH"},
    "QUARTER": _DAY | {"MONTH", "QUARTER"},
    "YEAR": _DAY | {"MONTH", "QUARTER", "YEAR"},
}


def is_temporal(node: exp.Expr) -> bool:
    """Whether it gives a time or a length of time by its form."""
    match bare := node.unnest():
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Neg() | exp.Coalesce():
            return any(map(is_temporal, bare.iter_expressions()))
        case exp.Case() | exp.If():
            return any(map(is_temporal, results(bare)))
        case exp.Cast():
            return bare.to.this in _TYPES
        case _:
            return isinstance(bare, _TEMPORAL)


def results(node: exp.Expr) -> list[exp.Expr]:
    """What a CASE may give."""
    ifs = [node] if isinstance(node, exp.If) else node.args["ifs"]
    default = node.args.get("false" if isinstance(node, exp.If) else "default")
    return [*(one.args["true"] for one in ifs), *([default] if default is not None else [])]


def truncated(unit: str, inner: exp.Expr) -> exp.Expr:
    """Truncating to the month what was truncated to the day is truncating to the month."""
    while isinstance(inner, exp.TimestampTrunc) and inner.args["unit"].name in _WHOLE.get(unit, {unit}):
        inner = inner.this
    return exp.TimestampTrunc(this=inner, unit=exp.Var(this=unit))


def part(node: exp.Expr, inner: exp.Expr) -> exp.Expr:
    """`YEAR(x)` as `EXTRACT(YEAR FROM x)`."""
    return exp.Extract(this=exp.Var(this=_PARTS[type(node)]), expression=inner)


def interval(node: exp.Expr) -> exp.Expr:
    """The length in days or months where it is one of weeks, quarters or years."""
    unit = node.args.get("unit")
    amount = number_of(exp.Literal.number(node.this.name))
    if amount is None or not isinstance(unit, exp.Var):
        return node.copy()
    singular = unit.name.upper().removesuffix("S")
    times, name = _LENGTHS.get(singular, (1, singular))
    return exp.Interval(this=exp.Literal.string(str(int(amount) * times)), unit=exp.Var(this=name))
