"""A PostgreSQL connection that holds copies of DuckDB's tables, until its transaction is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pg8000.native
from sqlalchemy.engine import make_url

TYPES = {"DOUBLE": "DOUBLE PRECISION", "FLOAT": "REAL", "HUGEINT": "NUMERIC", "TIMESTAMP_NS": "TIMESTAMP", "TINYINT": "SMALLINT"}  # fmt: skip


@contextmanager
def connected(url: str) -> Iterator[pg8000.native.Connection]:
    """A connection in a transaction that nobody else sees."""
    parts = make_url(url)
    connection = pg8000.native.Connection(
        parts.username or "postgres",
        host=parts.host or "127.0.0.1",
        port=parts.port or 5432,
        password=None if parts.password is None else str(parts.password),
        database=parts.database,
    )
    connection.run("BEGIN")
    try:
        yield connection
    finally:
        connection.run("ROLLBACK")
        connection.close()


def copy_tables(source: duckdb.DuckDBPyConnection, target: pg8000.native.Connection) -> None:
    """Every table with its schema, types and rows."""
    tables = source.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    for schema in sorted({schema for schema, _ in tables} - {"main"}):
        target.run(f'CREATE SCHEMA "{schema}"')
    for schema, table in tables:
        _copy(
            source,
            target,
            f'"{schema}"."{table}"',
            f'"{schema}"."{table}"' if schema != "main" else f'"{table}"',
        )


def _copy(
    source: duckdb.DuckDBPyConnection, target: pg8000.native.Connection, name: str, copied: str
) -> None:
    columns = source.execute(f"DESCRIBE {name}").fetchall()
    declared = ", ".join(f'"{one[0]}" {TYPES.get(one[1], one[1])}' for one in columns)
    target.run(f"CREATE {'' if '.' in copied else 'TEMPORARY '}TABLE {copied} ({declared})")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        source.execute(f"COPY {name} TO '{file}' (FORMAT CSV, HEADER false, NULLSTR '\\N', FORCE_QUOTE *)")
        target.run(
            f"COPY {copied} FROM STDIN WITH (FORMAT CSV, NULL '\\N')", stream=BytesIO(file.read_bytes())
        )
