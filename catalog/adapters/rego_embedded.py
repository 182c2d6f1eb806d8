"""The embedded policy engine: Microsoft's regorus in worker processes of its own.

Regorus holds the interpreter's lock while it evaluates, cannot be stopped, ends the process on a recursion,
and must stay on the thread that made it. So it never runs in the process that serves.
"""

import json
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from catalog.adapters.rego_process import RegoProcess, engine_version, reason_of
from catalog.domain.errors import PolicyUnavailable, PolicyUndefined
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import PACKAGE, entrypoint, violations_of

_ANSWER: Final = f"data.{PACKAGE}.answer"
_PROBE: Final = f"data.{PACKAGE}.revision"


class EmbeddedRego:
    """A `PolicyEngine` without a server; safe to use from many threads.

    Workers are started at once and in the background; a worker that fails is replaced at its next use.
    `memory_mb` is what one worker may use beyond its own code.
    """

    def __init__(self, *, workers: int = 1, memory_mb: int = 256) -> None:
        self.version = engine_version()
        self._memory_mb = memory_mb
        self._closed = False
        self._idle: queue.LifoQueue[RegoProcess] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(RegoProcess(memory_mb))

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        """The violations of each view; the deadline holds for all of them together, waiting included."""
        ends_at = time.monotonic() + deadline_seconds
        inputs = [json.dumps(view, allow_nan=False).encode() for view in views]
        with self._worker(deadline_seconds) as worker:
            if not worker.holds(bundle.revision):
                modules = [*bundle.modules, entrypoint(bundle)]
                left = ends_at - time.monotonic()
                worker.load(bundle.revision, modules, bundle.data, _PROBE, deadline_seconds=left)
            answers = worker.query(
                bundle.revision, [_ANSWER], inputs, deadline_seconds=ends_at - time.monotonic()
            )
        if len(answers) != len(views):
            raise PolicyUndefined(f"the policy engine gave {len(answers)} answers to {len(views)} questions")
        return [
            violations_of(bundle, view, _evaluated(*answer))
            for view, answer in zip(views, answers, strict=True)
        ]

    def close(self) -> None:
        """End the workers that are idle now, and each other one as soon as it has answered."""
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    @contextmanager
    def _worker(self, deadline_seconds: float) -> Iterator[RegoProcess]:
        if self._closed:
            raise PolicyUnavailable("the policy engine is closed")
        try:
            worker = self._idle.get(timeout=deadline_seconds)
        except queue.Empty as error:
            raise PolicyUnavailable("all policy workers are busy", remedy="Try again later.") from error
        try:
            if not worker.is_alive:
                worker.close()
                worker = RegoProcess(self._memory_mb)
            yield worker
        finally:
            self._idle.put(worker)
            if self._closed:
                self.close()


def _evaluated(succeeded: bool, text: str) -> object:
    if not succeeded:
        raise PolicyUnavailable(f"a rule could not be evaluated: {reason_of(text)}")
    return json.loads(text)
