"""DuckDB."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from catalog.metrics.dialects.dialect import Dialect, Writer
from catalog.metrics.dialects.percentile import Percentile
from catalog.metrics.dialects.rules import divided


def _percentile(writer: Writer, node: Percentile) -> str:
    """As DuckDB writes it; the standard form would sort."""
    if node.args.get("discrete"):
        name = "QUANTILE_DISC"
    else:
        name = "APPROX_QUANTILE" if node.args.get("approximate") else "QUANTILE_CONT"
    return writer.func(name, node.this, node.args["share"])


class _Writer(Writer, DuckDBGenerator):
    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **DuckDBGenerator.TRANSFORMS,
        exp.Div: divided,
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
