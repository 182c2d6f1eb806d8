"""The schema's history, run from code: `migrations/` travels with the package, no ini file is needed.

An upgrade is one transaction on both databases: it happens whole or not at all, and may be repeated.
Processes that start at once queue: on PostgreSQL for an advisory lock, on SQLite for the right to write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from catalog.domain.errors import StoreSchemaOutdated
from catalog.resources import resource_directory
from catalog.store.database import Database, read_url
from catalog.store.faults import translated

_LOCK: Final = 0x636F6E636F7264  # "concord"


def upgrade(url: str, revision: str = "head") -> str:
    """Create the schema or bring it to the newest revision, which is returned."""
    location = read_url(url)
    if location.get_backend_name() == "sqlite":
        Path(location.database or "").parent.mkdir(parents=True, exist_ok=True)
    with _migrating(url) as config:
        command.upgrade(config, revision)
    return current(url)


def downgrade(url: str, revision: str) -> str:
    """Go back to `revision` (`base` for an empty database), dropping what came after; returns it."""
    with _migrating(url) as config:
        command.downgrade(config, revision)
    return current(url)


def current(url: str) -> str:
    """The revision that the database is at, empty where it has none; nothing is created by asking."""
    location = read_url(url)
    if location.get_backend_name() == "sqlite" and not Path(location.database or "").exists():
        return ""
    with _connected(url, read_only=True) as connection, translated():
        return MigrationContext.configure(connection).get_current_revision() or ""


def newest() -> str:
    """The revision that this version of the catalog needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def require_current(url: str) -> None:
    """Raise `StoreSchemaOutdated` unless the database is at the revision that this version needs."""
    found, needed = current(url), newest()
    if found != needed:
        raise StoreSchemaOutdated(
            f"The store's schema is at {found or 'no revision'}, this version needs {needed}.",
            remedy="run `concord db upgrade`",
        )


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    config = _config()
    with _connected(url, read_only=False) as connection, translated():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        config.attributes["connection"] = connection
        with connection.get_transaction() or connection.begin():  # ends with a commit, or as if never begun
            yield config


@contextmanager
def _connected(url: str, *, read_only: bool) -> Iterator[Connection]:
    database = Database(url)
    try:
        with database.connect(read_only=read_only) as connection:
            yield connection
    finally:
        database.close()


def _config() -> Config:
    config = Config()
    # Alembic reads `%` in options as the beginning of an interpolation.
    config.set_main_option("script_location", str(resource_directory("migrations")).replace("%", "%%"))
    return config
