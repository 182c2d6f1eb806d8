"""Values of a YAML document as SQL literals of a column's type."""

from decimal import Decimal, InvalidOperation

from sqlglot import exp

from catalog.quality.logical_type import FLOATS, NUMBERS


def literal(value: object, column: exp.DataType) -> exp.Expr | None:
    """The value as the column would hold it; None where the column can hold no such value.

    Dates, booleans and the like are read by the engine: a text that it cannot read becomes NULL.
    """
    text = text_of(value)
    if column.this in exp.DataType.TEXT_TYPES:
        return exp.Literal.string(text)
    if column.this not in NUMBERS:
        return exp.TryCast(this=exp.Literal.string(text), to=column.copy())
    number = _number(text)
    if number is None or number.is_finite():
        return None if number is None else exp.Literal.number(f"{number:f}")
    return exp.cast(exp.Literal.string(text), column.copy()) if column.this in FLOATS else None


def text_of(value: object) -> str:
    """A scalar as YAML writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def is_one_of(column: exp.Expr, values: tuple[object, ...], held: exp.DataType) -> exp.Expr:
    """Whether the column's value is among `values`; false where none of them can be held.

    NULL where the column is NULL, unless a value had to be read by the engine, then false.
    """
    literals = [one for value in values if (one := literal(value, held)) is not None]
    if not literals:
        return exp.false()
    among = exp.In(this=column, expressions=literals)
    read_by_engine = any(isinstance(one, exp.TryCast) for one in literals)
    return exp.func("COALESCE", among, exp.false()) if read_by_engine else among
