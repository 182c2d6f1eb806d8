"""Random stars with random queries: the compiled SQL gives what plain Python gives row by row."""
# ruff: noqa: DTZ001 (the times of the data have no zone)

import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pg8000.native
import pytest
from hypothesis import HealthCheck, given, settings
from metrics_star import CONDITIONS, MANIFEST, SCHEMA, Asked, Tables, answer, queries, stars
from sqlalchemy.engine import make_url

from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.query import MetricQuery

EXAMPLES = int(os.environ.get("CONCORD_PROPERTY_EXAMPLES", "200"))
HEALTH = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


class DuckDb:
    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})

    def load(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        self.connection.execute(f"DELETE FROM {table}")
        if rows:
            marks = ", ".join("?" for _ in SCHEMA[table])
            values = [[row[name] for name in SCHEMA[table]] for row in rows]
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)

    def create(self, statement: str) -> None:
        self.connection.execute(statement)

    def run(self, compiled: CompiledQuery) -> list[tuple[Any, ...]]:
        return self.connection.execute(compiled.sql, list(compiled.parameters)).fetchall()


class PostgreSql:
    dialect = "postgres"

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        assert parts.username
        self.connection = pg8000.native.Connection(
            parts.username,
            host=parts.host or "127.0.0.1",
            port=parts.port or 5432,
            password=str(parts.password) if parts.password else None,
            database=parts.database,
        )

    def create(self, statement: str) -> None:
        self.connection.run(statement.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))

    def load(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        self.connection.run(f"DELETE FROM {table}")
        names = SCHEMA[table]
        for row in rows:
            marks = ", ".join(f"CAST(:{name} AS {kind})" for name, kind in names.items())
            self.connection.run(
                f"INSERT INTO {table} VALUES ({marks})", **{name: row[name] for name in names}
            )

    def run(self, compiled: CompiledQuery) -> list[tuple[Any, ...]]:
        context = self.connection.execute_unnamed(compiled.sql, vals=compiled.parameters)
        return [tuple(row) for row in context.rows or []]


def filled(engine: DuckDb | PostgreSql) -> DuckDb | PostgreSql:
    for table, columns in SCHEMA.items():
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        engine.create(f"CREATE TABLE {table} ({declared})")
    return engine


@pytest.fixture(scope="module")
def embedded() -> Iterator[DuckDb]:
    engine = DuckDb()
    filled(engine)
    yield engine
    engine.connection.close()


@pytest.fixture(scope="module")
def server(postgresql_url: str) -> Iterator[PostgreSql]:
    engine = PostgreSql(postgresql_url)
    filled(engine)
    yield engine
    engine.connection.close()


@settings(max_examples=EXAMPLES, suppress_health_check=HEALTH)
@given(tables=stars(), asked=queries())
def test_duckdb_gives_what_plain_python_gives(embedded: DuckDb, tables: Tables, asked: Asked) -> None:
    assert_equal(embedded, tables, asked)


@pytest.mark.postgresql
@settings(max_examples=max(25, EXAMPLES // 4), suppress_health_check=HEALTH)
@given(tables=stars(), asked=queries())
def test_postgresql_gives_what_plain_python_gives(server: PostgreSql, tables: Tables, asked: Asked) -> None:
    assert_equal(server, tables, asked)


def assert_equal(engine: DuckDb | PostgreSql, tables: Tables, asked: Asked) -> None:
    query = MetricQuery(
        asked.metrics,
        asked.keys,
        tuple(CONDITIONS[number].text for number in asked.conditions),
        time_constraint=asked.between,
    )
    compiled = compile_query(MANIFEST, query, dialect=engine.dialect, bind=asked.bind)
    for table, rows in tables.items():
        engine.load(table, rows)
    assert compiled.columns == (*asked.keys, *asked.metrics)
    assert comparable(engine.run(compiled)) == comparable(answer(tables, asked)), compiled.sql


def comparable(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(_plain(value) for value in row) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return float(f"{float(value) + 0.0:.9g}")
    return (
        value
        if isinstance(value, datetime) or not isinstance(value, date)
        else datetime(*value.timetuple()[:3])
    )
