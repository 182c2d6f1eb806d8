"""The embedded policy engine: Microsoft's regorus in worker processes of its own.

Regorus holds the interpreter's lock while it evaluates, cannot be stopped, ends the process on a recursion,
and must stay on the thread that made it. So it never runs in the process that serves.
"""

import queue
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final

from catalog.adapters.rego_process import RegoProcess, engine_version, reason_of
from catalog.domain.errors import BundleInvalid, PolicyUnavailable, PolicyUndefined, RuleFailed
from catalog.domain.finding import Finding, Place
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decision import Violation
from catalog.policy.entrypoint import PACKAGE, violations_by
from catalog.policy.merged import MergedBundle, alone, questions
from catalog.policy.written import written

_WHOLE: Final = "bundle.rego"
_AT: Final = re.compile(rf"\b{re.escape(_WHOLE)}:([0-9]+):([0-9]+)")
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
        inputs = [(one.paths, written(view).text) for one, view in zip(asked, views, strict=True)]
        with self._worker(deadline_seconds) as worker:
            if not worker.holds(bundle.revision):
                load(worker, bundle, deadline_seconds=ends_at - time.monotonic())
            left = ends_at - time.monotonic()
            answers = worker.query(bundle.revision, inputs, deadline_seconds=left)
        if len(answers) != len(views):
            raise PolicyUndefined(f"the policy engine gave {len(answers)} answers to {len(views)} questions")
        return [_violations(bundle, one.rules, answer) for one, answer in zip(asked, answers, strict=True)]

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


def load(worker: RegoProcess, bundle: Bundle, *, deadline_seconds: float) -> None:
    """Give a worker the bundle, to be asked by `questions`; raises `BundleInvalid` with places in its own files."""
    whole = alone(bundle)
    data: dict[str, Any] = whole.data
    for name in reversed(whole.data_path.split("/")):
        data = {name: data}
    try:
        module = Module(_WHOLE, whole.source)
        worker.load(bundle.revision, [module], data, _PROBE, deadline_seconds=deadline_seconds)
    except BundleInvalid as error:
        raise BundleInvalid(findings=[_in_its_file(whole, one) for one in error.findings]) from error


def _in_its_file(whole: MergedBundle, finding: Finding) -> Finding:
    place, message = finding.place, whole.told(finding.message)
    return replace(finding, message=message, place=whole.place(place.line, place.column))


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
    whole = alone(bundle)
    reason = _AT.sub(lambda at: _told(whole.place(int(at[1]), int(at[2]))), whole.told(_first_reason(failed)))
    return RuleFailed(f"a rule could not be evaluated: {reason}", modules=modules)


def _first_reason(failed: Mapping[str, str]) -> str:
    return reason_of(next(iter(failed.values())))


def _told(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"
