"""Quality runs with their results."""

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from uuid_utils import uuid7

from catalog.domain.errors import Conflict
from catalog.domain.identity import AssetKey
from catalog.quality.report import CheckResult, QualityReport
from catalog.store.plain import plain_findings
from catalog.store.repositories.assets import Assets
from catalog.store.tables.evidence import quality_results, quality_runs
from catalog.store.transaction import Transaction


def add_quality_run(
    transaction: Transaction, known: Assets, key: AssetKey, digest: str, report: QualityReport
) -> None:
    """Store a run over the content `digest`; raises `Conflict` when its id is taken."""
    run = {
        "id": str(uuid7()),
        "run_id": report.run_id,
        "asset_id": known.claim(key),
        "digest": digest,
        "passes": report.passes,
        "fingerprints": [list(pair) for pair in report.fingerprints],
        "engine": report.engine,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "scans": report.scans,
    }
    if not transaction.add(quality_runs, run):
        raise Conflict(f"The quality run {report.run_id} is already stored.")
    rows = [
        {"quality_run": run["id"], "position": position, **_result(result)}
        for position, result in enumerate(report.results)
    ]
    if rows:
        transaction.write(insert(quality_results), rows)


def _result(result: CheckResult) -> dict[str, Any]:
    measured = result.measured
    return {
        "check_id": result.check_id,
        "name": result.name,
        "check": result.check,
        "dataset": result.dataset,
        "column": result.column,
        "dimension": result.dimension,
        "severity": result.severity,
        "outcome": result.outcome,
        "measured": measured if measured is None or math.isfinite(measured) else None,
        "threshold": result.threshold,
        "row_count": result.row_count,
        "samples": [_sample(sample) for sample in result.samples],
        "finding": None if result.finding is None else plain_findings([result.finding])[0],
    }


def _sample(sample: Mapping[str, Any]) -> dict[str, Any]:
    """Values that JSON does not know (dates, decimals, infinities) are kept as their text."""
    return {
        str(name): value if isinstance(value, str | int | None) or _finite(value) else str(value)
        for name, value in sample.items()
    }


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
