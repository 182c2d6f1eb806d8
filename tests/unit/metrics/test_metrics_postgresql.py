"""PostgreSQL answers every snapshot query of the shop as DuckDB does."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pg8000.native
import pytest
from metrics_shop import ROWS, SHOP, shop
from sqlalchemy.engine import make_url
from test_metrics_snapshots import QUERIES

from catalog.metrics.compile import compile_query

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server(postgresql_url: str) -> Iterator[pg8000.native.Connection]:
    url = make_url(postgresql_url)
    connection = pg8000.native.Connection(
        url.username or "postgres",
        host=url.host or "127.0.0.1",
        port=url.port or 5432,
        password=None if url.password is None else str(url.password),
        database=url.database,
    )
    connection.run("BEGIN")
    for statement in filter(str.strip, ROWS.split(";")):
        connection.run(statement)
    yield connection
    connection.run("ROLLBACK")
    connection.close()


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    with shop() as connection:
        yield connection


@pytest.mark.parametrize("bind", [True, False], ids=["bound", "in_place"])
@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_give_the_same_rows(
    name: str, bind: bool, server: pg8000.native.Connection, rows: duckdb.DuckDBPyConnection
) -> None:
    here, there = (
        compile_query(SHOP, QUERIES[name], dialect=dialect, bind=bind) for dialect in ("duckdb", "postgres")
    )
    found = server.execute_unnamed(there.sql, vals=there.parameters).rows or []
    expected = rows.execute(here.sql, list(here.parameters)).fetchall()
    assert here.columns == there.columns
    if name == "percentiles":  # the last one is an estimate on DuckDB, exact on PostgreSQL
        found, expected = ([row[:-1] for row in one] for one in (found, expected))
    assert comparable(found) == comparable(expected)


def comparable(answer: list[Any]) -> list[tuple[str, ...]]:
    return sorted(tuple(_text(value) for value in row) for row in answer)


def _text(value: Any) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return f"{value} 00:00:00" if isinstance(value, date) and not isinstance(value, datetime) else str(value)
