"""What was read of the store, read once for each of its states.

Every change of what is served or settled is a link of the audit chain, so the hash at its head names the state.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

T = TypeVar("T")
_KEPT: Final = 4096


class Remembered:
    """Shared by all units of a store, between threads; forgets everything when the store has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = ""
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def found(self, state: str, key: Hashable, read: Callable[[], T]) -> T:
        """What was read under the key in this very state, else what `read` finds now."""
        with self._lock:
            if state == self._state and key in self._known:
                return self._known[key]  # type: ignore[no-any-return]
        value = read()
        with self._lock:
            if state != self._state:
                self._state = state
                self._known.clear()
            self._known[key] = value
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return value
