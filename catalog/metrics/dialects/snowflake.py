"""Snowflake: unquoted names are meant in capitals, and nothing hangs on the session's first day of the week."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.generators.snowflake import SnowflakeGenerator

from catalog.metrics.dialects import rules
from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.hashed import Hashed, hashed
from catalog.metrics.dialects.percentile import Percentile, within_group
from catalog.metrics.dialects.times import Times, call, less, number, remainder, text, unit

_PARTS: Final = {
    "YEAR": "YEAR", "QUARTER": "QUARTER", "MONTH": "MONTH", "WEEK": "WEEKISO", "DAY": "DAYOFMONTH",
    "HOUR": "HOUR", "MINUTE": "MINUTE", "SECOND": "SECOND", "ISODOW": "DAYOFWEEKISO", "DOY": "DAYOFYEAR",
}  # fmt: skip
_APART: Final = frozenset({"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})


def _truncated(time: exp.Expr, name: str) -> exp.Expr:
    if name != "WEEK":
        return call("DATE_TRUNC", text(name), time)
    since_monday = less(number(1), call("DAYOFWEEKISO", time.copy()))
    return call("DATEADD", unit("DAY"), since_monday, call("DATE_TRUNC", text("DAY"), time))


def _part(time: exp.Expr, part: str) -> exp.Expr | None:
    if part == "DOW":
        return remainder(call("DAYOFWEEKISO", time), 7)
    return call(_PARTS[part], time) if part in _PARTS else None


def _moved(time: exp.Expr, count: int, name: str) -> exp.Expr:
    return call("DATEADD", unit(name), number(count), time)


def _apart(first: exp.Expr, last: exp.Expr, name: str) -> exp.Expr | None:
    return call("DATEDIFF", unit(name), first, last) if name in _APART else None


def _percentile(writer: Writer, node: Percentile) -> str:
    """Fixed point numbers would be interpolated with few digits."""
    if not node.args.get("discrete"):
        node.set("this", exp.cast(node.this, exp.DType.DOUBLE))
    return writer.sql(within_group(node))


class _Writer(Writer, SnowflakeGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **SnowflakeGenerator.TRANSFORMS,
        **rules.COMMON,
        **Times(_truncated, _part, _moved, _apart).rules(),
        exp.Avg: rules.averaged,
        exp.Cast: rules.checked(SnowflakeGenerator.cast_sql),
        exp.Date: lambda self, node: self.sql(exp.cast(node.this, exp.DType.DATE)),
        exp.Filter: rules.conditional,
        exp.Is: rules.truth,
        exp.Left: rules.sliced("LEFT"),
        exp.Right: rules.sliced("RIGHT"),
        exp.Substring: rules.sliced("SUBSTRING"),
        exp.Trim: rules.spaces_only("TRIM"),
        exp.TryCast: rules.checked(lambda self, node: f"TRY_{SnowflakeGenerator.cast_sql(self, node)}"),
        exp.Window: rules.ordered_window,
        Hashed: hashed(lambda value: call("HASH", value)),
        Percentile: _percentile,
    }


SNOWFLAKE: Final = Dialect("snowflake", Snowflake(), _Writer, folds_upwards=True)
