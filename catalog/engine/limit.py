"""Limits: how much one fenced process may use."""

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CPU_SECONDS: Final = 3600
_OPEN_FILES: Final = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child process gets.

    `memory_mb` is the address space that queries may add to the warm process. `threads` is per query.
    `result_mb` bounds the bytes of one answer.
    """

    memory_mb: int = 2048
    threads: int = 2
    result_mb: int = 256

    @property
    def engine_memory_mb(self) -> int:
        """What the engine plans with; the rest is head-room for what it does not count."""
        return self.memory_mb * 3 // 4


def limit_resources(limits: Limits) -> None:
    """Cap this process for good, when it is warm: memory counts from what it holds now.

    CPU time adds up over the life of a process, so its cap is for the whole life: the pool replaces a child
    long before, and the deadline of one query is the parent's to keep. The cap ends orphans. No file may
    grow, so nothing is spilled to disk: what does not fit into memory is refused.
    """
    space = _memory_pages(0) * resource.getpagesize() + (limits.memory_mb << 20)
    for kind, cap in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        hard = resource.getrlimit(kind)[1]
        granted = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(kind, (granted, granted))


def resident_mb() -> int:
    """Memory that this process holds, in MiB."""
    return _memory_pages(1) * resource.getpagesize() >> 20


def cpu_seconds() -> float:
    """Processor time that this process has used."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def _memory_pages(column: int) -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[column])
