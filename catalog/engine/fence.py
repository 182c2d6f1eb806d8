"""The fence: a child process that runs one query after another, and nothing else.

It starts with an empty environment, behind the walls of `walls`, within the limits of `limit`; it hears only
its parent, over one socket on file descriptor 0, and ends when the parent hangs up.
"""

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final

from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.duckdb import Answer, Session, SessionFault
from catalog.engine.limit import Limits, cpu_seconds, limit_resources, resident_mb
from catalog.engine.statement import examine, place_at
from catalog.engine.warm import WarmDatabases
from catalog.engine.wire import read_query, write_finding

_MOST_NESTED: Final = 10_000
_FINDINGS: Final = 100
_EXAMINED: Final = 256
_REMEMBERED: Final = 1 << 14
_CODES: Final = {
    "data": FindingCode.DATA_UNREADABLE,
    "query": FindingCode.SQL_INVALID,
    "syntax": FindingCode.SQL_SYNTAX,
}


def serve(walls: tuple[str, ...]) -> None:
    """Answer queries until the parent hangs up; `sys.argv` carries the limits."""
    limits = Limits(*map(int, sys.argv[1:]))
    sys.setrecursionlimit(_MOST_NESTED)
    fence = Fence(limits)
    _touch(fence)
    limit_resources(limits)
    parent: Connection[bytes, bytes] = Connection(0)
    parent.send_bytes(json.dumps({"walls": ["resources", *walls], **_usage()}).encode())
    asked: SimpleQueue[bytes | None] = SimpleQueue()
    Thread(target=_listen, args=(parent, asked, fence), daemon=True).start()
    while True:
        fence.rest(lambda: not asked.empty())
        request = asked.get()
        if request is None:
            return
        reply, rows = fence.answer(read_query(request))
        parent.send_bytes(json.dumps(reply | _usage()).encode())
        if rows is not None:
            parent.send_bytes(rows)


def _listen(parent: "Connection[bytes, bytes]", asked: "SimpleQueue[bytes | None]", fence: "Fence") -> None:
    """Hear the parent while a query runs: a message without content ends it, and so does silence for good."""
    while True:
        try:
            message = parent.recv_bytes()
        except (EOFError, OSError):
            fence.interrupt()
            asked.put(None)
            return
        if message:
            fence.expect()
            asked.put(message)
        else:
            fence.interrupt()


class Fence:
    """Judges each query and runs it on a connection of its own."""

    def __init__(self, limits: Limits) -> None:
        self.databases = WarmDatabases(limits)
        self._lock = Lock()
        self._running: Session | None = None
        self._ended: Session | None = None
        self._cancelled = False
        # What was examined once is known: the verdict follows from the text and the names alone.
        self._examined = lru_cache(_EXAMINED)(self._faults)

    def answer(self, query: SqlQuery) -> tuple[dict[str, Any], bytes | None]:
        """The header of the reply, and the rows where there are any."""
        try:
            faults = self._judged(query)
            if faults:
                return {"refused": [write_finding(one) for one in faults[:_FINDINGS]]}, None
            found = self._run(query)
        except RecursionError:
            code = FindingCode.SQL_CONSTRUCT_REFUSED
            deep = code.found("The SQL is nested too deeply.", remedy="Split it up with WITH.")
            return {"refused": [write_finding(deep)]}, None
        except SessionFault as fault:
            if self._cancelled:
                return {"cancelled": True}, None
            if fault.kind in {"data", "memory"}:
                self.databases.forget()
            return _failed(query, fault), None
        return {"columns": found.columns, "truncated": found.truncated}, found.arrow_ipc

    def _judged(self, query: SqlQuery) -> tuple[Finding, ...]:
        judge = self._examined if len(query.sql) <= _REMEMBERED else self._faults
        return judge(query.sql, tuple(one.name for one in query.datasets))

    def _faults(self, sql: str, names: tuple[str, ...]) -> tuple[Finding, ...]:
        return examine(sql, self.databases.tree(sql), names)

    def rest(self, is_wanted: Callable[[], bool]) -> None:
        """Between two queries: closing and opening cost more than a small query, so nobody waits for them."""
        if self._ended:
            self._ended.close()
            self._ended = None
        self.databases.prepare(is_wanted)

    def expect(self) -> None:
        """A query was asked that nobody has cancelled."""
        with self._lock:
            self._cancelled = False

    def interrupt(self) -> None:
        """End the query that runs or is about to run; from another thread."""
        with self._lock:
            self._cancelled = True
            if self._running:
                self._running.interrupt()

    def _run(self, query: SqlQuery) -> Answer:
        session = self.databases.showing(query.datasets).connect()
        try:
            self._begin(session)
            return session.run(query.sql, query.parameters, query.row_limit)
        finally:
            with self._lock:
                self._running = None
            self._ended = session

    def _begin(self, session: Session) -> None:
        with self._lock:
            if self._cancelled:
                raise SessionFault("query", "cancelled before it began")
            self._running = session


def _failed(query: SqlQuery, fault: SessionFault) -> dict[str, Any]:
    if fault.kind == "memory":
        return {"memory": True, "detail": fault.detail}
    code = _CODES[fault.kind]
    place = place_at(query.sql.encode(), fault.offset)
    finding = code.at(place, code.value, remedy="Ask the data's owner, who sees the engine's own words.")
    return {"failed": write_finding(finding), "detail": fault.detail}


def _usage() -> dict[str, Any]:
    return {"resident_mb": resident_mb(), "cpu_seconds": cpu_seconds()}


def _touch(fence: Fence) -> None:
    """Use once what every query needs, so that memory is counted from there."""
    fence.answer(SqlQuery("SELECT 1", ()))
    fence.databases.forget()
