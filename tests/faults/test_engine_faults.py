"""What breaks in one query stays in one query."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from waiting import PATIENCE, is_gone, until, until_at_work

from catalog.domain.cancellation import Cancellation
from catalog.domain.dataset import Dataset
from catalog.domain.errors import (
    EngineBusy,
    EngineCancelled,
    EngineDeadline,
    EngineError,
    EngineLost,
    EngineMemory,
)
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.pool import EnginePool

pytestmark = pytest.mark.faults
ENDLESS = "SELECT count(*) FROM range(1000000000000) t(x) WHERE hash(x) = 1"
ONE = SqlQuery("SELECT 1", (), deadline_seconds=PATIENCE)


@pytest.fixture
def pool() -> Iterator[EnginePool]:
    engine = EnginePool(workers=2, memory_mb=512, threads=1)
    engine.run(ONE)
    yield engine
    engine.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


def own_resident_mb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20


def test_a_killed_child_costs_its_own_query_only(pool: EnginePool, threads: ThreadPoolExecutor) -> None:
    (pid,) = pool.pids
    endless = SqlQuery(ENDLESS, (), deadline_seconds=PATIENCE)
    doomed: Future[object] = threads.submit(pool.run, endless)
    until_at_work(pid)
    others = [threads.submit(pool.run, ONE) for _ in range(10)]

    os.kill(pid, signal.SIGKILL)

    assert isinstance(doomed.exception(), EngineLost)
    assert [other.result().rows() for other in others] == [[(1,)]] * 10
    assert pid not in pool.pids
    assert pool.run(ONE).rows() == [(1,)]


def test_a_child_killed_while_idle_costs_no_query(pool: EnginePool) -> None:
    for _ in range(3):
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert pool.run(ONE).rows() == [(1,)]


def test_a_stopped_child_is_ended_at_the_deadline(pool: EnginePool) -> None:
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)

    with pytest.raises(EngineDeadline):
        pool.run(SqlQuery("SELECT 1", (), deadline_seconds=0.5))

    assert pool.run(ONE).rows() == [(1,)]


@pytest.mark.parametrize("deadline", [0.3, 1.0])
def test_an_endless_query_ends_at_its_deadline(pool: EnginePool, deadline: float) -> None:
    began = time.monotonic()

    with pytest.raises(EngineDeadline):
        pool.run(SqlQuery(ENDLESS, (), deadline_seconds=deadline))

    assert time.monotonic() - began >= deadline
    assert pool.run(ONE).rows() == [(1,)]


def test_the_next_query_after_a_deadline_has_its_own_full_deadline(pool: EnginePool) -> None:
    for _ in range(2):
        with pytest.raises(EngineDeadline):
            pool.run(SqlQuery(ENDLESS, (), deadline_seconds=0.2))
        assert pool.run(ONE).rows() == [(1,)]


@pytest.mark.parametrize(
    "bomb",
    [
        "SELECT len(range(200000000))",
        "SELECT length(repeat('x', 2000000000))",
        "SELECT length(string_agg(repeat('x', 100000), '')) FROM range(100000)",
        "SELECT list(x) FROM range(1000000000) t(x)",
        "SELECT count(DISTINCT hash(x)) FROM range(1000000000) t(x)",
        "SELECT max(y) FROM (SELECT row_number() OVER (ORDER BY hash(x)) AS y FROM range(1000000000) t(x))",
        "SELECT list_resize([1], 1000000000)",
        "SELECT json_object('a', list(x)) FROM range(100000000) t(x)",
    ],
)
def test_a_memory_bomb_is_bounded_and_does_not_touch_the_server(pool: EnginePool, bomb: str) -> None:
    before, (pid,) = own_resident_mb(), pool.pids

    with pytest.raises(EngineMemory):
        pool.run(SqlQuery(bomb, (), deadline_seconds=PATIENCE))

    assert peak_mb(pid) < 800
    assert own_resident_mb() - before < 50
    assert pool.run(ONE).rows() == [(1,)]


def peak_mb(pid: int) -> int:
    """The most memory that the process ever held; 0 where it is gone, replaced as too large."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)


def test_an_answer_too_large_to_carry_is_refused(pool: EnginePool) -> None:
    sql = "SELECT repeat('x', 1000000) FROM range(1000)"

    with pytest.raises(EngineMemory):
        pool.run(SqlQuery(sql, (), deadline_seconds=PATIENCE))


