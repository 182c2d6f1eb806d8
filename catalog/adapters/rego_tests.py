"""Runs the tests that stand beside the rules, in a worker as policies themselves run."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from catalog.adapters.rego_process import RegoProcess, reason_of
from catalog.domain.finding import Place
from catalog.policy.bundle import Bundle, Module
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.ports import RegoTestResult, RuleCoverage

_PACKAGE: Final = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_TEST: Final = re.compile(r"^(test_\w+)", re.MULTILINE)


def run_rego_tests(
    bundle: Bundle, tests: Sequence[Module], *, deadline_seconds: float, memory_mb: int = 256
) -> tuple[RegoTestResult, ...]:
    """Every rule of the test modules whose name begins with `test_`, in the order of their files.

    Raises `BundleInvalid` when a module does not compile, `PolicyUnavailable` when the tests as a whole run
    past the deadline or end the worker.
    """
    with _tested(bundle, tests, deadline_seconds, memory_mb, coverage=False) as (results, _):
        return results


def run_rego_coverage(
    bundle: Bundle, tests: Sequence[Module], *, deadline_seconds: float, memory_mb: int = 256
) -> tuple[tuple[RegoTestResult, ...], tuple[RuleCoverage, ...]]:
    """The same, with what the tests reached of each rule's file, by path."""
    with _tested(bundle, tests, deadline_seconds, memory_mb, coverage=True) as (results, worker):
        files = worker.coverage(bundle.revision, deadline_seconds=deadline_seconds)
    rules = {module.path for module in bundle.modules}
    found = (
        RuleCoverage(one["path"], tuple(sorted(one["covered"])), tuple(sorted(one["not_covered"])))
        for one in files
        if one["path"] in rules
    )
    return results, tuple(sorted(found, key=lambda one: one.path))


@contextmanager
def _tested(
    bundle: Bundle, tests: Sequence[Module], deadline_seconds: float, memory_mb: int, *, coverage: bool
) -> Iterator[tuple[tuple[RegoTestResult, ...], RegoProcess]]:
    ends_at = time.monotonic() + deadline_seconds
    named = [(rule, place) for module in tests for rule, place in _tests_in(module)]
    worker = RegoProcess(memory_mb)
    try:
        worker.load(
            bundle.revision,
            [*bundle.modules, entrypoint(bundle), *tests],
            bundle.data,
            f"data.{PACKAGE}.revision",
            deadline_seconds=deadline_seconds,
            coverage=coverage,
        )
        left = ends_at - time.monotonic()
        question = json.dumps([rule for rule, _ in named]).encode(), b"{}"
        [answers] = worker.query(bundle.revision, [question], deadline_seconds=left)
        pairs = zip(named, answers, strict=True)
        yield tuple(_result(rule, place, *answer) for (rule, place), answer in pairs), worker
    finally:
        worker.close()


def _tests_in(module: Module) -> list[tuple[str, Place]]:
    package = _PACKAGE.search(module.source)
    assert package, "a bundle's test modules declare their package"
    found: dict[str, Place] = {}
    for test in _TEST.finditer(module.source):
        line = module.source.count("\n", 0, test.start()) + 1
        found.setdefault(f"data.{package[1]}.{test[1]}", Place(module.path, line, 1))
    return list(found.items())


def _result(rule: str, place: Place, evaluated: bool, value: Any) -> RegoTestResult:
    passed = evaluated and value is True
    return RegoTestResult(rule.removeprefix("data."), place, passed, "" if evaluated else reason_of(value))
