"""The dialects by name."""

from collections.abc import Mapping
from typing import Final

from catalog.domain.errors import UsageError
from catalog.metrics.dialects.dialect import Dialect
from catalog.metrics.dialects.duckdb import DUCKDB
from catalog.metrics.dialects.postgres import POSTGRES

_DIALECTS: Final[Mapping[str, Dialect]] = {one.name: one for one in (DUCKDB, POSTGRES)}


def dialect_named(name: str) -> Dialect:
    """`duckdb` or `postgres`; raises `UsageError` for another."""
    if name not in _DIALECTS:
        raise UsageError(f"There is no dialect {name!r}.", remedy=f"Use {' or '.join(_DIALECTS)}.")
    return _DIALECTS[name]
