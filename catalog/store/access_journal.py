"""Reads are logged before they are answered, and reads that end together share one synced commit.

Whoever comes while nobody writes, writes at once; whoever comes while somebody writes joins the next batch, which
the first of them writes for all. There is no queue that could be lost with lines in hand: nobody is let through
before the commit of its own batch has come back. What came of a read that was logged before its answer is told
without waiting: it goes with the next batch, and soon by itself.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock, Timer
from typing import Final

from catalog.access.access_event import AccessEvent, ReadOutcome
from catalog.domain.errors import CatalogError, StoreUnavailable

Write = Callable[[Sequence[AccessEvent], Sequence[ReadOutcome]], None]
_SOON_SECONDS: Final = 0.2
_WRITERS: Final = 16


class AccessJournal:
    """Appends events through `write`, which returns once they are durable; safe to share between threads."""

    def __init__(self, write: Write, *, soon_seconds: float = _SOON_SECONDS) -> None:
        self._write = write
        self._soon_seconds = soon_seconds
        self._joining = Lock()
        self._writing = Lock()
        self._next = _Batch()
        self._is_due = False
        self._writers = ThreadPoolExecutor(_WRITERS, "access-log")

    def begin(self, events: Sequence[AccessEvent]) -> "Future[None]":
        """Append on another thread; the result comes, or is raised, as from `append`."""
        return self._writers.submit(self._begun, events)

    def append(self, events: Sequence[AccessEvent]) -> None:
        """Return once the events are durable.

        Raises what `write` raises, and then they may not be. What the store cannot hold fails alone: the
        others of its batch are written apart.
        """
        batch = self._joined(events)
        with self._writing:
            if not batch.is_closed:
                self._closed(batch).settle(self._write)
            if batch.fault is None:
                return
            if batch.members == 1 or isinstance(batch.fault, StoreUnavailable):
                raise _same(batch.fault) from batch.fault
            self._write(events, ())

    def tell(self, outcome: ReadOutcome) -> None:
        """Keep what came of a read, and return at once; it is lost if the process dies within moments."""
        with self._joining:
            self._next.outcomes.append(outcome)
        self._flush_soon()

    def flush(self) -> None:
        """Write what is told so far."""
        with self._writing:
            self._closed(self._next).settle(self._write)

    def close(self) -> None:
        """Let everybody end who is under way, and write what was told."""
        self._writers.shutdown()
        self.flush()

    def _begun(self, events: Sequence[AccessEvent]) -> None:
        self.append(events)
        self._flush_soon()  # here nobody waits for the timer to start

    def _flush_soon(self) -> None:
        with self._joining:
            is_due, self._is_due = self._is_due, True
        if not is_due:
            timer = Timer(self._soon_seconds, self._flush_when_due)
            timer.daemon = True
            timer.start()

    def _flush_when_due(self) -> None:
        with self._joining:
            self._is_due = False
        self.flush()

    def _joined(self, events: Sequence[AccessEvent]) -> "_Batch":
        with self._joining:
            self._next.members += 1
            self._next.events += events
            return self._next

    def _closed(self, batch: "_Batch") -> "_Batch":
        """The batch, which nobody joins any more."""
        with self._joining:
            self._next = _Batch()
        batch.is_closed = True
        return batch


class _Batch:
    """Events that are written together; without a `fault` they are durable once the batch was settled."""

    def __init__(self) -> None:
        self.events: list[AccessEvent] = []
        self.outcomes: list[ReadOutcome] = []
        self.members = 0
        self.is_closed = False
        self.fault: CatalogError | None = None

    def settle(self, write: Write) -> None:
        if not self.events and not self.outcomes:
            return
        self.fault = (
            StoreUnavailable()
        )  # until the commit comes back: whatever ends it, nobody is let through
        try:
            write(self.events, self.outcomes)
        except CatalogError as error:
            self.fault = error
            if self.events and self.outcomes and not isinstance(error, StoreUnavailable):
                with suppress(CatalogError):  # a line that the store cannot hold takes no outcome with it
                    write((), self.outcomes)
        else:
            self.fault = None


def _same(fault: CatalogError) -> CatalogError:
    """A fresh error of that kind; an error is raised once."""
    return type(fault)(fault.message, findings=fault.findings, remedy=fault.remedy)
