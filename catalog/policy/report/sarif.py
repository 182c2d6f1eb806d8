"""The report as SARIF 2.1.0, which code hosts show beside the lines of a change."""

import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import WaivedFinding
from catalog.policy.report.model import Report, fingerprints, title_of
from catalog.policy.waiver import told

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {
    Level.ERROR: "error",
    Level.FUTURE_ERROR: "warning",
    Level.WARNING: "warning",
    Level.INFO: "note",
}
_FINGERPRINT: Final = "concord/v1"


def sarif(report: Report) -> str:
    """One run; each result has the rule's own id, its place in the YAML, and a fingerprint that lasts."""
    found = [(asset, one) for asset, one in report.all() if one.code != FindingCode.WAIVER_APPLIED.name]
    waived = {
        len(found) + at: one
        for at, one in enumerate(one for asset in report.assets for one in asset.decision.waived)
    }
    found += [(str(asset.key), one.finding) for asset in report.assets for one in asset.decision.waived]
    rules = _rules(report, (one for _, one in found))
    index = {rule["id"]: at for at, rule in enumerate(rules)}
    results = [
        _result(report, asset, one, index[one.code], fingerprint) | _suppressed(waived.get(at))
        for at, ((asset, one), fingerprint) in enumerate(zip(found, fingerprints(found), strict=True))
    ]
    driver = {"name": "concord", "version": report.version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "concord/check/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": _came_about(report), "endTimeUtc": _utc(report)}],
        "properties": {"bundleRevision": report.bundle.revision},
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _came_about(report: Report) -> bool:
    return all(one.decision.verdict.value != "error" for one in report.assets)


def _utc(report: Report) -> str:
    return report.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rules(report: Report, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Every rule of the bundle, then the codes of the host that were found."""
    rules = [
        _descriptor(report, rule.id, rule.title, rule.remediation, rule.severity)
        for rule in report.bundle.rules
    ]
    known = {rule.id for rule in report.bundle.rules}
    others = {one.code: one for one in findings if one.code not in known}
    return rules + [
        _descriptor(report, code, title_of(code, report.bundle), one.remedy, one.level)
        for code, one in sorted(others.items())
    ]


def _descriptor(report: Report, code: str, title: str, remedy: str, level: Level) -> dict[str, Any]:
    descriptor: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": title},
        "help": {"text": remedy},
        "defaultConfiguration": {"level": _LEVELS[level]},
    }
    if report.rules_url and any(rule.id == code for rule in report.bundle.rules):
        descriptor["helpUri"] = f"{report.rules_url}#{code.lower()}"
    return descriptor


def _result(report: Report, asset: str, one: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _LEVELS[one.level],
        "message": {"text": f"{one.message} {one.remedy}"},
        "locations": _locations(report, asset, one),
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }


def _suppressed(one: WaivedFinding | None) -> dict[str, Any]:
    """What marks a result as waived; a report without waivers says nothing of them."""
    if one is None:
        return {}
    until = f"{one.waiver} until {told(one.expires)}: {one.reason}"
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": until}]}


def _locations(report: Report, asset: str, one: Finding) -> list[dict[str, Any]]:
    location: dict[str, Any] = {}
    if one.place.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(report.file(one.place))}}
        if one.place.line:
            physical["region"] = {"startLine": one.place.line, "startColumn": one.place.column or 1}
        location["physicalLocation"] = physical
    if asset:
        location["logicalLocations"] = [{"fullyQualifiedName": asset, "kind": "resource"}]
    return [location] if location else []
