"""Statements that fail, disks that fill, connections that end: nothing half, and well again afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ports.store_examples import (
    ANA,
    StandingClock,
    key,
    metric_draft,
    postgresql_database,
    product_draft,
    publish,
    register,
    sqlite_url,
    statements,
    write_publication,
)
from sqlalchemy import create_engine, event, func, select, text

from catalog.domain.errors import StoreFull, StoreSchemaOutdated, StoreUnavailable
from catalog.store import migrate
from catalog.store.tables.schema import SCHEMA
from catalog.store.unit_of_work import Store

pytestmark = pytest.mark.faults


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    migrate.upgrade(sqlite_url(tmp_path))
    store = Store(sqlite_url(tmp_path), StandingClock())
    yield store
    store.close()


@pytest.fixture
def postgresql_store(postgresql_url: str) -> Iterator[Store]:
    with postgresql_database(postgresql_url) as url:
        migrate.upgrade(url)
        store = Store(url, StandingClock())
        yield store
        store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue(f"{request.param}_store")
    return opened


def contents(store: Store) -> dict[str, int]:
    with store._database.connect(read_only=True) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SCHEMA.tables.items()
        }


def everything(store: Store, version: str = "1.1.0") -> None:
    with store.open(ANA) as unit:
        assert unit.recall("publish", version, "sha256:body") is None
        write_publication(unit, product_draft(version=version))
        unit.remember("publish", version, "sha256:body", {"version": version})
        unit.commit()


@contextmanager
def failing(store: Store, number: int, what: str = "before_cursor_execute") -> Iterator[None]:
    """The n-th statement of the block ends in a broken socket."""
    seen = 0

    def fail(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise ConnectionResetError("broken on purpose")

    event.listen(store._database.writer, what, fail)
    try:
        yield
    finally:
        event.remove(store._database.writer, what, fail)


def test_whichever_statement_fails_the_store_is_as_before(store: Store) -> None:
    publish(store, product_draft())
    with statements(store) as seen:
        everything(store)
    before = contents(store)
    for number in range(1, len(seen) + 2):  # one more: the statement that begins
        with failing(store, number), pytest.raises(StoreUnavailable):
            everything(store, "1.2.0")
        assert contents(store) == before, f"statement {number}"
    everything(store, "1.2.0")
    assert store.verify_audit().rows == 3


def test_a_commit_of_unknown_fate_says_so_and_how_to_go_on(store: Store) -> None:
    before = contents(store)
    with failing(store, 1, "commit"), pytest.raises(StoreUnavailable, match="not known") as caught:
        everything(store)
    assert "idempotency key" in caught.value.remedy
    assert contents(store) == before
    everything(store)


def test_a_full_disk_refuses_writes_serves_reads_and_recovers(sqlite_store: Store) -> None:
    store = sqlite_store
    publish(store, product_draft())
    with store._database.writer.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    written = 0
    with pytest.raises(StoreFull):
        for number in range(200):
            publish(store, metric_draft(f"metric_{number}"))
            written += 1
    with store.open(ANA, read_only=True) as unit:
        assert len(unit.versions.served()) == 1 + written
    assert store.verify_audit().rows == 1 + written
    with store._database.writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    publish(store, metric_draft("after"))
    assert store.verify_audit().rows == 2 + written


def test_a_file_that_is_no_database_is_not_served(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    migrate.upgrade(url)
    (tmp_path / "store" / "catalog.db").write_bytes(b"this is no database" * 400)
    store = Store(url, StandingClock())
    with pytest.raises(StoreUnavailable), store.open(ANA, read_only=True) as unit:
        unit.row_version(key())
    store.close()


def test_a_database_without_the_schema_says_what_to_run(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}", StandingClock())
    with pytest.raises(StoreSchemaOutdated, match="concord db upgrade"), store.open(ANA) as unit:
        unit.row_version(key())
    store.close()


@pytest.mark.postgresql
def test_a_postgresql_database_without_the_schema_says_what_to_run(postgresql_url: str) -> None:
    with postgresql_database(postgresql_url) as url:
        store = Store(url, StandingClock())
        with pytest.raises(StoreSchemaOutdated), store.open(ANA) as unit:
            unit.row_version(key())
        store.close()


def test_a_writer_beside_another_process_waits_only_so_long(sqlite_store: Store) -> None:
    store = sqlite_store
    with store._database.writer.begin() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(str(store._database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), store.open(ANA):
        pass
    other.execute("ROLLBACK")
    other.close()
    publish(store, product_draft())


def terminate_all(store: Store) -> None:
    admin = create_engine(store._database.url, isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with admin.connect() as connection:
        connection.execute(text(others + " AND pid <> pg_backend_pid()"))
    admin.dispose()


@pytest.mark.postgresql
def test_pooled_connections_that_were_cut_are_replaced_unnoticed(postgresql_store: Store) -> None:
    store = postgresql_store
    publish(store, product_draft())
    with store.open(ANA, read_only=True), store.open(ANA, read_only=True), store.open(ANA, read_only=True):
        pass
    terminate_all(store)
    publish(store, metric_draft())
    with store.open(ANA, read_only=True) as unit:
        assert len(unit.versions.served()) == 2


@pytest.mark.postgresql
def test_a_connection_cut_at_any_statement_leaves_the_store_as_before(postgresql_store: Store) -> None:
    store = postgresql_store
    publish(store, product_draft())
    with statements(store) as seen:
        everything(store)
    before = contents(store)
    for number in range(1, len(seen) + 1):
        count = 0

        def cut(*_: object, at: int = number) -> None:
            nonlocal count
            count += 1
            if count == at:
                terminate_all(store)

        event.listen(store._database.writer, "before_cursor_execute", cut)
        try:
            with pytest.raises(StoreUnavailable):
                everything(store, "1.2.0")
        finally:
            event.remove(store._database.writer, "before_cursor_execute", cut)
        assert contents(store) == before, f"statement {number}"
    everything(store, "1.2.0")
    assert store.verify_audit().rows == 3


@pytest.mark.postgresql
def test_a_writer_held_up_by_another_waits_only_so_long(postgresql_store: Store) -> None:
    store = postgresql_store
    register(store, product_draft())
    with store.open(ANA) as first:
        first.advance(key(), 0)
        with store.open(ANA) as second:
            second._transaction.rows(select(text("set_config('lock_timeout', '100ms', true)")))
            with pytest.raises(StoreUnavailable):
                second.advance(key(), 0)
