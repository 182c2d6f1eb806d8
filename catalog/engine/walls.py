"""Walls: what the operating system itself takes from a fenced process, beyond its limits of use.

Linux only, each as far as the kernel and the caller's rights allow. Raised before the engine is loaded,
because a namespace and Landlock bind only the calling thread and those it starts later.
"""

import ctypes
import os
from collections.abc import Callable
from typing import Final

_NOBODY: Final = 65534
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_KEEPCAPS: Final = 8
_PR_SET_NO_NEW_PRIVS: Final = 38
_CAPABILITY_VERSION: Final = 0x20080522
_CAP_DAC_READ_SEARCH: Final = 1 << 2
_CAP_SETGID: Final = 1 << 6
_CAP_SETUID: Final = 1 << 7
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_RESTRICT_SELF: Final = 446
_READING: Final = 0b1100  # read a file, list a directory
_SIGNALS_AND_SOCKETS: Final = 0b11
_TCP: Final = 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def raise_walls() -> tuple[str, ...]:
    """Confine this process for good; returns the walls that hold.

    `network`: an empty network namespace. `user`: not root; a process that was becomes nobody, who may read
    every file but owns none. `landlock`: no file is written, made, removed or executed, no TCP, no signals.
    """
    walls = {"network": _leave_network, "user": _become_nobody, "landlock": _lock_land}
    return tuple(name for name, wall in walls.items() if _stands(wall))


def _stands(wall: Callable[[], None]) -> bool:
    try:
        wall()
    except (OSError, AttributeError):  # not granted here, or another system's libc
        return False
    return True


def _leave_network() -> None:
    """A caller who is not root needs a user namespace for it, and gives its powers back at once."""
    if os.geteuid() == 0:
        _demand(_libc.unshare(_CLONE_NEWNET))
    else:
        _demand(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET))
        _keep_capabilities(0)


def _become_nobody() -> None:
    """Root's data stays readable: of all capabilities only the one to read is kept, or root stays root."""
    if os.geteuid() != 0:
        return
    _keep_capabilities(_CAP_DAC_READ_SEARCH | _CAP_SETGID | _CAP_SETUID)
    _demand(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    _keep_capabilities(_CAP_DAC_READ_SEARCH)


def _keep_capabilities(kept: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    effective_permitted_inherited = (ctypes.c_uint32 * 6)(kept, kept)
    _demand(_libc.capset(header, effective_permitted_inherited))


def _lock_land() -> None:
    """A ruleset that handles everything but reading and allows nothing of it."""
    _demand(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    version = _demand(_libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1))
    rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    ruleset = (ctypes.c_uint64 * 3)((1 << rights) - 1 & ~_READING, _TCP, _SIGNALS_AND_SOCKETS)
    size = 8 * (1 + (version >= 4) + (version >= 6))
    handle = _demand(_libc.syscall(_LANDLOCK_CREATE_RULESET, ruleset, size, 0))
    try:
        _demand(_libc.syscall(_LANDLOCK_RESTRICT_SELF, handle, 0))
    finally:
        os.close(handle)


def _demand(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused by the kernel")
    return answer
