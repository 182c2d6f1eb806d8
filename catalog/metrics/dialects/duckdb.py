"""DuckDB."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.hashed import BITS, Hashed
from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.dialects.rules import divided
from catalog.metrics.dialects.times import call, number, unit_of


def _percentile(writer: Writer, node: Percentile) -> str:
    """As DuckDB writes it; the standard form would sort.

    Between two decimals it would round to their scale, so that a value in between is one of doubles.
    """
    share = node.args["share"]
    if node.args.get("discrete"):
        return writer.func("QUANTILE_DISC", node.this, share)
    if node.args.get("approximate"):
        return writer.func("APPROX_QUANTILE", node.this, share)
    return writer.func("QUANTILE_CONT", exp.cast(node.this, exp.DType.DOUBLE), share)


def _hashed(writer: Writer, node: Hashed) -> str:
    """Its hashes have no sign: the upper bits fit into a whole number with one."""
    upper = exp.BitwiseRightShift(this=call("HASH", node.this), expression=number(64 - BITS))
    return writer.sql(exp.cast(upper, exp.DType.BIGINT))


def _hour(writer: Writer, time: exp.Expr) -> str:
    """Counted back from the minute: to DuckDB an hour that the clock repeats would be one hour."""
    minute = writer.func("DATE_TRUNC", exp.Literal.string("MINUTE"), time)
    since = exp.Extract(this=exp.Var(this="MINUTE"), expression=time.copy())
    return f"({minute} - {writer.func('TO_MINUTES', since)})"


class _Writer(Writer, DuckDBGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **DuckDBGenerator.TRANSFORMS,
        exp.Div: divided,
        Hashed: _hashed,
        Percentile: _percentile,
    }

    def timestamptrunc_sql(self, expression: exp.TimestampTrunc) -> str:
        """Hours are exact on the days on which clocks change."""
        if unit_of(expression.args["unit"]) == "HOUR":
            return _hour(self, expression.this)
        return super().timestamptrunc_sql(expression)

    def datetrunc_sql(self, expression: exp.DateTrunc) -> str:
        """The same for what people write."""
        if unit_of(expression.args["unit"]) == "HOUR":
            return _hour(self, expression.this)
        return super().datetrunc_sql(expression)


DUCKDB: Final = Dialect(
    "duckdb",
    DuckDB(),
    _Writer,
    null_safe_full_join=True,
    numbered=True,
    longest_name=65_535,
    counts_as=exp.DType.BIGINT,
)
