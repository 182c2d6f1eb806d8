"""A query that nobody waits for is ended in the engine, and the engine is free for the next."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flows.conftest import Mesh, mesh

from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import EngineCancelled
from catalog.domain.sql_engine import SqlQuery
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


def soon(cancellation: Cancellation, seconds: float = 0.3) -> threading.Timer:
    timer = threading.Timer(seconds, cancellation.cancel)
    timer.start()
    return timer


def test_a_cancelled_query_ends_at_once_and_its_child_answers_the_next(pool: EnginePool) -> None:
    before, cancellation = pool.pids, Cancellation()
    soon(cancellation)
    started = time.monotonic()
    with pytest.raises(EngineCancelled):
        pool.run(SqlQuery(LONG, (), cancellation=cancellation, deadline_seconds=30))
    assert time.monotonic() - started < 5
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
        timer = soon(cancellation, number / 10_000)
        query = SqlQuery("SELECT $1", (), (number,), cancellation=cancellation)
        with suppress(EngineCancelled):
            assert pool.run(query).rows() == [(number,)]
        timer.join()
        assert pool.run(SqlQuery("SELECT $1", (), (-number,))).rows() == [(-number,)]


def test_a_child_that_does_not_listen_is_killed(pool: EnginePool) -> None:
    (deaf,), cancellation = pool.pids, Cancellation()
    timer = soon(cancellation, 0.3)
    stopped = threading.Timer(0.1, os.kill, (deaf, signal.SIGSTOP))
    stopped.start()
    with pytest.raises(EngineCancelled):
        pool.run(SqlQuery(LONG, (), cancellation=cancellation))
    timer.join()
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
            return run(SqlQuery(LONG, (), cancellation=query.cancellation, deadline_seconds=30))
        except EngineCancelled as error:
            ended.append(error)
            raise
        finally:
            over.set()

    monkeypatch.setattr(engine, "run", heavy)
    query = "query($a: MetricQueryInput!) { metricQuery(input: $a) { rows } }"
    body = json.dumps({"query": query, "variables": {"a": {"metrics": ["nps"], "limit": 77}}})
    connection = http.client.HTTPConnection(urlsplit(mesh.url).netloc, timeout=30)
    headers = {"content-type": "application/json", "authorization": f"Bearer {mesh.tokens['bi']}"}
    connection.request("POST", "/graphql", body, headers)
    assert began.wait(10)
    connection.close()
    assert over.wait(5)
    assert len(ended) == 1
    monkeypatch.undo()
    assert engine.run(SqlQuery("SELECT 42", ())).rows() == [(42,)]


def test_an_interrupt_in_the_terminal_leaves_no_process_behind() -> None:
    """As Ctrl-C does: the signal reaches the command alone, because children have a session of their own."""
    text = (
        "from catalog.engine.pool import EnginePool\n"
        "from catalog.domain.sql_engine import SqlQuery\n"
        "pool = EnginePool(workers=1, memory_mb=512)\n"
        "pool.run(SqlQuery('SELECT 1', ()))\n"
        "print(*pool.pids, flush=True)\n"
        "try:\n"
        f"    pool.run(SqlQuery({LONG!r}, ()))\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', pool.run(SqlQuery('SELECT 42', ())).rows(), flush=True)\n"
        "pool.close()\n"
    )
    command = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert command.stdout is not None
    child = int(command.stdout.readline())
    time.sleep(0.3)
    command.send_signal(signal.SIGINT)
    assert command.stdout.read().strip() == "interrupted [(42,)]"
    assert command.wait(10) == 0
    assert not Path(f"/proc/{child}").exists()
    command.stdout.close()
