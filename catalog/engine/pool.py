"""The pool: warm children behind the fence, one query each at a time, replaced when they fall."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from queue import Empty, LifoQueue
from threading import BoundedSemaphore, Lock
from typing import Any, Final

from catalog.domain.dataset import Dataset
from catalog.domain.errors import (
    EngineBusy,
    EngineCancelled,
    EngineError,
    EngineLost,
    EngineMemory,
    EngineRefused,
)
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.sql_engine import ResultColumn, SqlQuery
from catalog.engine.child import Child
from catalog.engine.limit import Limits
from catalog.engine.result import ArrowResult
from catalog.engine.wire import read_finding, write_query

_LONGEST_SQL: Final = 1 << 20


class EnginePool:
    """Runs SQL in fenced child processes; implements `SqlEngine`, safe to share between threads.

    `workers` queries run at once, `queue` more may wait, each no longer than its own deadline; what comes
    beyond is `EngineBusy`. Children start when first needed, in about half a second, and are replaced after a
    kill, a crash, or long use. `memory_mb` and `threads` are per child.
    """

    def __init__(self, workers: int = 2, memory_mb: int = 2048, *, queue: int = 32, threads: int = 2) -> None:
        self._limits = Limits(memory_mb=memory_mb, threads=threads)
        self._places = BoundedSemaphore(workers + queue)
        self._idle: LifoQueue[Child | None] = LifoQueue()
        self._children: set[Child] = set()
        self._lock = Lock()
        self._closed = False
        for _ in range(workers):
            self._idle.put(None)

    @property
    def version(self) -> str:
        """Name and version of the engine in the children."""
        return _named_version()

    @property
    def walls(self) -> tuple[str, ...]:
        """Which walls of the operating system hold around the children; see `walls.raise_walls`."""
        with self._child(30.0) as child:
            return child.walls()

    @property
    def pids(self) -> tuple[int, ...]:
        """The children's process ids, for those who watch over the machine."""
        with self._lock:
            return tuple(child.pid for child in self._children)

    def run(self, query: SqlQuery) -> ArrowResult:
        """Run one query to its end; the deadline counts from when a child takes it. See `SqlEngine`."""
        unfit = _unfit(query.sql)
        if unfit:
            raise EngineRefused(findings=unfit)
        request = write_query(query)
        if query.cancellation.is_cancelled:
            raise EngineCancelled()
        with self._child(query.deadline_seconds) as child:
            header, rows = child.ask(request, query.deadline_seconds, query.cancellation)
        answer = _answer(header, rows)
        if isinstance(answer, EngineError):
            raise answer
        return answer

    def describe(self, dataset: Dataset) -> tuple[ResultColumn, ...]:
        """The dataset's columns with their physical types."""
        quoted = '"' + dataset.name.replace('"', '""') + '"'
        return self.run(SqlQuery(f"SELECT * FROM {quoted} LIMIT 0", (dataset,), row_limit=0)).columns  # noqa: S608

    def close(self) -> None:
        """End every child; queries under way are `EngineLost`."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.end()
        idle: list[Child | None] = []
        with suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for waiting in idle:
            self._discard(waiting)
            self._idle.put(None)

    @contextmanager
    def _child(self, patience_seconds: float) -> Iterator[Child]:
        """A child of one's own, given back or replaced afterwards."""
        if not self._places.acquire(blocking=False):
            raise EngineBusy()
        try:
            child = self._taken(patience_seconds)
            try:
                yield child
            finally:
                self._give_back(child)
        finally:
            self._places.release()

    def _taken(self, patience_seconds: float) -> Child:
        try:
            child = self._idle.get(timeout=max(patience_seconds, 0))
        except Empty as error:
            raise EngineBusy() from error
        if child is not None and child.is_fit:
            return child
        self._discard(child)
        try:
            return self._started()
        except EngineError:
            self._idle.put(None)
            raise

    def _give_back(self, child: Child) -> None:
        """A child that is no longer fit is replaced at once, so that the next query finds a warm one."""
        following: Child | None = child
        if not child.is_fit:
            following = None
            self._discard(child)
            with suppress(EngineError):
                following = self._started()
        self._idle.put(following)

    def _started(self) -> Child:
        with self._lock:
            if self._closed:
                raise EngineLost("The engine is closed.")
            try:
                child = Child(self._limits)
            except OSError as error:
                raise EngineLost("The engine's process did not start.") from error
            self._children.add(child)
        return child

    def _discard(self, child: Child | None) -> None:
        if child is not None:
            child.kill()
            with self._lock:
                self._children.discard(child)


def _unfit(sql: str) -> tuple[Finding, ...]:
    """What keeps a text from being parsed at all."""
    if len(sql) > _LONGEST_SQL:
        message = f"The SQL has {len(sql)} characters; {_LONGEST_SQL} are allowed."
        return (FindingCode.SQL_CONSTRUCT_REFUSED.found(message, remedy="Ask in smaller parts."),)
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        message = f"Character {error.start + 1} of the SQL is no Unicode character."
        return (FindingCode.SQL_SYNTAX.found(message, remedy="Send text that is valid Unicode."),)
    return ()


def _answer(header: Mapping[str, Any], rows: bytes) -> ArrowResult | EngineError:
    """What the child's reply means; a reply that means nothing counts as a lost child."""
    try:
        if "columns" in header:
            columns = tuple(ResultColumn(str(name), str(kind)) for name, kind in header["columns"])
            return ArrowResult(columns, bool(header["truncated"]), rows)
        return _error(header)
    except (KeyError, TypeError, ValueError):
        return EngineLost()


def _error(header: Mapping[str, Any]) -> EngineError:
    if "refused" in header:
        return EngineRefused(findings=map(read_finding, header["refused"]))
    if "cancelled" in header:
        return EngineCancelled()
    error = (
        EngineMemory()
        if "memory" in header
        else EngineError("The SQL engine rejected the query.", findings=[read_finding(header["failed"])])
    )
    error.detail = str(header.get("detail", ""))
    return error


@cache
def _named_version() -> str:
    """Read once: each query asks for it."""
    return f"duckdb {version('duckdb')}"
