"""Quality runs as the schema shows them: every check with what it measured."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from catalog.domain.finding import Level
from catalog.quality.report import CheckResult as DomainResult
from catalog.quality.report import Outcome, QualityDimension
from catalog.serving.graphql.types.finding import Finding, finding_of
from catalog.serving.graphql.types.scalar import Count
from catalog.store.projections.quality_runs import QualityRunRow


@strawberry.type(description="One check's verdict.")
class CheckResult:
    """Measured value against threshold, with samples of failing rows for those who keep the product."""

    id: str
    name: str
    check: str
    dataset: str
    column: str
    dimension: QualityDimension
    severity: Level
    outcome: Outcome
    measured: float | None
    threshold: str
    row_count: Count | None
    samples: list[JSON]
    finding: Finding | None


@strawberry.type(description="How many checks of a dimension passed, of those that were measured.")
class DimensionScore:
    """A dimension without a check is absent, never perfect."""

    dimension: QualityDimension
    passed: int
    measured: int


@strawberry.type(description="All results of one run over one content of one product.")
class QualityRun:
    """A quality run."""

    id: str
    asset: str
    digest: str
    passes: bool
    engine: str
    scans: int
    started_at: datetime
    finished_at: datetime
    dimensions: list[DimensionScore]
    results: list[CheckResult]


def run_of(row: QualityRunRow, *, with_samples: bool) -> QualityRun:
    """The run as the schema shows it; rows of data only where the actor keeps the product."""
    report = row.report
    return QualityRun(
        id=report.run_id,
        asset=str(row.key),
        digest=row.digest,
        passes=report.passes,
        engine=report.engine,
        scans=report.scans,
        started_at=report.started_at,
        finished_at=report.finished_at,
        dimensions=[
            DimensionScore(dimension=dimension, passed=passed, measured=measured)
            for dimension, (passed, measured) in sorted(report.by_dimension().items())
        ],
        results=[_result_of(one, with_samples=with_samples) for one in report.results],
    )


def _result_of(result: DomainResult, *, with_samples: bool) -> CheckResult:
    return CheckResult(
        id=result.check_id,
        name=result.name,
        check=result.check,
        dataset=result.dataset,
        column=result.column,
        dimension=result.dimension,
        severity=result.severity,
        outcome=result.outcome,
        measured=result.measured,
        threshold=result.threshold,
        row_count=None if result.row_count is None else Count(result.row_count),
        samples=[JSON(one) for one in result.samples] if with_samples else [],
        finding=None if result.finding is None else finding_of(result.finding),
    )
