"""kill -9 in the middle of publishing: before or after, never between."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ports.store_examples import ANA, StandingClock, postgresql_database, product_draft, publish, sqlite_url
from sqlalchemy import text

from catalog.store import migrate
from catalog.store.unit_of_work import Store

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        migrate.upgrade(sqlite_url(tmp_path))
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql_url")) as database:
        migrate.upgrade(database)
        yield database


def test_a_killed_writer_leaves_whole_publications_only(url: str) -> None:
    script = Path(__file__).with_name("store_killed_writer.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    subprocess.run([sys.executable, str(script), url, str(KILLS), "11"], env=environment, check=True)
    store = Store(url, StandingClock())
    with store._database.connect(read_only=True) as connection:
        counts = {
            table: connection.execute(text(statement)).scalar_one() for table, statement in COUNTS.items()
        }
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert counts["versions"] >= KILLS
    assert set(counts.values()) == {counts["versions"]}
    assert store.verify_audit().rows == counts["versions"]
    publish(store, product_draft(version="2.0.0"))
    with store.open(ANA, read_only=True) as unit:
        assert len(unit.versions.served()) == counts["versions"] + 1
    store.close()


COUNTS = {
    "versions": "SELECT count(*) FROM versions",
    "drafts": "SELECT count(*) FROM drafts",
    "decisions": "SELECT count(*) FROM decisions",
    "quality runs": "SELECT count(*) FROM quality_runs",
    "quality results": "SELECT count(*) / 2 FROM quality_results",
    "audit records": "SELECT count(*) FROM audit_log",
    "events": "SELECT count(*) FROM outbox",
    "answers": "SELECT count(*) FROM idempotency",
    "row versions": "SELECT row_version FROM assets",
}
