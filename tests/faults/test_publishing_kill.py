"""Killed anywhere, publishing is before or after, never between; and the same key tried again has one effect."""

import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from faults.publishing_child import command, publish_on, version
from flows.publishing_mesh import OLGA, ORDERS, Mesh, open_engines, open_mesh, product_documents
from ports.store_examples import postgresql_database, sqlite_url
from sqlalchemy import event, func, select

from catalog.access.actor import SYSTEM
from catalog.domain.event import EventType
from catalog.publishing.publish import PublishResult, publish
from catalog.publishing.record import verify_version
from catalog.store import migrate
from catalog.store.tables.assets import drafts, versions
from catalog.store.tables.evidence import decisions, quality_runs
from catalog.store.tables.logs import audit_log, idempotency, outbox

KILLS = 20
pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql_url")) as made:
        yield made


@pytest.fixture(scope="module")
def engines() -> Iterator[Any]:
    with open_engines() as opened:
        yield opened


def count(mesh: Mesh, table: Any, **equal: str) -> int:
    statement = select(func.count()).select_from(table)
    for name, value in equal.items():
        statement = statement.where(table.c[name] == value)
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        return int(unit._connection.execute(statement).scalar_one())


def assert_whole(mesh: Mesh, *, refused: int = 0) -> int:
    """Everything that moves together has moved together; returns how many versions there are."""
    published = count(mesh, versions)
    registered = count(mesh, drafts)
    for table in (decisions, quality_runs, idempotency):
        assert count(mesh, table) == published + refused
    told = {EventType.PUBLISHED: published, EventType.REGISTERED: registered, EventType.REFUSED: refused}
    for what, number in told.items():
        assert count(mesh, outbox, type=what) == number
        assert count(mesh, audit_log, action=what) == number
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        assert unit.row_version(ORDERS) == published + registered
        assert all(verify_version(one, mesh.gate.signer) for one in unit.versions.of(ORDERS))
    mesh.store.verify_audit()
    return published


@pytest.fixture(scope="module")
def nursery() -> Iterator[Any]:
    """Children are forked from a process that has imported everything, which is most of their start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["faults.publishing_child"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield context


def run_and_kill(nursery: Any, folder: Path, url: str, first: int, chance: random.Random) -> int:
    """Start a publisher, let it begin, kill it at a random moment; returns the last number it began."""
    told, tells = nursery.Pipe(duplex=False)
    child = nursery.Process(target=publish_on, args=(folder, url, first, tells))
    child.start()
    tells.close()
    begun = told.recv()
    # The first publication warms the engines up; later ones are quick, so both ends of one are met.
    time.sleep(chance.choice([chance.uniform(0, 0.2), chance.uniform(0.2, 1.0)]))
    child.kill()
    child.join()
    with suppress(EOFError):
        while True:
            begun = told.recv()
    told.close()
    return int(begun)


def test_a_killed_publisher_leaves_before_or_after(
    tmp_path: Path, url: str, engines: Any, nursery: Any
) -> None:
    migrate.upgrade(url)
    chance = random.Random(20261121)
    number, between = 0, 0
    with open_mesh(tmp_path, url, engines, migrated=True) as mesh:
        for _ in range(KILLS):
            number = run_and_kill(nursery, tmp_path, url, number, chance)
            published = assert_whole(mesh)
            between += published == number
            assert published in {number, number + 1}
            # The client whose answer was lost tries again under its key.
            (draft,) = mesh.register(*product_documents(version(number)))
            again = publish(command(number, draft.digest), OLGA, mesh.gate)
            assert again.result is PublishResult.PUBLISHED
            assert publish(command(number, draft.digest), OLGA, mesh.gate) == again
            assert assert_whole(mesh) == number + 1
            number += 1
    assert between, "no kill met a publication on its way; the test proves nothing"


class Broken(Exception):
    """Stands for a connection that goes away."""


def test_a_statement_that_fails_anywhere_leaves_everything_as_before(
    tmp_path: Path, url: str, engines: Any
) -> None:
    migrate.upgrade(url)
    with open_mesh(tmp_path, url, engines, migrated=True) as mesh:
        (draft,) = mesh.register(*product_documents())
        writer, seen = mesh.store._database.writer, 0
        statements = 0

        def fail(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == statements:
                raise Broken

        event.listen(writer, "before_cursor_execute", fail)
        try:
            while True:
                seen, statements = 0, statements + 1
                try:
                    outcome = publish(command(0, draft.digest), OLGA, mesh.gate)
                except Broken:
                    assert assert_whole(mesh) == 0
                    continue
                break
        finally:
            event.remove(writer, "before_cursor_execute", fail)
        assert outcome.result is PublishResult.PUBLISHED
        assert assert_whole(mesh) == 1
        assert statements > 10
