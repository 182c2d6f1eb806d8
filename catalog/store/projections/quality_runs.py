"""Quality runs with the results of their checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select

from catalog.domain.finding import Level
from catalog.domain.identity import AssetKey, AssetKind
from catalog.quality.report import CheckResult, Outcome, QualityDimension, QualityReport
from catalog.store.plain import findings_of
from catalog.store.repositories.assets import is_asset
from catalog.store.tables.assets import assets, versions
from catalog.store.tables.evidence import quality_results, quality_runs


@dataclass(frozen=True, slots=True)
class QualityRunRow:
    """A run over one content of one asset."""

    cursor: str
    key: AssetKey
    digest: str
    report: QualityReport


@dataclass(frozen=True, slots=True)
class QualityRuns:
    """Runs with all their results, newest first: of an asset, of a published version of it, or one by its id.

    `limit` counts runs.
    """

    key: AssetKey | None = None
    version: str = ""
    run_id: str = ""
    domains: frozenset[str] | None = None
    after: str = ""
    limit: int = 20

    def statement(self) -> Select[Any]:
        """A page of runs, joined with the results of each."""
        page = self._page().subquery("page")
        return (
            select(page, quality_results)
            .outerjoin(quality_results, quality_results.c.quality_run == page.c.id)
            .order_by(page.c.id.desc(), quality_results.c.position)
        )

    def _page(self) -> Select[Any]:
        query = select(quality_runs, assets.c.kind, assets.c.domain, assets.c.name.label("asset_name"))
        query = query.join(assets).order_by(quality_runs.c.id.desc()).limit(self.limit)
        if self.key is not None:
            query = query.where(is_asset(self.key))
        if self.version:
            published = select(versions.c.quality_run_id).where(
                versions.c.asset_id == quality_runs.c.asset_id, versions.c.version == self.version
            )
            query = query.where(quality_runs.c.run_id.in_(published))
        if self.run_id:
            query = query.where(quality_runs.c.run_id == self.run_id)
        if self.domains is not None:
            query = query.where(assets.c.domain.in_(self.domains))
        return query.where(quality_runs.c.id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[QualityRunRow, ...]:
        """Consecutive rows of one run belong together."""
        return tuple(_run(list(group)) for _, group in groupby(rows, key=lambda row: row.id))


def _run(rows: list[Row[Any]]) -> QualityRunRow:
    first = rows[0]
    report = QualityReport(
        run_id=first.run_id,
        results=tuple(_result(row) for row in rows if row.position is not None),
        fingerprints=tuple((name, fingerprint) for name, fingerprint in first.fingerprints),
        engine=first.engine,
        started_at=first.started_at,
        finished_at=first.finished_at,
        scans=first.scans,
    )
    key = AssetKey(AssetKind(first.kind), first.domain, first.asset_name)
    return QualityRunRow(first.id, key, first.digest, report)


def _result(row: Row[Any]) -> CheckResult:
    return CheckResult(
        check_id=row.check_id,
        name=row.name,
        check=row.check,
        dataset=row.dataset,
        column=row.column,
        dimension=QualityDimension(row.dimension),
        severity=Level(row.severity),
        outcome=Outcome(row.outcome),
        measured=row.measured,
        threshold=row.threshold,
        row_count=row.row_count,
        samples=tuple(row.samples),
        finding=None if row.finding is None else findings_of([row.finding])[0],
    )
