"""What a driver's error means for the caller: one place where sqlite3 and pg8000 are understood."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from catalog.domain.errors import (
    CatalogError,
    Conflict,
    StoreFull,
    StoreSchemaOutdated,
    StoreUnavailable,
    UsageError,
)

_UNSTORABLE: Final = "The store cannot hold one of the values."
_BY_SQLSTATE: Final = {  # the longest prefix decides
    "22": UsageError(_UNSTORABLE),
    "23": Conflict("The change contradicts what is stored; nothing was changed."),
    "40": Conflict("Another change came between; nothing was changed, the same request may be repeated."),
    "42": CatalogError("The store did not understand a statement."),
    "42703": StoreSchemaOutdated(),
    "42P01": StoreSchemaOutdated(),
    "53100": StoreFull(),
}
_BY_SQLITE_CODE: Final = {
    sqlite3.SQLITE_CONSTRAINT: _BY_SQLSTATE["23"],
    sqlite3.SQLITE_ERROR: _BY_SQLSTATE["42"],
    sqlite3.SQLITE_FULL: _BY_SQLSTATE["53100"],
    sqlite3.SQLITE_MISMATCH: _BY_SQLSTATE["22"],
    sqlite3.SQLITE_TOOBIG: _BY_SQLSTATE["22"],
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of drivers and sockets into the catalog's own; the cause stays attached."""
    try:
        yield
    except (StatementError, PoolTimeout, OSError, OverflowError) as error:
        raise _meaning(error) from error


def _meaning(error: Exception) -> CatalogError:
    if isinstance(error, OverflowError):
        return UsageError(_UNSTORABLE)
    if not isinstance(error, StatementError):
        return StoreUnavailable()
    cause = error.orig
    if isinstance(cause, CatalogError):
        return cause
    if not isinstance(error, DBAPIError):  # the value never reached the driver
        return UsageError(_UNSTORABLE)
    return _by_sqlite(cause) if isinstance(cause, sqlite3.Error) else _by_sqlstate(cause)


def _by_sqlite(cause: sqlite3.Error) -> CatalogError:
    if "no such table" in str(cause) or "no such column" in str(cause):
        return StoreSchemaOutdated()
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CANTOPEN) & 0xFF
    return _same(_BY_SQLITE_CODE.get(code))


def _by_sqlstate(cause: BaseException | None) -> CatalogError:
    fields = cause.args[0] if cause is not None and cause.args and isinstance(cause.args[0], dict) else {}
    state = str(fields.get("C", ""))
    return _same(next((_BY_SQLSTATE[state[:n]] for n in (5, 2) if state[:n] in _BY_SQLSTATE), None))


def _same(kind: CatalogError | None) -> CatalogError:
    """A fresh error of that kind; an error is raised once."""
    return StoreUnavailable() if kind is None else type(kind)(kind.message)
