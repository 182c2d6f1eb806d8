"""The dialects by name."""

from functools import cache
from importlib import import_module
from typing import Final

from catalog.domain.errors import UsageError
from catalog.metrics.dialects.dialect import Dialect

NAMES: Final = ("duckdb", "postgres", "spark", "snowflake", "bigquery", "trino", "redshift")


@cache
def dialect_named(name: str) -> Dialect:
    """One of `NAMES`, whose module is loaded when it is first spoken; raises `UsageError` for another."""
    if name not in NAMES:
        raise UsageError(f"There is no dialect {name[:80]!r}.", remedy=f"Use {', '.join(NAMES)}.")
    module = import_module(f"catalog.metrics.dialects.{name}")
    dialect: Dialect = getattr(module, name.upper())
    return dialect
