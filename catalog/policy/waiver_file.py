"""Reads waivers: `waivers/*.yaml` beside the rules, a mapping of ids.

`W-0007: {rule: ORG-PRV-002, asset: "data_product:sales.customers", reason: …, ticket: …, requestedBy: …,
approvedBy: …, created: 2026-11-01T00:00:00Z, expires: 2026-12-01T00:00:00Z}`, and `path` where only a part of
the asset is meant. Instants are in UTC.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.manifests.loader import read_yaml
from catalog.manifests.yaml_document import YamlDocument
from catalog.policy.bundle import Rule
from catalog.policy.source import PolicyFile
from catalog.policy.waiver import Waiver

# How many days a waiver may last where `params/waivers.json` says nothing else, by the rule's severity.
MAXIMUM_DAYS: Final[Mapping[Level, int]] = {Level.ERROR: 90, Level.WARNING: 180, Level.INFO: 365}
_REQUIRED: Final = ("rule", "asset", "reason", "ticket", "requestedBy", "approvedBy", "created", "expires")
_KEYS: Final = {*_REQUIRED, "path"}
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def read_waivers(
    files: Iterable[PolicyFile], rules: Iterable[Rule], data: Mapping[str, Any]
) -> tuple[tuple[Waiver, ...], tuple[Finding, ...]]:
    """All waivers, and everything that is wrong with them; an expired one is no fault here."""
    known = {rule.id: rule for rule in rules}
    limits = maximum_days(data)
    waivers: dict[str, Waiver] = {}
    findings: list[Finding] = []
    for file in files:
        document, found = read_yaml(file.document)
        findings += found
        entries = document.value if document and isinstance(document.value, dict) else {}
        if document and entries is not document.value:
            findings.append(_invalid(document, "", "This is no mapping of waivers by their ids."))
        for name in entries:
            assert document is not None
            faults = list(_faults(document, name, known, limits))
            if name in waivers:
                faults.append(_invalid(document, f"/{name}", f"{name} is given to two waivers."))
            findings += faults
            if not faults:
                waivers[name] = _waiver(document, name)
    return tuple(waivers.values()), tuple(findings)


def maximum_days(data: Mapping[str, Any]) -> dict[Level, int]:
    """How many days a waiver may last at most by this bundle's `data`, by the rule's severity."""
    declared = data["org"]["params"].get("waivers", {}).get("maximum_days_by_severity", {})
    return {level: int(declared.get(level.value, days)) for level, days in MAXIMUM_DAYS.items()}


def _faults(
    document: YamlDocument, name: str, rules: Mapping[str, Rule], limits: Mapping[Level, int]
) -> Iterator[Finding]:
    entry, pointer = document.value[name], f"/{name}"
    if not isinstance(entry, dict):
        yield _invalid(document, pointer, f"{name} is no mapping.")
        return
    missing = [key for key in _REQUIRED if not document.text(f"{pointer}/{key}").strip()]
    if missing:
        yield _invalid(document, pointer, f"{name} does not declare {', '.join(missing)}.")
    for key in sorted(set(entry) - _KEYS):
        yield _invalid(document, f"{pointer}/{key}", f"`{key}` is not known here.")
    if not missing:
        yield from _wrong(document, name, rules, limits)


def _wrong(
    document: YamlDocument, name: str, rules: Mapping[str, Rule], limits: Mapping[Level, int]
) -> Iterator[Finding]:
    pointer, rule = f"/{name}", rules.get(document.text(f"/{name}/rule"))
    if rule is None:
        yield _invalid(document, f"{pointer}/rule", f"{name} is for a rule that is not there.")
    try:
        AssetKey.parse(document.text(f"{pointer}/asset"))
    except UsageError as error:
        yield _invalid(document, f"{pointer}/asset", f"{error.message}.")
    if document.text(f"{pointer}/requestedBy") == document.text(f"{pointer}/approvedBy"):
        yield _invalid(document, f"{pointer}/approvedBy", f"{name} is approved by who asked for it.")
    created, expires = (_instant(document.text(f"{pointer}/{key}")) for key in ("created", "expires"))
    if created is None or expires is None:
        yield _invalid(document, f"{pointer}/expires", f"{name} has times that are no instants in UTC.")
    elif expires <= created:
        yield _invalid(document, f"{pointer}/expires", f"{name} ends before it begins.")
    elif rule and expires - created > timedelta(days=limits[rule.severity]):
        most = f"{limits[rule.severity]} days are the most for severity {rule.severity}."
        yield _invalid(document, f"{pointer}/expires", f"{name} lasts too long; {most}")


def _waiver(document: YamlDocument, name: str) -> Waiver:
    given = {key: document.text(f"/{name}/{key}").strip() for key in _KEYS}
    created, expires = _instant(given["created"]), _instant(given["expires"])
    assert created is not None, "faults were looked for before"
    assert expires is not None, "faults were looked for before"
    return Waiver(
        id=name,
        rule=given["rule"],
        asset=given["asset"],
        reason=given["reason"],
        ticket=given["ticket"],
        requested_by=given["requestedBy"],
        approved_by=given["approvedBy"],
        created=created,
        expires=expires,
        path=given["path"].rstrip("/"),
        place=document.place(f"/{name}"),
    )


def _instant(text: str) -> datetime | None:
    if not _INSTANT.match(text):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _invalid(document: YamlDocument, pointer: str, message: str) -> Finding:
    remedy = f"A waiver declares {', '.join(_REQUIRED)}; instants are written as 2026-12-01T00:00:00Z."
    return FindingCode.WAIVER_INVALID.at(document.place(pointer), message, remedy=remedy)
