"""The report as JSON; `report.schema.json` beside this file is its published form."""

import json
from typing import Any, Final

from catalog.domain.finding import Finding
from catalog.policy.report.model import JudgedAsset, Report

SCHEMA: Final = "concord.report/1"


def json_report(report: Report) -> str:
    """Everything that is known; what a later version adds leaves these keys as they are."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "tool": {"name": "concord", "version": report.version},
            "madeAt": report.made_at.isoformat(),
            "bundleRevision": report.bundle.revision,
            "passes": report.passes,
            "counts": report.counts(),
            "assets": [_asset(report, one) for one in report.assets],
            "findings": [_finding(report, one) for one in report.findings],
        },
        indent=2,
    )


def _asset(report: Report, asset: JudgedAsset) -> dict[str, Any]:
    decision = asset.decision
    return {
        "asset": str(asset.key),
        "version": asset.version,
        "decisionId": decision.decision_id,
        "point": decision.point.value,
        "verdict": decision.verdict.value,
        "engine": decision.engine,
        "inputDigest": decision.input_digest,
        "findings": [_finding(report, one) for one in asset.findings],
        "waived": [
            {
                "waiver": one.waiver,
                "reason": one.reason,
                "expires": one.expires.isoformat(),
                "finding": _finding(report, one.finding),
            }
            for one in decision.waived
        ],
    }


def _finding(report: Report, one: Finding) -> dict[str, Any]:
    place = one.place
    return {
        "code": one.code,
        "level": one.level.value,
        "message": one.message,
        "remedy": one.remedy,
        "file": report.file(place),
        "line": place.line,
        "column": place.column,
        "field": place.field,
    }
