"""The SQL dialects that plans are written in, and where they differ beyond spelling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlDialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.postgres import PostgresGenerator

from catalog.domain.errors import UsageError


class _DuckDb(DuckDBGenerator):
    """Percentiles as DuckDB writes them; the standard form would sort."""

    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **DuckDBGenerator.TRANSFORMS,
        exp.WithinGroup: lambda self, node: self.func(
            "QUANTILE_DISC" if isinstance(node.this, exp.PercentileDisc) else "QUANTILE_CONT",
            node.expression.expressions[0].this,
            node.this.this,
        ),
    }


class _Postgres(PostgresGenerator):
    """`date_trunc` of a date would give a time with zone, and estimates of percentiles are not built in."""

    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **PostgresGenerator.TRANSFORMS,
        exp.TimestampTrunc: lambda self, node: self.func(
            "DATE_TRUNC", exp.Literal.string(node.unit.name.lower()), exp.cast(node.this, "TIMESTAMP")
        ),
        exp.ApproxQuantile: lambda self, node: self.sql(_exact(node)),
    }


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect; `null_safe_full_join` says that it joins fully on `IS NOT DISTINCT FROM`, by hash."""

    name: str
    sql: SqlDialect
    generator: type[Generator]
    null_safe_full_join: bool

    def written(self, statement: exp.Expr) -> str:
        """The statement as text, every identifier quoted; the tree is not used again."""
        generator = self.generator(dialect=self.sql, identify=True, pretty=True, comments=False)
        return generator.generate(statement, copy=False)


def dialect_named(name: str) -> Dialect:
    """`duckdb` or `postgres`; raises `UsageError` for another."""
    if name not in _DIALECTS:
        raise UsageError(f"There is no dialect {name!r}.", remedy=f"Use {' or '.join(_DIALECTS)}.")
    return _DIALECTS[name]


def _exact(node: exp.ApproxQuantile) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=node.this.copy())])
    share = node.args["quantile"].copy()
    return exp.WithinGroup(this=exp.PercentileCont(this=share), expression=order)


_DIALECTS: Final[Mapping[str, Dialect]] = {
    "duckdb": Dialect("duckdb", DuckDB(), _DuckDb, null_safe_full_join=True),
    "postgres": Dialect("postgres", Postgres(), _Postgres, null_safe_full_join=False),
}
