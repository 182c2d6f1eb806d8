"""DuckDB."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from catalog.metrics.dialects.dialect import Dialect, Writer


class _Writer(Writer, DuckDBGenerator):
    """Percentiles as DuckDB writes them; the standard form would sort."""

    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **DuckDBGenerator.TRANSFORMS,
        exp.WithinGroup: lambda self, node: self.func(
            "QUANTILE_DISC" if isinstance(node.this, exp.PercentileDisc) else "QUANTILE_CONT",
            node.expression.expressions[0].this,
            node.this.this,
        ),
    }


DUCKDB: Final = Dialect("duckdb", DuckDB(), _Writer, null_safe_full_join=True)
