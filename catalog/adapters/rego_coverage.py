"""Which lines of a rule were reached for one view: the ground on which a violation is explained."""

from collections.abc import Mapping
from typing import Any

import orjson

from catalog.adapters.rego_process import RegoProcess
from catalog.policy.bundle import Bundle, Module


class RegoCoverage:
    """Evaluates single rules with coverage, in a worker of its own; `close` ends it."""

    def __init__(self, *, deadline_seconds: float, memory_mb: int = 256) -> None:
        self._deadline = deadline_seconds
        self._memory_mb = memory_mb

    def __call__(self, bundle: Bundle, module: Module, view: Mapping[str, Any]) -> frozenset[int]:
        """The lines of the module that were reached, from 1.

        Raises `BundleInvalid` when the module does not compile, `PolicyUnavailable` when no answer came.
        """
        rule = next(one for one in bundle.rules if one.path == module.path)
        asked = f"data.{rule.package}.violation"
        worker = RegoProcess(self._memory_mb)
        try:
            worker.load(
                module.path, [module], bundle.data, asked, deadline_seconds=self._deadline, coverage=True
            )
            question = orjson.dumps([asked]), orjson.dumps(dict(view))
            worker.query(module.path, [question], deadline_seconds=self._deadline)
            files = worker.coverage(module.path, deadline_seconds=self._deadline)
        finally:
            worker.close()
        return frozenset(line for file in files if file["path"] == module.path for line in file["covered"])
