import sys
from collections.abc import Iterator

import pytest
from waiting import PATIENCE

from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import EngineDeadline, EngineLost
from catalog.domain.sql_engine import SqlQuery
from catalog.engine import child as room
from catalog.engine.child import Child
from catalog.engine.limit import Limits
from catalog.engine.pool import _answer
from catalog.engine.wire import write_query

ONE = write_query(SqlQuery("SELECT 1", ()))


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child(Limits(memory_mb=512, threads=1))
    yield one
    one.kill()


def test_a_child_answers_and_stays_fit(child: Child) -> None:
    header, rows = child.ask(ONE, PATIENCE, Cancellation())

    assert header["columns"] == [["1", "INTEGER"]]
    assert rows
    assert child.is_fit


def test_a_child_is_replaced_after_many_queries(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_QUERIES", 2)
    child.ask(ONE, PATIENCE, Cancellation())
    after_one = child.is_fit
    child.ask(ONE, PATIENCE, Cancellation())

    assert (after_one, child.is_fit) == (True, False)


def test_a_child_is_replaced_after_much_work(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_CPU_SECONDS", 0.0)
    child.ask(ONE, PATIENCE, Cancellation())

    assert not child.is_fit


def test_a_child_that_has_grown_is_replaced() -> None:
    small = Child(Limits(memory_mb=64, threads=1))
    sql = "SELECT max(h) FROM (SELECT hash(x) AS h, count(*) FROM range(200000) t(x) GROUP BY 1)"
    small.ask(ONE, PATIENCE, Cancellation())
    fit_when_warm = small.is_fit
    small._limits = Limits(memory_mb=1)
    small.ask(write_query(SqlQuery(sql, ())), PATIENCE, Cancellation())

    assert (fit_when_warm, small.is_fit) == (True, False)
    small.kill()


def test_a_child_that_cannot_start_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_BOOT", "raise SystemExit(1)")
    broken = Child(Limits())

    with pytest.raises(EngineLost, match="did not start"):
        broken.walls()

    assert not broken.is_fit


def test_a_child_that_never_gets_warm_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_BOOT", "import time; time.sleep(600)")
    monkeypatch.setattr(room, "_START_SECONDS", 0.2)
    stuck = Child(Limits())

    with pytest.raises(EngineLost, match="did not start"):
        stuck.ask(ONE, PATIENCE, Cancellation())


@pytest.mark.parametrize(
    "reply", [b"", b"[]", b"{}", b"\xff", b"[" * 20_000, b'{"resident_mb": 1, "cpu_seconds": "x"}']
)
def test_a_child_that_speaks_nonsense_is_lost(monkeypatch: pytest.MonkeyPatch, reply: bytes) -> None:
    hello = b'{"walls": ["none"], "resident_mb": 1, "cpu_seconds": 0}'
    monkeypatch.setattr(
        room,
        "_BOOT",
        "from multiprocessing.connection import Connection; c = Connection(0)\n"
        f"c.send_bytes({hello!r}); c.recv_bytes(); c.send_bytes({reply!r}); c.recv_bytes()",
    )
    traitor = Child(Limits())

    with pytest.raises(EngineLost):
        traitor.ask(ONE, PATIENCE, Cancellation())

    assert not traitor.is_fit


def test_a_child_that_stops_in_the_middle_of_a_message_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        room,
        "_BOOT",
        "import os, time\n"
        "from multiprocessing.connection import Connection; c = Connection(0)\n"
        'c.send_bytes(b\'{"walls": ["none"], "resident_mb": 1, "cpu_seconds": 0}\'); c.recv_bytes()\n'
        "os.write(0, b'\\0\\0\\1\\0half'); time.sleep(600)",
    )
    traitor = Child(Limits())

    with pytest.raises(EngineDeadline):
        traitor.ask(ONE, 0.3, Cancellation())


@pytest.mark.parametrize("header", [{}, {"columns": 7}, {"columns": [[1]]}, {"refused": [{}]}, {"failed": 1}])
def test_a_reply_without_meaning_counts_as_lost(header: dict[str, object]) -> None:
    assert isinstance(_answer(header, b""), EngineLost)


def test_the_parent_never_loads_the_engine() -> None:
    import subprocess

    text = "import sys, catalog.engine.pool, catalog.engine.source; print('duckdb' in sys.modules, 'pyarrow' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["False", "False"]
