"""PostgreSQL."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.generators.postgres import PostgresGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.hashed import Hashed, hashed
from catalog.metrics.dialects.percentile import Percentile, within_group
from catalog.metrics.dialects.times import Times, call, less, number, plus, text

_MONTHS: Final = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
_SECONDS: Final = {"DAY": 86_400, "HOUR": 3_600, "MINUTE": 60, "SECOND": 1}
_WITHIN_A_DAY: Final = frozenset({"HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"})
_INTERVALS: Final = {"QUARTER": (3, "MONTH")}


def _wall_clock(time: exp.Expr) -> exp.Expr:
    """`date_trunc` of a date would give a time with zone."""
    return exp.cast(time, exp.DType.TIMESTAMP)


def _truncated(time: exp.Expr, unit: str) -> exp.Expr:
    """Hours and less keep their zone: an hour that the clock repeats is two hours."""
    return call("DATE_TRUNC", text(unit.lower()), time if unit in _WITHIN_A_DAY else _wall_clock(time))


def _part(time: exp.Expr, part: str) -> exp.Expr:
    """Seconds and their parts have fractions there."""
    found = _Extract(this=exp.Var(this=part), expression=time)
    return exp.Floor(this=found) if part in {"SECOND", "MILLISECOND", "MICROSECOND"} else found


def _moved(time: exp.Expr, count: int, unit: str) -> exp.Expr:
    times, unit = _INTERVALS.get(unit, (1, unit))
    interval = _Interval(this=exp.Literal.string(f"{count * times} {unit}"))
    return exp.Paren(this=exp.Add(this=time, expression=interval))


def _apart(first: exp.Expr, last: exp.Expr, unit: str) -> exp.Expr | None:
    """Boundaries between: of months by their numbers, of shorter units by the seconds between truncated times."""
    if months := _MONTHS.get(unit):
        ends = [
            exp.cast(exp.Floor(this=_month_number(one, months)), exp.DType.BIGINT) for one in (last, first)
        ]
        return less(*ends)
    if seconds := _SECONDS.get(unit):
        span = less(_truncated(last, unit), _truncated(first, unit))
        parts = _Extract(this=exp.Var(this="EPOCH"), expression=span)
        return exp.cast(
            call("DIV", exp.cast(parts, "DECIMAL"), exp.Literal.number(seconds)), exp.DType.BIGINT
        )
    return None


def _month_number(time: exp.Expr, months: int) -> exp.Expr:
    year = exp.Mul(this=_part(time.copy(), "YEAR"), expression=exp.Literal.number(12 // months))
    if months == 12:
        return year
    return plus(year, _part(time, "QUARTER" if months == 3 else "MONTH"))


class _Extract(exp.Expression):
    """A part of a time, written as it stands."""

    arg_types = {"this": True, "expression": True}  # noqa: RUF012


class _Interval(exp.Expression):
    """An interval, written as it stands."""


def _rounded(writer: Writer, node: exp.Round) -> str:
    """Halves away from zero; PostgreSQL would round those of floating point numbers to even."""
    return writer.func("ROUND", exp.cast(node.this, "DECIMAL"), node.args.get("decimals"))


def _matched(writer: Writer, node: exp.Like | exp.ILike) -> str:
    """A backslash would escape, unless that is switched off."""
    word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
    found = f"{'NOT ' if node.args.get('negate') else ''}{word} {writer.sql(node.expression)}"
    plain = isinstance(node.expression, exp.Literal) and "\\" not in node.expression.name
    escape = "" if plain or isinstance(node.parent, exp.Escape) else " ESCAPE ''"
    return f"{writer.sql(node.this)} {found}{escape}"


class _Writer(Writer, PostgresGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **PostgresGenerator.TRANSFORMS,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Div: rules.divided,
        exp.IntDiv: rules.COMMON[exp.IntDiv],
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.Round: _rounded,
        exp.Like: _matched,
        exp.ILike: _matched,
        exp.Substring: rules.sliced("SUBSTRING"),
        exp.TryCast: rules.refusing("there is no TRY_CAST", "Use CAST."),
        Hashed: hashed(lambda value: call("HASH_RECORD_EXTENDED", call("ROW", value), number(0))),
        Percentile: lambda self, node: self.sql(within_group(node)),
        _Extract: lambda self, node: f"EXTRACT({self.sql(node.this)} FROM {self.sql(node.expression)})",
        _Interval: lambda self, node: f"INTERVAL {self.sql(node.this)}",
    }


POSTGRES: Final = Dialect(
    "postgres",
    Postgres(),
    _Writer,
    numbered=True,
    longest_name=63,
    counts_as=exp.DType.BIGINT,
    ones_as=exp.DType.BIGINT,
)
