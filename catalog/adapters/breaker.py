"""A circuit breaker: who does not answer is left alone for a while, then asked once before all ask again."""

import threading
import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 3
REST_SECONDS: Final = 5.0


class Breaker:
    """Counts failures in a row; safe to share between threads.

    Closed, everyone may ask. After `failures` in a row it is open and nobody may. Once it has rested, one may:
    their success closes it, their failure lets it rest again.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._rest_seconds = rest_seconds
        self._now = now
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._rests_until = 0.0

    def may_ask(self) -> bool:
        """Whether to ask now; of several who come as the rest ends, one may."""
        with self._lock:
            if self._in_a_row < self._failures:
                return True
            if self._now() < self._rests_until:
                return False
            self._rests_until = self._now() + self._rest_seconds
            return True

    def succeeded(self) -> None:
        """They answered, whatever they said."""
        with self._lock:
            self._in_a_row = 0

    def failed(self) -> None:
        """They did not answer."""
        with self._lock:
            self._in_a_row += 1
            self._rests_until = self._now() + self._rest_seconds
