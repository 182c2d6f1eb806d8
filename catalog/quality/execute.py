"""Carry out the plan of one table; one check's error is never another's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineError, EngineMemory, EngineRefused
from catalog.domain.finding import Finding
from catalog.quality.check import Fault, Observed
from catalog.quality.plan import FusedScan, PlannedCheck, TablePlan
from catalog.quality.statements import Statements

Obtained = Observed | Fault | EngineError
"""What was observed for a check, or what kept it from being observed."""

_ANSWER_ROWS = 2  # one is right, two tell that there are more


@dataclass(frozen=True, slots=True)
class Execution:
    """Runs statements; `named` finds the data behind relation names."""

    statements: Statements
    now: datetime
    named: Callable[[Sequence[str]], tuple[Dataset, ...] | Finding]

    def observe(self, plan: TablePlan) -> dict[str, Obtained]:
        """By check id, for every check of the plan."""
        obtained: dict[str, Obtained] = dict(plan.faults)
        for planned in plan.described:
            obtained[planned.check.id] = Observed(plan.table, self.now)
        if plan.scan is not None:
            obtained |= self._scan(plan.scan)
        for planned in plan.apart:
            scanned = obtained.get(planned.check.id, Observed(plan.table, self.now))
            obtained[planned.check.id] = self._apart(planned, scanned)
        return obtained

    def _scan(self, scan: FusedScan) -> Mapping[str, Obtained]:
        """One statement; if it fails for its content it is halved until the failing checks stand alone."""
        try:
            (row,) = self.statements.rows(scan.sql, (scan.table.dataset,), row_limit=1)
        except EngineError as error:
            if len(scan.checks) == 1 or not _lies_in_the_statement(error):
                return {planned.check.id: error for planned in scan.checks}
            first, second = scan.halves()
            return {**self._scan(first), **self._scan(second)}
        row_count, answers = scan.answers(row)
        return {
            identity: Observed(scan.table, self.now, aggregates, row_count=row_count)
            for identity, aggregates in answers.items()
        }

    def _apart(self, planned: PlannedCheck, scanned: Obtained) -> Obtained:
        if not isinstance(scanned, Observed):
            return scanned
        request, own = planned.request, scanned.table.dataset
        answer = self.rows(request.statement, own, request.reads, row_limit=_ANSWER_ROWS)
        return replace(scanned, answer=answer) if isinstance(answer, tuple) else answer

    def rows(
        self, sql: str, own: Dataset, reads: Sequence[str], *, row_limit: int
    ) -> tuple[tuple[Any, ...], ...] | Fault | EngineError:
        """The rows of a statement over a dataset and the objects named in `reads`."""
        others = self.named([name for name in reads if name.lower() != own.name.lower()])
        if isinstance(others, Finding):
            return Fault(others.message, others.remedy)
        try:
            return self.statements.rows(sql, (own, *others), row_limit=row_limit)
        except EngineError as error:
            return error


def _lies_in_the_statement(error: EngineError) -> bool:
    """Whether less of the statement may fare better; over time and a lost process it would not."""
    return type(error) in {EngineError, EngineMemory, EngineRefused}
