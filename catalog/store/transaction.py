"""One transaction: every statement of a unit of work goes through it, so that none goes unnoticed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Delete, Insert, Row, Select, Table, Update
from sqlalchemy.dialects import sqlite

from catalog.domain.errors import CatalogError, StoreFull, StoreUnavailable
from catalog.store.faults import translated
from catalog.store.tables.logs import access_log, access_outcomes, audit_head, audit_log, outbox
from catalog.store.tables.policies import policy_audit

# Logs and leases: they need no audit row of their own.
_LOGS: Final = (access_log, access_outcomes, audit_head, audit_log, outbox, policy_audit)
_FATE_UNKNOWN: Final = (
    "The metadata store was lost while committing; whether the change was stored is not known."
)


class Transaction:
    """Runs statements and remembers whether one of them changed something that must be audited.

    After a statement failed nothing more is run, and its connection is thrown away: PostgreSQL would refuse
    more, SQLite must not do what PostgreSQL refuses, and after a commit that failed half-way the transaction
    may still be open on the connection without SQLAlchemy knowing.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.changed = False
        self._closed = False

    def rows(self, statement: Select[Any], values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of a query, with the values of its parameters where it has named ones."""
        with self._watched():
            return self._connection.execute(statement, values).all()

    def first(self, statement: Select[Any], values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row, if any."""
        return next(iter(self.rows(statement, values)), None)

    def write(self, statement: Insert | Update | Delete, many: Sequence[Mapping[str, Any]] = ()) -> int:
        """Run a change, once or for many rows; returns how many rows it touched."""
        with self._watched():
            touched = self._connection.execute(statement, many or None).rowcount
        self.changed |= touched != 0 and statement.table not in _LOGS
        return touched

    def add(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless its key is taken; says whether it was inserted."""
        return self.write(self._careful(table).values(**values)) == 1

    def add_all(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert each of the rows, of which there is at least one, unless its key is taken."""
        self.write(self._careful(table), rows)

    def _careful(self, table: Table) -> Insert:
        if self._connection.dialect.name == "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # five drivers, for those who have one

        return postgresql.insert(table).on_conflict_do_nothing()

    def end(self, commit: Callable[[], None]) -> None:
        """Commit, unless a statement failed; nothing more is run afterwards."""
        try:
            with self._watched():
                commit()
        except StoreFull:
            raise
        except StoreUnavailable as error:
            raise StoreUnavailable(_FATE_UNKNOWN, remedy="repeat it with the same idempotency key") from error
        self._closed = True

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self._closed:
            raise CatalogError("This unit of work has ended or failed; begin another one.")
        self._closed = True
        try:
            with translated():
                yield
            self._closed = False
        finally:
            if self._closed:  # whatever state the connection is in, nobody else gets it
                self._connection.invalidate()
