"""The report in the shape of the Kubernetes PolicyReport (`wgpolicyk8s.io/v1alpha2`), as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import Verdict
from catalog.policy.report.model import JudgedAsset, Report

_SEVERITIES: Final = {
    Level.ERROR: "high",
    Level.FUTURE_ERROR: "medium",
    Level.WARNING: "medium",
    Level.INFO: "info",
}


def policy_report(report: Report) -> str:
    """One result for each finding and for each rule that an asset satisfies, with the summary."""
    results = [
        *_results_of_documents(report),
        *(one for asset in report.assets for one in _asset(report, asset)),
    ]
    counted = Counter(one["result"] for one in results)
    return json.dumps(
        {
            "apiVersion": "wgpolicyk8s.io/v1alpha2",
            "kind": "PolicyReport",
            "metadata": {
                "name": "concord-check",
                "annotations": {"bundle-revision": report.bundle.revision},
            },
            "summary": {name: counted[name] for name in ("pass", "fail", "warn", "error", "skip")},
            "results": results,
        },
        indent=2,
    )


def _results_of_documents(report: Report) -> Iterator[dict[str, Any]]:
    for one in report.findings:
        yield _result(report, "", one.code, "fail" if one.blocks else "warn", one)


def _asset(report: Report, asset: JudgedAsset) -> Iterator[dict[str, Any]]:
    broken = asset.decision.verdict is Verdict.ERROR
    name, waived = str(asset.key), [one.finding for one in asset.decision.waived]
    found = {one.code for one in (*asset.findings, *waived)}
    for one in waived:
        yield _result(report, name, one.code, "skip", one)
    for one in asset.findings:
        if one.code == FindingCode.WAIVER_APPLIED.name:
            continue
        outcome = ("error" if broken else "fail") if one.blocks else "warn"
        yield _result(report, name, one.code, outcome, one)
    for rule in report.rules_of(asset):
        if rule.id not in found:
            yield _result(report, name, rule.id, "pass", Finding(rule.id, rule.title, "", rule.severity))


def _result(report: Report, asset: str, code: str, outcome: str, one: Finding) -> dict[str, Any]:
    categories = {rule.id: rule.category for rule in report.bundle.rules}
    properties = {"file": report.file(one.place), "line": str(one.place.line or ""), "remedy": one.remedy}
    result: dict[str, Any] = {
        "source": "concord",
        "policy": categories.get(code) or "documents",
        "rule": code,
        "category": categories.get(code) or "documents",
        "severity": _SEVERITIES[one.level],
        "result": outcome,
        "scored": one.blocks,
        "message": one.message,
        "properties": {name: value for name, value in properties.items() if value},
        "timestamp": {"seconds": int(report.made_at.timestamp()), "nanos": 0},
    }
    if asset:
        kind, _, named = asset.partition(":")
        result["resources"] = [{"apiVersion": "concord/v1", "kind": kind, "name": named}]
    return result
