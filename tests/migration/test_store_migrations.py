"""The schema's history on both databases: whole or not at all, there and back, and equal to the tables in code."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from ports.store_examples import ANA, StandingClock, postgresql_database, product_draft, publish, sqlite_url
from sqlalchemy import Engine, create_engine, event, inspect, text

from catalog.domain.errors import ConfigInvalid, StoreSchemaOutdated, StoreUnavailable
from catalog.store import migrate, revision
from catalog.store.tables.schema import SCHEMA
from catalog.store.unit_of_work import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, or none yet."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql_url")) as database:
        yield database


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


def schema(engine: Engine) -> dict[str, Any]:
    """Everything that the database itself tells about its tables."""
    seen = inspect(engine)
    return {
        table: {
            "columns": {
                one["name"]: (str(one["type"]), one["nullable"], str(one["default"]))
                for one in seen.get_columns(table)
            },
            "primary key": seen.get_pk_constraint(table),
            "foreign keys": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "indexes": sorted(map(str, seen.get_indexes(table))),
        }
        for table in sorted(seen.get_table_names())
        if table != "alembic_version"
    }


def tables(engine: Engine) -> list[str]:
    return [name for name in inspect(engine).get_table_names() if name != "alembic_version"]


def test_an_upgrade_leads_to_the_newest_revision_and_may_be_repeated(url: str) -> None:
    assert revision.current(url) == ""
    assert migrate.upgrade(url) == revision.newest()
    assert migrate.upgrade(url) == revision.newest()
    revision.require_current(url)


def test_the_migrated_schema_is_the_one_in_code(url: str, engine: Engine) -> None:
    migrate.upgrade(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, SCHEMA) == []
    migrated = schema(engine)
    migrate.downgrade(url, "base")
    SCHEMA.create_all(engine)
    assert migrated == schema(engine)


def test_the_way_back_leaves_nothing_and_the_way_up_is_open_again(url: str, engine: Engine) -> None:
    migrate.upgrade(url)
    store = Store(url, StandingClock())
    publish(store, product_draft())
    store.close()
    assert migrate.downgrade(url, "base") == ""
    assert tables(engine) == []
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            functions = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'audit_log%'"
            assert connection.execute(text(functions)).scalar_one() == 0
    migrate.upgrade(url)
    store = Store(url, StandingClock())
    publish(store, product_draft())
    assert store.verify_audit().rows == 1
    store.close()


def test_whichever_statement_of_an_upgrade_fails_nothing_of_it_stays(url: str, engine: Engine) -> None:
    count, failing_at = 0, 0

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        if statement.lstrip().upper().startswith(("CREATE", "INSERT", "DROP", "ALTER")):
            count += 1
            if count == failing_at:
                raise ConnectionResetError("broken on purpose")

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        migrate.upgrade(url)
        migrate.downgrade(url, "base")
        count = 0
        migrate.upgrade(url)
        total = count
        migrate.downgrade(url, "base")
        for failing_at in range(1, total + 1, 1 if engine.dialect.name == "sqlite" else 5):
            count = 0
            with pytest.raises(StoreUnavailable):
                migrate.upgrade(url)
            assert tables(engine) == [], f"statement {failing_at}"
            assert revision.current(url) == ""
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert total > 20
    migrate.upgrade(url)


def test_processes_that_start_at_once_all_succeed(url: str) -> None:
    script = "import sys; from catalog.store import migrate; print(migrate.upgrade(sys.argv[1]))"
    starting = [
        subprocess.Popen([sys.executable, "-c", script, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [(one.communicate()[0].strip(), one.returncode) for one in starting]
    assert answers == [(revision.newest(), 0)] * 4


def test_an_outdated_store_says_what_to_run_and_is_not_created_by_asking(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with pytest.raises(StoreSchemaOutdated, match="no revision") as caught:
        revision.require_current(url)
    assert "concord db upgrade" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_store_from_another_version_is_refused(url: str, engine: Engine) -> None:
    migrate.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreSchemaOutdated, match="at 9999"):
        revision.require_current(url)


@pytest.mark.parametrize(
    "bad", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://user:hunter2@host/db", "oracle://h"]
)
def test_a_url_of_another_database_is_refused_without_being_shown(bad: str) -> None:
    for use in (
        migrate.upgrade,
        revision.current,
        revision.require_current,
        lambda url: Store(url, StandingClock()),
    ):
        with pytest.raises(ConfigInvalid) as caught:
            use(bad)
        assert "hunter2" not in f"{caught.value} {caught.value.remedy}"
        assert "sqlite:///path" in caught.value.remedy


def test_a_plain_postgresql_url_uses_the_driver_that_is_there(tmp_path: Path) -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none", StandingClock())
    assert store._database.url.drivername == "postgresql+pg8000"
    with pytest.raises(StoreUnavailable), store.open(ANA):
        pass


def test_every_revision_leads_to_the_one_before_and_the_file_says_what_it_does() -> None:
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    assert files
    previous = "None"
    for number, file in enumerate(files, 1):
        source = file.read_text()
        assert file.stem.split("_")[3] == f"{number:04d}"
        assert f'revision = "{number:04d}"' in source
        assert f"down_revision = {previous}" in source
        assert "def downgrade()" in source
        previous = f'"{number:04d}"'
