"""Reads are logged before they are answered, and reads that end together share one synced commit.

Whoever comes while nobody writes, writes at once; whoever comes while somebody writes joins the next batch, which
the first of them writes for all. There is no thread that could die with lines in hand, and no line that waits for
others: nobody is let through before the commit of its own batch has come back.
"""

from collections.abc import Callable, Sequence
from threading import Lock

from catalog.access.access_event import AccessEvent
from catalog.domain.errors import CatalogError, StoreUnavailable

Write = Callable[[Sequence[AccessEvent]], None]


class AccessJournal:
    """Appends events through `write`, which returns once they are durable; safe to share between threads."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._joining = Lock()
        self._writing = Lock()
        self._next = _Batch()

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
            self._write(events)

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
        self.members = 0
        self.is_closed = False
        self.fault: CatalogError | None = None

    def settle(self, write: Write) -> None:
        self.fault = (
            StoreUnavailable()
        )  # until the commit comes back: whatever ends it, nobody is let through
        try:
            write(self.events)
        except CatalogError as error:
            self.fault = error
        else:
            self.fault = None


def _same(fault: CatalogError) -> CatalogError:
    """A fresh error of that kind; an error is raised once."""
    return type(fault)(fault.message, findings=fault.findings, remedy=fault.remedy)
