"""Run the checks of a draft: locate, describe, plan, scan once, judge, and show what fails."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.domain.clock import Clock
from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.draft import ProductContent
from catalog.domain.errors import EngineError
from catalog.domain.finding import Finding
from catalog.domain.sql_engine import DataLocator, SqlEngine
from catalog.quality import verdict
from catalog.quality.check import Check, Fault, Observed, Unmeasured
from catalog.quality.checks.references import References
from catalog.quality.checks.sql import Sql
from catalog.quality.evidence import collect
from catalog.quality.execute import Execution, Obtained
from catalog.quality.located import LocatedData
from catalog.quality.plan import plan
from catalog.quality.ranges import integer_ranges
from catalog.quality.report import CheckResult, QualityReport
from catalog.quality.rules import checks_of
from catalog.quality.statements import Statements
from catalog.quality.table import Table, masked_columns


def run(
    content: ProductContent,
    *,
    engine: SqlEngine,
    locator: DataLocator,
    clock: Clock,
    related: Sequence[DataContract] = (),
    deadline_seconds: float,
) -> QualityReport:
    """Measure every check of the product's contracts on the data behind them.

    `related` are contracts whose objects people's SQL may read too. `deadline_seconds` is wall time for the
    whole run: what is not measured by then is an error result. Raises nothing for data or engine trouble;
    every check has exactly one result, in the order of the contract.
    """
    started = clock.now()
    statements = Statements(engine, deadline_seconds)
    data = LocatedData(locator, (*content.contracts, *related))
    inspection = _Inspection(statements, data, started)
    results = [result for contract in content.contracts for result in inspection.results(contract)]
    return QualityReport(
        run_id=str(uuid.uuid4()),
        results=tuple(results),
        fingerprints=data.fingerprints,
        engine=engine.version,
        started_at=started,
        finished_at=clock.now(),
        scans=statements.scans,
    )


@dataclass(frozen=True, slots=True)
class _Inspection:
    """One run: its statements, its data, and the instant that it calls now."""

    statements: Statements
    data: LocatedData
    now: datetime

    def results(self, contract: DataContract) -> Iterator[CheckResult]:
        """One result for each check of the contract, in their order."""
        checks = checks_of(contract, self.data.contracts)
        results = {
            one.id: verdict.unmeasured(one, one.measure)
            for one in checks
            if isinstance(one.measure, Unmeasured)
        }
        for item in contract.schema:
            measurable = [one for one in checks if one.dataset == item.name and one.id not in results]
            if measurable:
                results |= {result.check_id: result for result in self._object(contract, item, measurable)}
        return (results[check.id] for check in checks)

    def _object(
        self, contract: DataContract, item: SchemaObject, checks: Sequence[Check]
    ) -> Iterable[CheckResult]:
        protected = bool(masked_columns(item))
        dataset = self.data.dataset(contract, item)
        if isinstance(dataset, Finding):
            return [verdict.not_located(check, dataset) for check in checks]
        try:
            columns = self.statements.describe(dataset)
        except EngineError as error:
            return [verdict.not_measured(check, error, protected=protected) for check in checks]
        table = Table(item, replace(dataset, name=item.name), columns)
        return self._table(
            contract, replace(table, ranges=integer_ranges(table, checks, self.statements)), checks
        )

    def _table(self, contract: DataContract, table: Table, checks: Sequence[Check]) -> Iterator[CheckResult]:
        planned = plan(table, checks)
        execution = Execution(self.statements, self.now, lambda names: self.data.named(contract, names))
        obtained = execution.observe(planned)
        for check in checks:
            yield self._judged(check, obtained[check.id], table, execution)

    def _judged(self, check: Check, obtained: Obtained, table: Table, execution: Execution) -> CheckResult:
        measure = check.measure
        assert not isinstance(measure, Unmeasured)
        measured = measure.measurement(obtained) if isinstance(obtained, Observed) else obtained
        if isinstance(measured, Fault | EngineError):
            return verdict.not_measured(check, measured, protected=self._protects(check, table))
        assert isinstance(obtained, Observed)
        return verdict.judged(check, measured, obtained.row_count, lambda: collect(measure, table, execution))

    def _protects(self, check: Check, table: Table) -> bool:
        """Whether the engine's own words about the check may quote values that are not to be shown."""
        reads_others = isinstance(check.measure, References | Sql)
        everything = (item for contract in self.data.contracts for item in contract.schema)
        return any(map(masked_columns, everything if reads_others else (table.item,)))