def test_poisoned_parquet_costs_one_query_only(pool: EnginePool, tmp_path: Path) -> None:
    """Truncated and mutated files: an error or a number, never a hang and never another's query."""
    chance = random.Random(7)
    rows = {"id": range(2000), "text": [f"row {i % 97}" for i in range(2000)]}
    pq.write_table(pa.table(rows), tmp_path / "good.parquet", row_group_size=500)
    good = (tmp_path / "good.parquet").read_bytes()
    file, outcomes = tmp_path / "bad.parquet", {"error": 0, "answer": 0}

    for turn in range(60):
        bad = bytearray(good[: chance.randrange(len(good))] if turn % 3 == 0 else good)
        for _ in range(chance.randrange(1, 20)):
            bad[chance.randrange(len(bad))] = chance.randrange(256) if bad else 0
        file.write_bytes(bad)
        poisoned = Dataset("t", "parquet", (str(file),), "")
        try:
            pool.run(SqlQuery("SELECT count(*), sum(id), max(text) FROM t", (poisoned,), deadline_seconds=5))
            outcomes["answer"] += 1
        except EngineError:
            outcomes["error"] += 1

    assert outcomes["error"] >= 20
    healthy = Dataset("t", "parquet", (str(tmp_path / "good.parquet"),), "")
    assert pool.run(SqlQuery("SELECT sum(id) FROM t", (healthy,))).rows() == [(1999000,)]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00" * 100, b'a,b\n"' + b"x" * 100_000, b"a\n" * 5 + b"\0" * 50]
)
def test_poisoned_csv_costs_one_query_only(pool: EnginePool, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    query = SqlQuery("SELECT * FROM t", (Dataset("t", "csv", (str(file),), ""),), deadline_seconds=5)
    with suppress(EngineError):
        pool.run(query)

    assert pool.run(ONE).rows() == [(1,)]


def test_a_file_that_vanished_is_an_error_of_the_data(pool: EnginePool, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as failed:
        pool.run(SqlQuery("SELECT * FROM t", (Dataset("t", "parquet", (str(tmp_path / "no"),), ""),)))

    assert failed.value.findings[0].code == "DATA_UNREADABLE"


def test_many_queries_at_once_each_get_their_own_answer(
    pool: EnginePool, threads: ThreadPoolExecutor
) -> None:
    sql = "SELECT $1 + sum(x) FROM range(1000) t(x)"
    running = {
        i: threads.submit(pool.run, SqlQuery(sql, (), (i,), deadline_seconds=PATIENCE)) for i in range(30)
    }

    assert {i: one.result().rows() for i, one in running.items()} == {i: [(499500 + i,)] for i in range(30)}
    assert len(pool.pids) <= 2


def test_the_queue_is_bounded(threads: ThreadPoolExecutor) -> None:
    pool = EnginePool(workers=1, memory_mb=512, queue=2, threads=1)
    pool.run(ONE)
    running, cancellation = endless_until_cancelled(pool, threads)

    patient = [threads.submit(pool.run, ONE) for _ in range(7)]
    until(lambda: sum(one.done() for one in patient) == 5)
    refused = [one.exception() for one in patient if one.done()]
    cancellation.cancel()

    assert [type(one) for one in refused] == [EngineBusy] * 5
    assert isinstance(running.exception(), EngineCancelled)
    assert [one.result().rows() for one in patient if one.exception() is None] == [[(1,)]] * 2
    pool.close()


def test_neighbours_of_a_bomb_are_served_while_it_goes_off(
    pool: EnginePool, threads: ThreadPoolExecutor
) -> None:
    bomb, cancellation = endless_until_cancelled(pool, threads)

    served = [pool.run(ONE).rows() for _ in range(20)]

    assert not bomb.done()
    assert served == [[(1,)]] * 20
    cancellation.cancel()
    assert isinstance(bomb.exception(), EngineCancelled)


def endless_until_cancelled(
    pool: EnginePool, threads: ThreadPoolExecutor
) -> tuple[Future[object], Cancellation]:
    """A query that is under way in the pool's only child, and ends when it is cancelled."""
    (pid,), cancellation = pool.pids, Cancellation()
    endless = SqlQuery(ENDLESS, (), deadline_seconds=PATIENCE, cancellation=cancellation)
    running: Future[object] = threads.submit(pool.run, endless)
    until_at_work(pid)
    return running, cancellation


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    text = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from catalog.engine.pool import EnginePool; from catalog.domain.sql_engine import SqlQuery\n"
        "pool = EnginePool(workers=1, memory_mb=512); pool.run(SqlQuery('SELECT 1', ()))\n"
        "print(*pool.pids, flush=True); time.sleep(600)"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", text, str(root)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()

    until(lambda: is_gone(pid))
