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
from catalog.domain.errors import PolicyUnavailable, PolicyUndefined, RuleFailed
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import PACKAGE, entrypoint, questions, violations_by
from catalog.policy.written import written

_MISSING: Final = "not a valid rule path"
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
        asked = [questions(bundle, view["domain"], view["kind"]) for view in views]
        inputs = [
            (json.dumps([*paths.values()]).encode(), written(view).text)
            for paths, view in zip(asked, views, strict=True)
        ]
        with self._worker(deadline_seconds) as worker:
            if not worker.holds(bundle.revision):
                modules = [*bundle.modules, entrypoint(bundle)]
                left = ends_at - time.monotonic()
                worker.load(bundle.revision, modules, bundle.data, _PROBE, deadline_seconds=left)
            left = ends_at - time.monotonic()
            answers = worker.query(bundle.revision, inputs, deadline_seconds=left)
        if len(answers) != len(views):
            raise PolicyUndefined(f"the policy engine gave {len(answers)} answers to {len(views)} questions")
        return [_violations(bundle, [*paths], answer) for paths, answer in zip(asked, answers, strict=True)]

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


def _violations(bundle: Bundle, rules: Sequence[str], answer: Sequence[tuple[bool, Any]]) -> list[Violation]:
    """What the rules found; raises `RuleFailed` where one could not be evaluated."""
    if len(answer) != len(rules):
        raise PolicyUndefined(f"the policy engine gave {len(answer)} answers for {len(rules)} rules")
    failed = {rule: text for rule, (succeeded, text) in zip(rules, answer, strict=True) if not succeeded}
    if failed:
        raise _failure(bundle, failed)
    pairs = zip(rules, answer, strict=True)
    return [one for rule, (_, raws) in pairs if raws != [] for one in violations_by(rule, raws)]


def _failure(bundle: Bundle, failed: Mapping[str, str]) -> PolicyUnavailable:
    """Of what failed by rule: a rule that is not there is undefined, any other could not be evaluated."""
    missing = [rule for rule, text in failed.items() if text.startswith(_MISSING)]
    if missing:
        return PolicyUndefined(f"the policy engine gave no answer for {', '.join(missing)}")
    modules = [rule.path for rule in bundle.rules if rule.id in failed]
    reason = reason_of(next(iter(failed.values())))
    return RuleFailed(f"a rule could not be evaluated: {reason}", modules=modules)
