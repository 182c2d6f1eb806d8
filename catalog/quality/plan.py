"""The plan of one table: one fused scan for all checks that can share it, and what must run apart, with why.

Pure: nothing is run here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from catalog.quality.check import Check, Fault, Measure, Request, Unmeasured
from catalog.quality.table import Table


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check with what it asks of the engine."""

    check: Check
    measure: Measure
    request: Request


@dataclass(frozen=True, slots=True)
class FusedScan:
    """One SELECT that reads each needed column once; aggregates that checks share are computed once."""

    table: Table
    checks: tuple[PlannedCheck, ...]

    @property
    def sql(self) -> str:
        """The statement: the number of rows, then every distinct aggregate."""
        named = [exp.alias_(aggregate, name) for name, aggregate in self._columns().values()]
        return exp.select(*named).from_(self.table.relation).sql("duckdb")

    def answers(self, row: Sequence[Any]) -> tuple[int, dict[str, Mapping[str, Any]]]:
        """The row count, and by check id the aggregates under the names that the check gave them."""
        values = dict(zip(self._columns(), row, strict=True))
        answers: dict[str, Mapping[str, Any]] = {
            planned.check.id: {name: values[_text(sql)] for name, sql in planned.request.aggregates.items()}
            for planned in self.checks
        }
        return int(values[_text(_row_count())]), answers

    def halves(self) -> tuple["FusedScan", "FusedScan"]:
        """The same scan in two, for finding the check that breaks it."""
        middle = len(self.checks) // 2
        return FusedScan(self.table, self.checks[:middle]), FusedScan(self.table, self.checks[middle:])

    def _columns(self) -> dict[str, tuple[str, exp.Expr]]:
        asked = (sql for planned in self.checks for sql in planned.request.aggregates.values())
        distinct = {_text(sql): sql for sql in (_row_count(), *asked)}
        return {text: (f"a{number}", sql) for number, (text, sql) in enumerate(distinct.items())}


@dataclass(frozen=True, slots=True)
class TablePlan:
    """Everything that will be asked about one table.

    `scan` is None where no check needs one. `described` are answered by the table's description, `faults`
    cannot be asked at all.
    """

    table: Table
    scan: FusedScan | None = None
    apart: tuple[PlannedCheck, ...] = ()
    described: tuple[PlannedCheck, ...] = ()
    faults: Mapping[str, Fault] = field(default_factory=dict)

    def explain(self) -> Iterator[str]:
        """What runs and why, a line for each statement and each fault."""
        if self.scan:
            names = ", ".join(planned.check.id for planned in self.scan.checks)
            yield f"one scan of {self.table.dataset.name} for {names}: {self.scan.sql}"
        for planned in self.apart:
            yield f"apart {planned.check.id}, {planned.request.reason}: {planned.request.statement}"
        for planned in self.described:
            yield f"from the description {planned.check.id}"
        for identity, fault in self.faults.items():
            yield f"not asked {identity}: {fault.message}"


def plan(table: Table, checks: Iterable[Check]) -> TablePlan:
    """Plan the checks that have a measure; the others need no engine."""
    planned: list[PlannedCheck] = []
    faults: dict[str, Fault] = {}
    for check in checks:
        if isinstance(check.measure, Unmeasured):
            continue
        request = _absent(table, check) or check.measure.request(table)
        if isinstance(request, Fault):
            faults[check.id] = request
        else:
            planned.append(PlannedCheck(check, check.measure, request))
    fused = tuple(one for one in planned if one.request.aggregates)
    return TablePlan(
        table,
        scan=FusedScan(table, fused) if fused else None,
        apart=tuple(one for one in planned if one.request.statement),
        described=tuple(one for one in planned if not (one.request.statement or one.request.aggregates)),
        faults=faults,
    )


def _absent(table: Table, check: Check) -> Fault | None:
    absent = [column for column in check.measure.columns if not table.has(column)]
    return Fault(f"the data has no column {', '.join(absent)}", "deliver the column") if absent else None


def _row_count() -> exp.Expr:
    return exp.Count(this=exp.Star())


def _text(aggregate: exp.Expr) -> str:
    return aggregate.sql("duckdb")
