"""What a metric answers on the fixture tables, in all and by time, as far as it can be asked."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
from metric_rewrites import Source

from catalog.metrics.compile import compile_query
from catalog.metrics.errors import QueryRefused
from catalog.metrics.query import MetricQuery

Numbers = dict[tuple[Any, ...], float]
_ASKED: Final = ((), ("metric_time",), ("metric_time__month",))


@contextmanager
def tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The fixture tables in one database."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("CREATE SCHEMA mf")
        for file in sorted((folder / "tables").glob("*.parquet")):
            connection.execute(f"CREATE TABLE mf.{file.stem} AS FROM read_parquet('{file}')")
        yield connection


def numbers(source: Source, database: duckdb.DuckDBPyConnection) -> list[Numbers | None]:
    """The answers by group, one for each way of asking; None where that is refused or fails on the data.

    Nothing, zero, infinity and a group that is not there count alike: they are answers about no rows.
    """
    manifest = source.semantic()
    found: list[Numbers | None] = []
    for group_by in _ASKED:
        try:
            compiled = compile_query(manifest, MetricQuery((source.name,), group_by))
            rows = database.execute(compiled.sql, list(compiled.parameters)).fetchall()
        except (QueryRefused, duckdb.Error):
            found.append(None)
            continue
        found.append({row[:-1]: float(f"{row[-1]:.9g}") for row in rows if _says_something(row[-1])})
    return found


def agree(one: list[Numbers | None], other: list[Numbers | None]) -> bool:
    """Whether both answer the same wherever both answer."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return all(a == b for a, b in both)


def _says_something(number: Any) -> bool:
    return bool(number) and math.isfinite(number)
