"""Amazon Redshift."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.generators.redshift import RedshiftGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer, refused
from catalog.metrics.dialects.hashed import Hashed, hashed, of_text
from catalog.metrics.dialects.percentile import Percentile, within_group
from catalog.metrics.dialects.times import Times, call, number, plus, remainder, text, unit

_UNITS: Final = frozenset({"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
_MOVES: Final = _UNITS | {"WEEK", "MILLISECOND", "MICROSECOND"}


def _truncated(time: exp.Expr, name: str) -> exp.Expr:
    return call("DATE_TRUNC", text(name.lower()), exp.cast(time, exp.DType.TIMESTAMP))


def _part(time: exp.Expr, part: str) -> exp.Expr | None:
    if part in _UNITS | {"WEEK", "DOW", "DOY"}:
        return call("DATE_PART", unit(part), time)
    monday_last = plus(call("DATE_PART", unit("DOW"), time), number(6))
    return plus(remainder(monday_last, 7), number(1)) if part == "ISODOW" else None


def _moved(time: exp.Expr, count: int, name: str) -> exp.Expr | None:
    return call("DATEADD", unit(name), number(count), time) if name in _MOVES else None


def _apart(first: exp.Expr, last: exp.Expr, name: str) -> exp.Expr | None:
    return call("DATEDIFF", unit(name), first, last) if name in _UNITS else None


def _percentile(writer: Writer, node: Percentile) -> str:
    """Whole numbers would be interpolated with few digits; all percentiles of a SELECT share their order."""
    if node.args.get("discrete"):
        if not node.args.get("approximate"):
            raise refused(
                "redshift", "it has no exact discrete percentiles by group", "Declare it continuous."
            )
        return f"APPROXIMATE {writer.sql(within_group(node))}"
    scope = node.parent_select
    ordered = {writer.sql(one.this) for one in scope.find_all(Percentile)} if scope else set()
    if len(ordered) > 1:
        raise refused(
            "redshift", "percentiles of one query must look at the same value", "Ask for them apart."
        )
    node.set("this", exp.cast(node.this, exp.DType.DOUBLE))
    return writer.sql(within_group(node))


def _rounded(writer: Writer, node: exp.Round) -> str:
    """Halves away from zero."""
    if node.args.get("decimals"):
        raise refused(
            "redshift", "floating point numbers are not rounded to digits alike", "Round to a whole."
        )
    half = exp.Floor(this=plus(exp.Abs(this=node.this.copy()), exp.Literal.number("0.5")))
    return writer.sql(exp.Paren(this=exp.Mul(this=exp.Sign(this=node.this), expression=half)))


def _starts(writer: Writer, node: exp.StartsWith) -> str:
    start = call("LEFT", node.this, call("LEN", node.expression.copy()))
    return writer.sql(exp.Paren(this=exp.EQ(this=start, expression=node.expression)))


class _Writer(Writer, RedshiftGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **RedshiftGenerator.TRANSFORMS,
        **rules.COMMON,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Avg: rules.averaged,
        exp.Cast: rules.checked(RedshiftGenerator.cast_sql),
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.Filter: rules.conditional,
        exp.ILike: rules.matched,
        exp.Left: rules.sliced("LEFT"),
        exp.Like: rules.matched,
        exp.NullSafeEQ: rules.not_distinct_by_sides,
        exp.NullSafeNEQ: rules.distinct_by_sides,
        exp.Right: rules.sliced("RIGHT"),
        exp.Round: _rounded,
        exp.StartsWith: _starts,
        exp.Substring: rules.sliced("SUBSTRING"),
        exp.Trim: rules.spaces_only("BTRIM"),
        exp.TryCast: rules.refusing("TRY_CAST is not served", "Use CAST."),
        Hashed: hashed(of_text("FARMFINGERPRINT64")),
        Percentile: _percentile,
    }


REDSHIFT: Final = Dialect(
    "redshift",
    Redshift(),
    _Writer,
    numbered=True,
    longest_name=127,
)
