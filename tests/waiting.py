"""Waiting for what must come, however busy the machine: no test sleeps and hopes, and none is timed."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 300.0
"""Seconds after which what a test waits for will not come; a deadline of as much is never reached."""
PATIENT = {
    name: str(PATIENCE) for name in ("CONCORD_POLICY_DEADLINE_SECONDS", "CONCORD_ENGINE_DEADLINE_SECONDS")
}
"""Settings of a command that has time on the busiest machine; a test of a deadline sets its own."""
_AT_WORK = 20


def until(holds: Callable[[], object]) -> None:
    """Comes back once the condition holds; fails after `PATIENCE`."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def until_at_work(pid: int) -> None:
    """Comes back once the process has worked a fifth of a second more: what it was asked is under way."""
    before = _ticks(pid)
    until(lambda: _ticks(pid) > before + _AT_WORK)


def is_gone(pid: int) -> bool:
    """Whether the process has ended, reaped or not."""
    try:
        return _fields(pid)[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def _ticks(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[11]) + int(fields[12])


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
