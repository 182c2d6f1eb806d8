"""DuckDB."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.hashed import BITS, Hashed
from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.dialects.rules import divided
from catalog.metrics.dialects.times import call, number


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


class _Writer(Writer, DuckDBGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **DuckDBGenerator.TRANSFORMS,
        exp.Div: divided,
        Hashed: _hashed,
        Percentile: _percentile,
    }


DUCKDB: Final = Dialect(
    "duckdb",
    DuckDB(),
    _Writer,
    null_safe_full_join=True,
    numbered=True,
    longest_name=65_535,
    counts_as=exp.DType.BIGINT,
)
