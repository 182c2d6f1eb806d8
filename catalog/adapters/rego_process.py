"""The worker's other end: starts it, asks it within a deadline, and ends it when it does not answer.

A worker is fenced: no environment, no working folder, no inherited descriptors, bounded memory. Whatever
happens in it, the process that asks gets `PolicyUnavailable` and goes on.
"""

import json
import math
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.domain.finding import Finding, Place
from catalog.domain.finding_code import FindingCode
from catalog.policy.bundle import Module

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
_HEADER: Final = struct.Struct("<I")
KEPT: Final = 3  # bundles in one worker: what is in force, what is in shadow, what is tried
_SCRIPT: Final = Path(__file__).with_name("rego_worker.py")
# Else the allocator reserves a gibibyte of addresses in advance, which no limit on memory can tell from use.
_ENVIRONMENT: Final = {"MIMALLOC_ARENA_RESERVE": "0"}


class RegoProcess:
    """One worker process, in a session of its own; used by one thread at a time, dead after a failure."""

    def __init__(self, memory_mb: int) -> None:
        self._loaded: list[str] = []
        self.is_alive = True
        command = [sys.executable, "-I", "-S", "-B", str(_SCRIPT), str(_packages()), str(memory_mb)]
        self._socket, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own script under our own interpreter
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            self._socket.close()
            raise PolicyUnavailable("the policy engine's process could not be started") from error
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The process id, for those who watch or test it."""
        return self._process.pid

    def holds(self, revision: str) -> bool:
        """Whether this bundle is loaded; it then stays longer than others."""
        if revision not in self._loaded:
            return False
        self._loaded.remove(revision)
        self._loaded.append(revision)
        return True

    def load(
        self,
        revision: str,
        modules: Sequence[Module],
        data: object,
        probe: str,
        *,
        deadline_seconds: float,
        coverage: bool = False,
    ) -> None:
        """Load a bundle, in place of the one longest unused; raises `BundleInvalid` with the compiler's words."""
        self._loaded = [one for one in self._loaded if one != revision][1 - KEPT :]
        bundle = {
            "name": revision,
            "keep": self._loaded,
            "modules": [[module.path, module.source] for module in modules],
            "data": data,
            "probe": probe,
            "coverage": coverage,
        }
        verdict, *reason = self._ask([b"load", json.dumps(bundle).encode()], deadline_seconds)
        if verdict != b"loaded":
            raise BundleInvalid(findings=[_compiler_finding(reason[0].decode())])
        self._loaded.append(revision)

    def query(
        self, revision: str, questions: Sequence[tuple[bytes, bytes]], *, deadline_seconds: float
    ) -> list[list[tuple[bool, Any]]]:
        """For each pair of rules and input, both JSON, of each rule: whether it was evaluated, and to what.

        What stands in for a rule that could not be evaluated is the reason.
        """
        seconds = b"%d" % math.ceil(deadline_seconds)
        frames = [frame for question in questions for frame in question]
        answer = self._ask([b"query", seconds, revision.encode(), *frames], deadline_seconds)
        return [json.loads(one) for one in answer]

    def coverage(self, revision: str, *, deadline_seconds: float) -> list[dict[str, Any]]:
        """Of each module of a bundle that was loaded with coverage, the lines that were and were not reached."""
        [report] = self._ask([b"coverage", revision.encode()], deadline_seconds)
        files: list[dict[str, Any]] = json.loads(report)["files"]
        return files

    def close(self) -> None:
        """End the process."""
        self.is_alive = False
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _ask(self, frames: Sequence[bytes], deadline_seconds: float) -> list[bytes]:
        ends_at = time.monotonic() + deadline_seconds
        self.is_alive = False  # until the whole answer is here: half an answer must not be taken for the next
        try:
            self._send(frames, ends_at)
            answer = self._receive(ends_at)
        except TimeoutError as error:
            self.close()
            raise PolicyUnavailable(
                f"the policy engine gave no answer within {deadline_seconds:.1f} s and was ended"
            ) from error
        except OSError as error:
            self.close()
            raise PolicyUnavailable(
                "the policy engine's process ended before it answered",
                remedy="Decide again; a rule that asks for too much memory ends it every time.",
            ) from error
        self.is_alive = True
        return answer

    def _send(self, frames: Sequence[bytes], ends_at: float) -> None:
        message = [_HEADER.pack(len(frames))]
        for frame in frames:
            message += [_HEADER.pack(len(frame)), frame]
        self._wait_until(ends_at)
        self._socket.sendall(b"".join(message))

    def _receive(self, ends_at: float) -> list[bytes]:
        count = _HEADER.unpack(self._read(_HEADER.size, ends_at))[0]
        frames, left = [], MAX_ANSWER_BYTES
        for _ in range(count):
            size = _HEADER.unpack(self._read(_HEADER.size, ends_at))[0]
            left -= size
            if left < 0:
                raise OSError("the answer is larger than an answer may be")
            frames.append(self._read(size, ends_at))
        return frames

    def _read(self, size: int, ends_at: float) -> bytes:
        parts = []
        while size:
            self._wait_until(ends_at)
            part = self._socket.recv(min(size, 1 << 20))
            if not part:
                raise ConnectionError("the stream ended")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait_until(self, ends_at: float) -> None:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def engine_version() -> str:
    """`regorus 0.13.0`, read off the installed package's folder; `regorus` where that does not tell."""
    found = sorted(_packages().glob("gordon_to_regorus-*.dist-info"))
    return " ".join(["regorus", *(one.name.removesuffix(".dist-info").split("-")[1] for one in found[:1])])


def reason_of(text: str) -> str:
    """An engine error in one line: what and where, without the trace of its own code."""
    lines = text.split("\n\nStack backtrace", 1)[0].strip().splitlines()
    kept = [line.strip() for line in lines if line.startswith(("-->", "error"))] or lines[:1]
    return ": ".join(kept).replace("--> ", "").replace("error: ", "")


def _packages() -> Path:
    spec = find_spec("regorus")
    if spec is None or spec.origin is None:
        raise PolicyUnavailable(
            "the embedded policy engine is not installed", remedy="Install gordon-to-regorus."
        )
    return Path(spec.origin).parent.parent


def _compiler_finding(text: str) -> Finding:
    reason = reason_of(text)
    path, _, rest = reason.partition(":")
    line, _, rest = rest.partition(":")
    column, _, words = rest.partition(":")
    known = line.isdecimal() and column.isdecimal()
    place = Place(path, int(line), int(column)) if known else Place()
    message = f"The rule does not compile: {words.strip() if known else reason}."
    return FindingCode.POLICY_RULE_INVALID.at(place, message, remedy="Mend the Rego at this position.")
