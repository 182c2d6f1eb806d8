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
from sqlalchemy import text

from catalog.resources import resource_directory
from catalog.store.database import read_url
from catalog.store.faults import translated
from catalog.store.revision import connected, current

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


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    config = _config()
    with connected(url, read_only=False) as connection, translated():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        config.attributes["connection"] = connection
        with connection.get_transaction() or connection.begin():  # ends with a commit, or as if never begun
            yield config


def _config() -> Config:
    config = Config()
    # Alembic reads `%` in options as the beginning of an interpolation.
    config.set_main_option("script_location", str(resource_directory("migrations")).replace("%", "%%"))
    return config
