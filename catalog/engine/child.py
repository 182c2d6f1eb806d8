"""A fenced child seen from its parent: asked, timed, killed."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import astuple
from multiprocessing import Pipe
from pathlib import Path
from threading import Lock
from typing import Any, Final

from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import EngineCancelled, EngineDeadline, EngineError, EngineLost
from catalog.engine.alarm import ALARMS, Alarm
from catalog.engine.limit import Limits

_BOOT: Final = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from catalog.engine.walls import raise_walls
walls = raise_walls()
from catalog.engine.fence import serve
serve(walls)
"""
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}  # no arenas in advance
_ROOT: Final = Path(__file__).resolve().parents[2]
_START_SECONDS: Final = 60.0
_HEADER_BYTES: Final = 16 << 20
_QUERIES: Final = 1000
_NONSENSE: Final = (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError)
_CPU_SECONDS: Final = 1200.0
_GRACE_SECONDS: Final = 0.5


class Child:
    """One process behind the fence. Not thread-safe: whoever took it from the pool has it alone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._asked = 0
        self._warm_mb = self._resident_mb = 0
        self._cpu_seconds = 0.0
        self._expired = self._cancelled = False
        self._speaking = Lock()
        self._walls: tuple[str, ...] = ()
        self._parent, theirs = Pipe()
        command = (sys.executable, "-I", "-B", "-c", _BOOT, str(_ROOT), *map(str, astuple(limits)))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own text
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_fit(self) -> bool:
        """Whether it lives and has not used so much that a fresh one is due."""
        return (
            not self._expired
            and self._process.poll() is None
            and self._asked < _QUERIES
            and self._cpu_seconds < _CPU_SECONDS
            and self._resident_mb - self._warm_mb < self._limits.memory_mb // 2
        )

    def walls(self) -> tuple[str, ...]:
        """Which walls hold; waits until the process is warm. Raises `EngineLost`."""
        if not self._walls:
            alarm = self._alarm(_START_SECONDS)
            try:
                self._walls = tuple(map(str, self._header()["walls"]))
                self._warm_mb = self._resident_mb
            except _NONSENSE as error:
                self.kill()
                raise EngineLost("The engine's process did not start.") from error
            finally:
                alarm.cancel()
        return self._walls

    def ask(
        self, request: bytes, deadline_seconds: float, cancellation: Cancellation
    ) -> tuple[dict[str, Any], bytes]:
        """The reply's header and rows, within the deadline from now on.

        A query that is cancelled is interrupted, and the process lives on; where it does not answer soon, it is
        ended. Raises `EngineDeadline`, `EngineCancelled`, or `EngineLost` where the process died or spoke
        nonsense.
        """
        self.walls()
        self._asked += 1
        self._cancelled = False
        alarms = [self._alarm(deadline_seconds)]
        try:
            self._say(request)
            with cancellation.telling(lambda: alarms.append(self._interrupted())):
                return self._reply()
        except _NONSENSE as error:
            lost = self._lost()
            self.kill()
            raise lost from error
        except KeyboardInterrupt:  # whoever interrupts leaves a reply behind that nobody may read
            self.kill()
            raise
        finally:
            for alarm in alarms:
                alarm.cancel()

    def end(self) -> None:
        """Tell the system to end the process; safe from any thread."""
        self._process.kill()

    def kill(self) -> None:
        """End the process and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._parent.close()

    def _say(self, message: bytes) -> None:
        with self._speaking:
            self._parent.send_bytes(message)

    def _interrupted(self) -> Alarm:
        """Tell the process to end its query; the alarm ends the process itself."""
        self._cancelled = True
        with suppress(OSError):
            self._say(b"")
        return self._alarm(_GRACE_SECONDS)

    def _lost(self) -> EngineError:
        if self._cancelled:
            return EngineCancelled()
        return EngineDeadline() if self._expired else EngineLost()

    def _reply(self) -> tuple[dict[str, Any], bytes]:
        header = self._header()
        return header, self._parent.recv_bytes(self._most_bytes) if "columns" in header else b""

    def _header(self) -> dict[str, Any]:
        header: dict[str, Any] = json.loads(self._parent.recv_bytes(_HEADER_BYTES))
        self._resident_mb, self._cpu_seconds = int(header["resident_mb"]), float(header["cpu_seconds"])
        return header

    @property
    def _most_bytes(self) -> int:
        return (self._limits.result_mb << 20) * 2

    def _alarm(self, seconds: float) -> Alarm:
        return ALARMS.set(seconds, self._expire)

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()
