"""Cancellation: whoever asked says that nobody waits for the answer any more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Cancellation:
    """Said once and for good, from any thread; what runs on its behalf is told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: list[Callable[[], object]] = []
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether it was said."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self._is_cancelled = True
            for tell in self._told:
                tell()

    @contextmanager
    def telling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Within the block `tell` is called when it is said, at once where it was; never after the block.

        `tell` must come back at once.
        """
        with self._lock:
            self._told.append(tell)
            if self._is_cancelled:
                tell()
        try:
            yield
        finally:
            with self._lock:
                self._told.remove(tell)
