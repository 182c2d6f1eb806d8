"""Answers that were computed once: kept in this process, bounded in bytes, never older than their key.

What makes two questions the same is the caller's matter: everything that decides the answer stands in the key.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from catalog.domain.sql_engine import SqlResult

_OVERHEAD_BYTES: Final = 2048


@dataclass(frozen=True, slots=True)
class ComputedResult:
    """A result with when it was computed, and how many milliseconds the engine took."""

    result: SqlResult
    at: datetime
    milliseconds: float


class ResultCache:
    """The results asked for last; safe to share between threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._lock = Lock()
        self._results: OrderedDict[Hashable, ComputedResult] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """What the results take, keys estimated."""
        return self._held

    def get(self, key: Hashable) -> ComputedResult | None:
        """The result of exactly this question."""
        with self._lock:
            found = self._results.get(key)
            if found is not None:
                self._results.move_to_end(key)
            return found

    def put(self, key: Hashable, computed: ComputedResult) -> None:
        """Keep a result; the ones that nobody asked for longest go, and one that is too large is not kept."""
        size = _bytes_of(computed)
        if size > self._most:
            return
        with self._lock:
            replaced = self._results.pop(key, None)
            self._held += size - (0 if replaced is None else _bytes_of(replaced))
            self._results[key] = computed
            while self._held > self._most:
                self._held -= _bytes_of(self._results.popitem(last=False)[1])


def _bytes_of(computed: ComputedResult) -> int:
    return len(computed.result.arrow_ipc) + _OVERHEAD_BYTES
