"""PostgreSQL."""

from typing import Final

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.generators.postgres import PostgresGenerator

from catalog.metrics.dialects.dialect import Dialect, Writer


class _Writer(Writer, PostgresGenerator):
    """`date_trunc` of a date would give a time with zone, and estimates of percentiles are not built in."""

    TRANSFORMS: Final = {  # type: ignore[misc]  # sqlglot declares a plain class attribute
        **PostgresGenerator.TRANSFORMS,
        exp.TimestampTrunc: lambda self, node: self.func(
            "DATE_TRUNC", exp.Literal.string(node.unit.name.lower()), exp.cast(node.this, "TIMESTAMP")
        ),
        exp.ApproxQuantile: lambda self, node: self.sql(_exact(node)),
    }


def _exact(node: exp.ApproxQuantile) -> exp.Expr:
    order = exp.Order(expressions=[exp.Ordered(this=node.this.copy())])
    share = node.args["quantile"].copy()
    return exp.WithinGroup(this=exp.PercentileCont(this=share), expression=order)


POSTGRES: Final = Dialect("postgres", Postgres(), _Writer, null_safe_full_join=False)
