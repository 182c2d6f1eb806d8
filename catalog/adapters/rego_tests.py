"""Runs the tests that stand beside the rules, in a worker as policies themselves run."""

import json
import re
import time
from collections.abc import Sequence
from typing import Final

from catalog.adapters.rego_process import RegoProcess, reason_of
from catalog.domain.finding import Place
from catalog.policy.bundle import Bundle, Module
from catalog.policy.entrypoint import PACKAGE, entrypoint
from catalog.policy.ports import RegoTestResult

_PACKAGE: Final = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_TEST: Final = re.compile(r"^(test_\w+)", re.MULTILINE)


def run_rego_tests(
    bundle: Bundle, tests: Sequence[Module], *, deadline_seconds: float, memory_mb: int = 256
) -> tuple[RegoTestResult, ...]:
    """Every rule of the test modules whose name begins with `test_`, in the order of their files.

    Raises `BundleInvalid` when a module does not compile, `PolicyUnavailable` when the tests as a whole run
    past the deadline or end the worker.
    """
    ends_at = time.monotonic() + deadline_seconds
    named = [(rule, place) for module in tests for rule, place in _tests_in(module)]
    worker = RegoProcess(memory_mb)
    try:
        modules, probe = [*bundle.modules, entrypoint(bundle), *tests], f"data.{PACKAGE}.revision"
        worker.load(bundle.revision, modules, bundle.data, probe, deadline_seconds=deadline_seconds)
        left = ends_at - time.monotonic()
        answers = worker.query(bundle.revision, [rule for rule, _ in named], [b"{}"], deadline_seconds=left)
    finally:
        worker.close()
    return tuple(_result(rule, place, *answer) for (rule, place), answer in zip(named, answers, strict=True))


def _tests_in(module: Module) -> list[tuple[str, Place]]:
    package = _PACKAGE.search(module.source)
    assert package, "a bundle's test modules declare their package"
    found: dict[str, Place] = {}
    for test in _TEST.finditer(module.source):
        line = module.source.count("\n", 0, test.start()) + 1
        found.setdefault(f"data.{package[1]}.{test[1]}", Place(module.path, line, 1))
    return list(found.items())


def _result(rule: str, place: Place, evaluated: bool, text: str) -> RegoTestResult:
    passed = evaluated and json.loads(text) is True
    return RegoTestResult(rule.removeprefix("data."), place, passed, "" if evaluated else reason_of(text))
