"""The engines that random rows are loaded into, and how their answers are compared with plain Python."""
# ruff: noqa: DTZ001 (the times of the data have no zone)

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import duckdb
import pg8000.native
from sqlalchemy.engine import make_url

from catalog.metrics.compile import CompiledQuery

Schema: TypeAlias = Mapping[str, Mapping[str, str]]
Tables: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]


class DuckDb:
    dialect = "duckdb"

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.connection = duckdb.connect(config={"threads": 1})
        for table, columns in schema.items():
            self.connection.execute(f"CREATE TABLE {table} ({declared(columns)})")

    def load(self, tables: Tables) -> None:
        for table, rows in tables.items():
            self.connection.execute(f"DELETE FROM {table}")
            if rows:
                names = [*self.schema[table]]
                marks = ", ".join(f"({', '.join('?' for _ in names)})" for _ in rows)
                values = [row[name] for row in rows for name in names]
                self.connection.execute(f"INSERT INTO {table} VALUES {marks}", values)

    def run(self, compiled: CompiledQuery) -> list[tuple[Any, ...]]:
        return self.connection.execute(compiled.sql, list(compiled.parameters)).fetchall()

    def close(self) -> None:
        self.connection.close()


class PostgreSql:
    dialect = "postgres"

    def __init__(self, schema: Schema, url: str) -> None:
        parts = make_url(url)
        assert parts.username
        self.schema = schema
        self.connection = pg8000.native.Connection(
            parts.username,
            host=parts.host or "127.0.0.1",
            port=parts.port or 5432,
            password=str(parts.password) if parts.password else None,
            database=parts.database,
        )
        for table, columns in schema.items():
            self.connection.run(f"CREATE TEMPORARY TABLE {table} ({declared(columns)})")

    def load(self, tables: Tables) -> None:
        for table, rows in tables.items():
            self.connection.run(f"DELETE FROM {table}")
            if rows:
                columns = self.schema[table]
                row = "({})".format(", ".join(f"CAST(%s AS {kind})" for kind in columns.values()))
                marks = ", ".join(row for _ in rows)
                for number in range(len(rows) * len(columns)):
                    marks = marks.replace("%s", f"${number + 1}", 1)
                values = [text(each[name]) for each in rows for name in columns]
                self.connection.execute_unnamed(f"INSERT INTO {table} VALUES {marks}", vals=values)

    def run(self, compiled: CompiledQuery) -> list[tuple[Any, ...]]:
        context = self.connection.execute_unnamed(compiled.sql, vals=compiled.parameters)
        return [tuple(row) for row in context.rows or []]

    def close(self) -> None:
        self.connection.close()


def declared(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def text(value: Any) -> str | None:
    """A value as PostgreSQL reads it, whatever its type."""
    return None if value is None else str(value)


def differences(keys: int, found: Iterable[Sequence[Any]], expected: Iterable[Sequence[Any]]) -> list[object]:
    """Groups that one side lacks, twice has, or gives another value; whole numbers and decimals are exact."""
    rows = [[_plain(value) for value in row] for row in found]
    wanted = [[_plain(value) for value in row] for row in expected]
    ours, theirs = ({tuple(row[:keys]): row[keys:] for row in each} for each in (rows, wanted))
    wrong: list[object] = [] if len(ours) == len(rows) else ["a group stands there twice"]
    wrong += [("only found", key, ours[key]) for key in ours.keys() - theirs.keys()]
    wrong += [("missing", key, theirs[key]) for key in theirs.keys() - ours.keys()]
    both = ((key, ours[key], theirs[key]) for key in ours.keys() & theirs.keys())
    return wrong + [(key, mine, other) for key, mine, other in both if not all(map(_same, mine, other))]


def _plain(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        if one is None or other is None:
            return one is other
        left, right = float(one), float(other)
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9) or (
            math.isnan(left) and math.isnan(right)
        )
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return isinstance(one, bool) == isinstance(other, bool) and one == other
    return bool(one == other)
