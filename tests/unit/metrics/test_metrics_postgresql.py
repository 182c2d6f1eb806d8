"""PostgreSQL answers every snapshot query as DuckDB does."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pg8000.native
import pytest
from metrics_shop import shop
from postgresql_tables import connected, copy_tables
from test_metrics_over_time import ROWS
from test_metrics_snapshots import QUERIES

from catalog.metrics.compile import compile_query

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    with shop() as connection:
        connection.execute(ROWS)
        yield connection


@pytest.fixture(scope="module")
def server(postgresql_url: str, rows: duckdb.DuckDBPyConnection) -> Iterator[pg8000.native.Connection]:
    with connected(postgresql_url) as connection:
        copy_tables(rows, connection)
        yield connection


@pytest.mark.parametrize("bind", [True, False], ids=["bound", "in_place"])
@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_give_the_same_rows(
    name: str, bind: bool, server: pg8000.native.Connection, rows: duckdb.DuckDBPyConnection
) -> None:
    here, there = (compile_query(*QUERIES[name], dialect=one, bind=bind) for one in ("duckdb", "postgres"))
    found = server.execute_unnamed(there.sql, vals=there.parameters).rows or []
    expected = rows.execute(here.sql, list(here.parameters)).fetchall()
    assert here.columns == there.columns
    if name in {"percentiles", "estimate"}:  # the last one is an estimate on DuckDB, exact on PostgreSQL
        found, expected = ([row[:-1] for row in one] for one in (found, expected))
    assert comparable(found) == comparable(expected)
    assert found


def comparable(answer: list[Any]) -> list[tuple[str, ...]]:
    return sorted(tuple(_text(value) for value in row) for row in answer)


def _text(value: Any) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return f"{value} 00:00:00" if isinstance(value, date) and not isinstance(value, datetime) else str(value)
