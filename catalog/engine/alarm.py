"""Deadlines: one thread keeps those of all children, because a thread for each costs as much as a small query."""

import heapq
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import Final


class Alarm:
    """What is done at an instant, unless it is cancelled before."""

    def __init__(self, at: float, act: Callable[[], object], changing: Condition) -> None:
        self.at = at
        self._act: Callable[[], object] | None = act
        self._changing = changing

    @property
    def is_pending(self) -> bool:
        """Whether it may still go off."""
        return self._act is not None

    def cancel(self) -> None:
        """Once this returns it does not go off any more; nothing happens where it went off before."""
        with self._changing:
            self._act = None

    def go_off(self) -> None:
        """Act, once; for the keeper alone, who holds the lock."""
        act, self._act = self._act, None
        if act is not None:
            with suppress(OSError):  # the process was gone already
                act()


class Alarms:
    """Safe to share between threads; the keeper starts with the first alarm, and again should it ever end."""

    def __init__(self) -> None:
        self._changing = Condition()
        self._order = count()
        self._due: list[tuple[float, int, Alarm]] = []
        self._keeper: Thread | None = None

    def set(self, seconds: float, act: Callable[[], object]) -> Alarm:
        """`act`, which must come back at once, is called that many seconds from now."""
        alarm = Alarm(monotonic() + seconds, act, self._changing)
        with self._changing:
            heapq.heappush(self._due, (alarm.at, next(self._order), alarm))
            if self._keeper is None or not self._keeper.is_alive():
                self._keeper = Thread(target=self._keep, name="alarms", daemon=True)
                self._keeper.start()
            elif self._due[0][2] is alarm:  # else the keeper wakes up in time: most are cancelled long before
                self._changing.notify()
        return alarm

    def _keep(self) -> None:
        with self._changing:
            while True:
                self._changing.wait(self._until_next())

    def _until_next(self) -> float | None:
        """Let go off what is due; seconds until the next one, None where there is none."""
        while self._due:
            at, _, alarm = self._due[0]
            left = at - monotonic()
            if alarm.is_pending and left > 0:
                return left
            heapq.heappop(self._due)
            alarm.go_off()
        return None


ALARMS: Final = Alarms()
