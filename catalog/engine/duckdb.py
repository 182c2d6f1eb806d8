"""DuckDB: a database is shown the declared files and locked for good; each query gets a fresh connection to it.

Runs in the fenced child only. A second engine would stand beside this module and keep its promises.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from warnings import catch_warnings

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from catalog.domain.dataset import Dataset
from catalog.engine.limit import Limits

_ROWS_PER_BATCH: Final = 8192
_WRAP: Final = ("SELECT * FROM (\n", "\n) AS answer LIMIT ")
_TRAILING: Final = "; \t\r\n"
_KINDS: Final = {"IO": "data", "Out of Memory": "memory", "Parser": "syntax", "Serialization": "data"}


class SessionFault(Exception):
    """A query ended without an answer.

    `kind` is `memory`, `data`, `syntax` or `query`; `detail` is the engine's own text, for the owner's eyes;
    `offset` is a byte offset into the query, -1 where not known.
    """

    def __init__(self, kind: str, detail: str, offset: int = -1) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.offset = kind, detail, offset


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns as (name, engine type), the rows as one Arrow IPC stream, whether rows were cut."""

    columns: tuple[tuple[str, str], ...]
    arrow_ipc: bytes
    truncated: bool


class Database:
    """A database in memory that reads nothing until it is shown something, and then nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._ready: Session | None = None
        self._connection: DuckDBPyConnection = duckdb.connect(
            ":memory:",
            config={
                "allow_community_extensions": False,
                "allow_persistent_secrets": False,
                "async_threads": limits.threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "enable_external_file_cache": False,  # the system's own cache serves all children
                "errors_as_json": True,
                "memory_limit": f"{limits.engine_memory_mb}MiB",
                "python_enable_replacements": False,
                "temp_directory": "",
                "threads": limits.threads,
            },
        )
        self._do("SET GLOBAL TimeZone = 'UTC'")
        self._do(
            "SET GLOBAL parquet_metadata_cache = true"
        )  # kept as long as the database, and no file outlives it

    def tree(self, sql: str) -> dict[str, Any]:
        """The engine's own syntax tree of `sql`, or its syntax error."""
        with _faults("query"):
            ((text,),) = self._do("SELECT json_serialize_sql($1)", sql)
        tree: dict[str, Any] = json.loads(text)
        return tree

    def show(self, datasets: Sequence[Dataset]) -> None:
        """Make each dataset a relation, then shut every other door for the rest of this database's life."""
        with _faults("data"):
            for dataset in datasets:
                self._relation(dataset).create_view(dataset.name)
            files = sorted({file for dataset in datasets for file in dataset.files})
            self._do("SET allowed_paths = $1", files)
            self._do("SET enable_external_access = false")
            self._do("SET lock_configuration = true")

    def connect(self) -> "Session":
        """A connection without a past: variables, temporary objects and transactions of others are not there."""
        ready, self._ready = self._ready, None
        if ready:
            return ready
        with _faults("query"):
            return Session(self._connection.cursor(), self._limits)

    def prepare(self) -> None:
        """Open the next connection while nobody waits for it."""
        self._ready = self.connect()

    def close(self) -> None:
        """Forget everything."""
        if self._ready:
            self._ready.close()
        self._connection.close()

    def _do(self, sql: LiteralString, *parameters: object) -> list[Any]:
        return self._connection.execute(sql, parameters or None).fetchall()

    def _relation(self, dataset: Dataset) -> DuckDBPyRelation:
        """The files as one relation; columns are matched by name, and types come from all rows."""
        files: Any = list(dataset.files)  # the engine takes lists for every format, its stubs do not say so
        if dataset.format == "parquet":
            # Writers leave NaN out of a file's bounds; a reader that trusts them would not find it.
            text = "FROM read_parquet($1, can_have_nan = true, union_by_name = $2)"
            return self._connection.sql(text, params=[files, len(files) > 1])
        if dataset.format == "csv":
            return self._connection.read_csv(files, header=True, sample_size=-1, union_by_name=True)
        if dataset.format == "json":
            return self._connection.read_json(files, sample_size=-1, union_by_name=True)
        raise SessionFault("data", f"no reader for the format {dataset.format!r}")


class Session:
    """One query's connection: whatever gets past every other wall still cannot write to the database."""

    def __init__(self, connection: DuckDBPyConnection, limits: Limits) -> None:
        self._connection, self._limits = connection, limits
        self._connection.execute("BEGIN TRANSACTION READ ONLY")

    def run(self, sql: str, parameters: Sequence[object], row_limit: int) -> Answer:
        """The first `row_limit` rows of a single statement, run inside a SELECT of our own.

        The engine refuses there whatever is no query, wherever it hides; order is kept.
        """
        before, after = _WRAP
        with _faults("query", len(before)):
            text = f"{before}{sql.rstrip(_TRAILING)}{after}{row_limit + 1}"
            statements = self._connection.extract_statements(text)
            if len(statements) != 1:
                raise SessionFault("syntax", "more than one statement")
            self._connection.execute(statements[0], list(parameters) or None)
            return self._read(row_limit)

    def interrupt(self) -> None:
        """End the query that runs in another thread; it fails there."""
        self._connection.interrupt()

    def close(self) -> None:
        """Forget the query; nothing it did is kept."""
        self._connection.close()

    def _read(self, row_limit: int) -> Answer:
        columns = tuple((str(name), str(kind)) for name, kind, *_ in self._connection.description or ())
        sink = pa.BufferOutputStream()
        left, most = row_limit, self._limits.result_mb << 20
        truncated = False
        with self._reader() as reader, pa.ipc.new_stream(sink, reader.schema) as stream:
            for batch in reader:
                truncated |= batch.num_rows > left
                stream.write_batch(batch.slice(0, left))
                left -= min(left, batch.num_rows)
                if sink.tell() > most:
                    raise SessionFault("memory", f"the answer is larger than {self._limits.result_mb} MiB")
        return Answer(columns, sink.getvalue().to_pybytes(), truncated)

    def _reader(self) -> pa.RecordBatchReader:
        """The answer in batches; that it is copied once more costs less than binding the query once more."""
        with catch_warnings(action="ignore"):
            return self._connection.to_arrow_reader(_ROWS_PER_BATCH)


@contextmanager
def _faults(kind: str, shift: int = 0) -> Iterator[None]:
    """Turn what the engine raises into a `SessionFault`, of `kind` unless the engine says more.

    `shift` bytes stand before the query's own text. An error in later rows comes through Arrow, as `OSError`.
    """
    try:
        yield
    except (duckdb.Error, pa.ArrowException, MemoryError, OSError, UnicodeError) as error:
        said = _said(error)
        detail = str(said.get("exception_message", error))
        offset = int(said.get("position", -1)) - shift
        raise SessionFault(_KINDS.get(said["exception_type"], kind), detail, offset) from error


def _said(error: Exception) -> Mapping[str, Any]:
    """The engine's words by their parts; some errors come as text, as `Binder Error: …`."""
    text = str(error)
    begin, name = text.find("{"), text.partition(" Error:")[0]
    try:
        said = json.loads(text[begin:]) if begin >= 0 else None
    except ValueError:
        said = None
    if isinstance(said, dict) and "exception_type" in said:
        return said
    memory = isinstance(error, MemoryError) or "bad_alloc" in text
    return {"exception_type": "Out of Memory" if memory else name}
