"""A query that nobody waits for is ended in the engine, and the engine is free for the next."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flows.conftest import Mesh, mesh
from waiting import PATIENCE, until_at_work

from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import EngineCancelled
from catalog.domain.sql_engine import SqlQuery
from catalog.engine import child
from catalog.engine.pool import EnginePool

__all__ = ["mesh"]
ROOT = Path(__file__).resolve().parents[2]
LONG = "SELECT sum(hash(a.range, b.range) % 7) FROM range(1000000) a, range(1000000) b"


@pytest.fixture(scope="module")
def pool() -> Iterator[EnginePool]:
    engine = EnginePool(workers=1, memory_mb=512)
    engine.run(SqlQuery("SELECT 1", ()))
    yield engine
    engine.close()


@contextmanager
def under_way(pool: EnginePool) -> Iterator[Cancellation]:
    """The long query is under way within the block, which cancels it."""
    (pid,), cancellation = pool.pids, Cancellation()
    query = SqlQuery(LONG, (), cancellation=cancellation, deadline_seconds=PATIENCE)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(pool.run, query)
        until_at_work(pid)
        yield cancellation
        assert isinstance(running.exception(), EngineCancelled)


def test_a_cancelled_query_ends_at_once_and_its_child_answers_the_next(
    pool: EnginePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_GRACE_SECONDS", PATIENCE)  # however busy the machine: it is not killed
    before = pool.pids
    with under_way(pool) as cancellation:
        cancellation.cancel()
    assert pool.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]
    assert pool.pids == before


def test_what_is_cancelled_before_it_begins_never_begins(pool: EnginePool) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(EngineCancelled):
        pool.run(SqlQuery(LONG, (), cancellation=cancellation))
    assert pool.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]


def test_a_cancellation_that_comes_too_late_changes_nothing(pool: EnginePool) -> None:
    cancellation = Cancellation()
    assert pool.run(SqlQuery("SELECT 1", (), cancellation=cancellation)).rows() == [(1,)]
    cancellation.cancel()
    assert pool.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]


def test_cancelling_at_any_moment_never_gives_one_query_the_answer_of_another(pool: EnginePool) -> None:
    for number in range(60):
        cancellation = Cancellation()
        timer = threading.Timer(number / 10_000, cancellation.cancel)
        timer.start()
        query = SqlQuery("SELECT $1", (), (number,), cancellation=cancellation)
        with suppress(EngineCancelled):
            assert pool.run(query).rows() == [(number,)]
        timer.join()
        assert pool.run(SqlQuery("SELECT $1", (), (-number,))).rows() == [(-number,)]


def test_a_child_that_does_not_listen_is_killed(pool: EnginePool) -> None:
    (deaf,) = pool.pids
    with under_way(pool) as cancellation:
        os.kill(deaf, signal.SIGSTOP)
        cancellation.cancel()
    assert pool.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]
    assert deaf not in pool.pids


@pytest.mark.parametrize("mesh", ["embedded"], indirect=True)
def test_a_client_that_hangs_up_ends_its_query(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is given a long query in place of the metric's, as a heavy metric would be one."""
    engine = mesh.services.sql_engine
    ended: list[BaseException] = []
    began, over, run = threading.Event(), threading.Event(), engine.run

    def heavy(query: SqlQuery) -> object:
        began.set()
        try:
            return run(SqlQuery(LONG, (), cancellation=query.cancellation, deadline_seconds=PATIENCE))
        except EngineCancelled as error:
            ended.append(error)
            raise
        finally:
            over.set()

    monkeypatch.setattr(engine, "run", heavy)
    query = "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }"
    body = json.dumps({"query": query, "variables": {"a": {"metrics": ["nps"], "limit": 77}}})
    connection = http.client.HTTPConnection(urlsplit(mesh.url).netloc, timeout=PATIENCE)
    headers = {"content-type": "application/json", "authorization": f"Bearer {mesh.tokens['bi']}"}
    connection.request("POST", "/graphql", body, headers)
    assert began.wait(PATIENCE)
    connection.close()
    assert over.wait(PATIENCE)
    assert len(ended) == 1
    monkeypatch.undo()
    assert engine.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]


def test_an_interrupt_in_the_terminal_leaves_no_process_behind() -> None:
    """As Ctrl-C does: the signal reaches the command alone, because children have a session of their own."""
    text = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background ignores it
        "from catalog.engine.pool import EnginePool\n"
        "from catalog.domain.sql_engine import SqlQuery\n"
        "pool = EnginePool(workers=1, memory_mb=512)\n"
        "pool.run(SqlQuery('SELECT 1', ()))\n"
        "print(*pool.pids, flush=True)\n"
        "try:\n"
        f"    pool.run(SqlQuery({LONG!r}, (), deadline_seconds={PATIENCE}))\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', pool.run(SqlQuery('SELECT 42', ())).rows(), flush=True)\n"
        "pool.close()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as command:
        assert command.stdout is not None
        pid = int(command.stdout.readline())
        until_at_work(pid)
        command.send_signal(signal.SIGINT)
        assert command.stdout.read().strip() == "interrupted [(42,)]"
        assert command.wait() == 0
    assert not Path(f"/proc/{pid}").exists()
