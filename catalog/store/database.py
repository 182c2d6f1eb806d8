"""Connections to SQLite and PostgreSQL, opened so that a transaction means the same on both.

SQLite: the driver's own transaction handling is off; writers begin with `BEGIN IMMEDIATE`, one after another
in this process and with patience beside other processes; readers see one snapshot and cannot write; every
commit is synced to disk. PostgreSQL: writers run READ COMMITTED and settle their races by compare-and-set and
unique keys; readers run REPEATABLE READ, READ ONLY; a connection is tried before it is handed out.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, LiteralString

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError

from catalog.domain.errors import ConfigInvalid
from catalog.store.faults import translated

_PATIENCE_SECONDS: Final = 10
_BEGIN: Final[dict[tuple[str, bool], LiteralString]] = {
    ("sqlite", False): "BEGIN IMMEDIATE",
    ("sqlite", True): "BEGIN",
    ("postgresql", False): "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
    ("postgresql", True): "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
}
_PRAGMAS: Final[tuple[LiteralString, ...]] = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
)
_PARAMETERS: Final = {
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "4000",
    "statement_timeout": "10000",
    "timezone": "UTC",
}


def read_url(url: str) -> URL:
    """The URL with its driver; raises `ConfigInvalid`, without showing the URL, for any other database."""
    remedy = "set sqlite:///path/to/catalog.db or postgresql+pg8000://user@host/database"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigInvalid("The database URL cannot be read.", remedy=remedy) from error
    if parsed.drivername in {"postgresql", "postgresql+pg8000"} and parsed.username:
        return parsed.set(drivername="postgresql+pg8000")
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"} and parsed.database not in {None, "", ":memory:"}:
        return parsed.set(drivername="sqlite")
    raise ConfigInvalid("The database is neither a SQLite file nor a PostgreSQL with a user.", remedy=remedy)


class Database:
    """Two pools over one database: one that writes, one that cannot."""

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self.writer = _engine(self.url, read_only=False)
        self.reader = _engine(self.url, read_only=True)

    @contextmanager
    def connect(self, *, read_only: bool) -> Iterator[Connection]:
        """A connection within a transaction that has begun; it ends unless it was committed.

        Raises `StoreUnavailable` when there is none to be had.
        """
        with translated():
            connection = (self.reader if read_only else self.writer).connect()
        try:
            with translated():
                _begin(connection)
            yield connection
        finally:
            with suppress(SQLAlchemyError, OSError):  # what was not committed is gone either way
                connection.close()

    def close(self) -> None:
        """Close every pooled connection."""
        self.writer.dispose()
        self.reader.dispose()


def _begin(connection: Connection) -> None:
    try:
        connection.begin()
    except (SQLAlchemyError, OSError):
        connection.invalidate()  # nobody else gets a connection that would not begin
        raise


def _engine(url: URL, *, read_only: bool) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"pool_timeout": _PATIENCE_SECONDS}
    if sqlite:
        options["connect_args"] = {"isolation_level": None}
        # One writer at a time queues here in order, instead of polling the file against its own siblings.
        options |= {} if read_only else {"pool_size": 1, "max_overflow": 0}
    else:
        options["connect_args"] = {"timeout": 60, "startup_params": dict(_PARAMETERS)}
    engine = create_engine(url, **options)
    _begin_with(engine, _BEGIN[url.get_backend_name(), read_only])
    if sqlite:
        _prepare_sqlite(engine, read_only=read_only)
    else:
        _survive_restarts(engine)
    return engine


def _begin_with(engine: Engine, statement: LiteralString) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute("PRAGMA query_only = ON" if read_only else "PRAGMA journal_mode = WAL")


def _survive_restarts(engine: Engine) -> None:
    """Try each connection before it is used; pg8000 reports broken sockets as plain `OSError`s, too."""

    @event.listens_for(engine, "checkout")
    def try_first(connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        try:
            connection.autocommit = True  # the question must not begin the transaction
            cursor.execute("SELECT 1")
        except (engine.dialect.loaded_dbapi.Error, OSError) as error:
            raise DisconnectionError from error
        finally:
            connection.autocommit = False
