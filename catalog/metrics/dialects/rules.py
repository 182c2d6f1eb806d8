"""Expressions of people in a dialect: where engines differ, one meaning is written out, or refused.

The meaning is DuckDB's, but a division by zero is null. Each rule takes the generator and the node.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlglot import exp

from catalog.metrics.dialects.dialect import Writer, refused
from catalog.metrics.dialects.times import Rule

_INTEGERS: Final = (exp.DType.BIGINT, exp.DType.INT, exp.DType.SMALLINT, exp.DType.TINYINT)
_WHOLE: Final = (
    exp.Boolean, exp.Ceil, exp.DateDiff, exp.Extract, exp.Floor, exp.Length, exp.Month, exp.Predicate,
    exp.Quarter, exp.Sign, exp.Year,
)  # fmt: skip


def divided(writer: Writer, node: exp.Div) -> str:
    """A quotient that is null where the divisor is zero; elsewhere than in DuckDB whole numbers would be cut."""
    above, below = node.left, node.right
    if writer.spoken.name != "duckdb" and not _is_double(above):
        above = exp.cast(above, exp.DType.DOUBLE)
    if not isinstance(below, exp.Nullif) and not _is_some(below):
        below = exp.Nullif(this=below.unnest(), expression=exp.Literal.number(0))
    return f"{writer.sql(above)} / {writer.sql(below)}"


def not_distinct_by_sides(writer: Writer, node: exp.NullSafeEQ) -> str:
    """For dialects without IS NOT DISTINCT FROM."""
    left, right = (writer.sql(side) for side in (node.left, node.right))
    return f"({left} = {right} OR ({left} IS NULL AND {right} IS NULL))"


def distinct_by_sides(writer: Writer, node: exp.NullSafeNEQ) -> str:
    """For dialects without IS DISTINCT FROM."""
    same = exp.NullSafeEQ(this=node.left, expression=node.right)
    return f"NOT COALESCE({not_distinct_by_sides(writer, same)}, FALSE)"


def conditional(writer: Writer, node: exp.Filter) -> str:
    """An aggregate over some rows, for dialects without FILTER: what does not count is null."""
    condition = node.expression.this
    aggregate = node.this.copy()
    counted = aggregate.this
    if isinstance(counted, exp.Star):
        aggregate.set("this", _where(condition, exp.Literal.number(1)))
    elif isinstance(counted, exp.Distinct):
        counted.set("expressions", [_where(condition, one) for one in counted.expressions])
    else:
        aggregate.set("this", _where(condition, counted))
    return writer.sql(aggregate)


def truth(writer: Writer, node: exp.Is) -> str:
    """`IS TRUE` and `IS FALSE` for dialects that lack them."""
    if not isinstance(node.expression, exp.Boolean):
        return writer.binary(node, "IS")
    tested = node.this if node.expression.this else exp.Not(this=exp.paren(node.this, copy=False))
    return writer.sql(exp.Coalesce(this=tested, expressions=[exp.false()]))


def joined(writer: Writer, node: exp.Concat) -> str:
    """CONCAT leaves out nulls; `||` of texts is the same in every dialect."""
    parts = [exp.Coalesce(this=one, expressions=[exp.Literal.string("")]) for one in node.expressions]
    return f"({' || '.join(writer.sql(one) for one in parts)})"


def piped(writer: Writer, node: exp.DPipe) -> str:
    """Texts side by side; null makes null."""
    return writer.binary(node, "||")


def greatest_of_known(name: str) -> Rule:
    """GREATEST and LEAST pass over nulls; for dialects where a null would make null."""

    def written(writer: Writer, node: exp.Greatest | exp.Least) -> str:
        every = [node.this, *node.expressions]
        known = [exp.Coalesce(this=one, expressions=[*_others(every, one)]) for one in every]
        return (
            f"{name}({', '.join(writer.sql(one) for one in known)})"
            if len(every) > 1
            else writer.sql(every[0])
        )

    return written


def matched(writer: Writer, node: exp.Like | exp.ILike) -> str:
    """LIKE where a backslash would escape: in DuckDB it is a character like any other."""
    pattern = node.expression
    if isinstance(pattern, exp.Parameter) and writer.values is not None:
        pattern = exp.Literal.string(str(writer.values[int(pattern.name) - 1]))
    if not isinstance(node.parent, exp.Escape):
        if not isinstance(pattern, exp.Literal):
            raise refused(writer.spoken.name, "a pattern that is no text could hold an escape", _PATTERN)
        pattern = exp.Literal.string(pattern.name.replace("\\", "\\\\"))
    word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
    return f"{writer.sql(node.this)} {'NOT ' if node.args.get('negate') else ''}{word} {writer.sql(pattern)}"


def matched_in_lower_case(writer: Writer, node: exp.ILike) -> str:
    """ILIKE for dialects that lack it."""
    sides: dict[str, exp.Expr] = {name: exp.Lower(this=node.args[name]) for name in ("this", "expression")}
    if writer.spoken.name == "bigquery" and isinstance(node.expression, exp.Literal):
        sides["expression"] = exp.Literal.string(node.expression.name.lower())
    return writer.sql(exp.Like(**sides, negate=node.args.get("negate")))


def averaged(writer: Writer, node: exp.Avg) -> str:
    """A mean as floating point number: of whole and decimal numbers some engines keep few digits."""
    return writer.func("AVG", exp.cast(node.this, exp.DType.DOUBLE))


def ordered_window(writer: Writer, node: exp.Window) -> str:
    """ROW_NUMBER needs an order there, any will do."""
    if isinstance(node.this, exp.RowNumber) and not node.args.get("order"):
        node.set("order", exp.Order(expressions=[exp.Ordered(this=exp.Null(), nulls_first=True)]))
    return writer.window_sql(node)


def checked(write: Rule) -> Rule:
    """A cast; to whole numbers only of whole ones, because engines round halves differently."""

    def written(writer: Writer, node: exp.Cast) -> str:
        if node.to.this in _INTEGERS and not _is_whole(node.this):
            raise refused(
                writer.spoken.name,
                "engines round differently where a number is cast to a whole one",
                _ROUNDING,
            )
        if node.to.this in {exp.DType.TIMESTAMPTZ, exp.DType.TIME}:
            what = "zones and times of day differ between engines"
            raise refused(writer.spoken.name, what, "Cast to TIMESTAMP.")
        return write(writer, node)

    return written


def sliced(name: str) -> Rule:
    """A part of a text, as a plain call."""

    def written(writer: Writer, node: exp.Expr) -> str:
        slice_only(writer, node)
        bounds = (node.args.get(one) for one in ("expression", "start", "length"))
        return writer.func(name, node.this, *(one for one in bounds if one is not None))

    return written


def slice_only(writer: Writer, node: exp.Expr) -> None:
    """LEFT, RIGHT and SUBSTRING with positions that all engines count alike."""
    least = 1 if isinstance(node, exp.Substring) else 0
    bounds = [node.args.get(name) for name in ("expression", "start", "length")]
    values = [one for one in bounds if one is not None]
    if not all(isinstance(one, exp.Literal) and one.is_int for one in values) or (
        isinstance(node, exp.Substring) and int(values[0].name) < least
    ):
        raise refused(
            writer.spoken.name, "engines count positions below 1 differently", "Give plain numbers."
        )


def refusing(what: str, remedy: str) -> Rule:
    """For what a dialect cannot say at all."""

    def written(writer: Writer, _: exp.Expr) -> str:
        raise refused(writer.spoken.name, what, remedy)

    return written


def spaces_only(name: str) -> Rule:
    """TRIM takes away spaces, and no other white space."""

    def written(writer: Writer, node: exp.Trim) -> str:
        side = str(node.args.get("position") or "").upper()
        taken = node.expression or exp.Literal.string(" ")
        return writer.func(_SIDES.get(side, name), node.this, taken)

    return written


def spaces_of(writer: Writer, node: exp.Trim) -> str:
    """The same in the standard's form."""
    side = str(node.args.get("position") or "BOTH").upper()
    taken = node.expression or exp.Literal.string(" ")
    return f"TRIM({side} {writer.sql(taken)} FROM {writer.sql(node.this)})"


_SIDES: Final = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}

COMMON: Final[Mapping[type[exp.Expr], Rule]] = {
    exp.Div: divided,
    exp.Concat: joined,
    exp.DPipe: piped,
    exp.IntDiv: refusing("engines divide whole numbers differently", "Write FLOOR(a / b)."),
    exp.Tuple: refusing("rows of values are not compared", "Compare each value."),
}


def _where(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value)])


def _others(every: Iterable[exp.Expr], one: exp.Expr) -> Iterable[exp.Expr]:
    return (other.copy() for other in every if other is not one)


def _is_double(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.this is exp.DType.DOUBLE


def _is_some(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and float(node.name) != 0


def _is_whole(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.is_int
    rounded = isinstance(node, exp.Round) and node.args.get("decimals") is None
    cast = isinstance(node, exp.Cast) and node.to.this in _INTEGERS
    return isinstance(node, _WHOLE) or rounded or cast


_PATTERN: Final = "Write the pattern as text."
_ROUNDING: Final = "Write ROUND(x), FLOOR(x) or CEIL(x) inside the cast."
