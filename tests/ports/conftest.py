"""Every store test runs on both databases: a SQLite file of its own, a PostgreSQL database per test module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ports.store_examples import StandingClock, postgresql_database, sqlite_url
from sqlalchemy import create_engine, text

from catalog.store import migrate
from catalog.store.tables.schema import SCHEMA
from catalog.store.unit_of_work import Store

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="module")
def postgresql_database_url(postgresql_url: str) -> Iterator[str]:
    """An empty database, made by running the real migrations."""
    with postgresql_database(postgresql_url) as url:
        migrate.upgrade(url)
        yield url


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database with nothing in it."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path)
        migrate.upgrade(url)
        return url
    url = str(request.getfixturevalue("postgresql_database_url"))
    _empty(url)
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store over that database, with a clock that stands still but for one second per look."""
    opened = Store(store_url, StandingClock())
    yield opened
    opened.close()


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        for table in reversed(SCHEMA.sorted_tables):
            if table.name != "audit_head":
                connection.execute(table.delete())
        connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER USER"))
        genesis = "UPDATE audit_head SET sequence = 0, hash = 'sha256:' || repeat('0', 64)"
        connection.execute(text(genesis))
    engine.dispose()
