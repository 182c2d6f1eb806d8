"""What domains tighten: `domains/<domain>/tighten.json`, an object of rule ids.

`{"ORG-DSC-002": {"enforcement": {"publish": "deny"}, "severity": "error"}}`; `parameters` beside them are
read by `parameter.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.manifests.loader import read_yaml
from catalog.manifests.yaml_document import YamlDocument
from catalog.policy.bundle import Rule, Tightening
from catalog.policy.decision import Enforcement, EnforcementPoint
from catalog.policy.federation import GRAVITY, loosened_points
from catalog.policy.parameter import KEY
from catalog.policy.source import PolicyFile

_KEYS = {"enforcement", "severity"}


def read_tightenings(
    files: Iterable[PolicyFile], rules: Iterable[Rule]
) -> tuple[tuple[Tightening, ...], tuple[Finding, ...]]:
    """The tightenings of all domains; whatever would loosen is refused."""
    known = {rule.id: rule for rule in rules if not rule.domain}
    tightenings: list[Tightening] = []
    findings: list[Finding] = []
    for file in files:
        document, found = read_yaml(file.document)
        findings += found
        entries = document.value if document and isinstance(document.value, dict) else {}
        if document and entries is not document.value:
            findings.append(_invalid(document, "", "This is no object of rule ids."))
        for rule_id, asked in entries.items():
            assert document is not None
            if rule_id == KEY:
                continue
            faults = list(_faults(document, rule_id, asked, known))
            findings += faults
            if not faults:
                tightenings.append(_tightening(file.domain, rule_id, asked))
    return tuple(tightenings), tuple(findings)


def _tightening(domain: str, rule_id: str, asked: Mapping[str, Any]) -> Tightening:
    return Tightening(domain, rule_id, _enforcement(asked), Level(asked.get("severity", Level.INFO)))


def _enforcement(asked: Mapping[str, Any]) -> dict[EnforcementPoint, Enforcement]:
    given = asked.get("enforcement", {})
    return {EnforcementPoint(point): Enforcement(value) for point, value in given.items()}


def _faults(document: YamlDocument, rule_id: str, asked: Any, known: Mapping[str, Rule]) -> Iterator[Finding]:
    pointer = f"/{rule_id}"
    if rule_id not in known:
        yield _invalid(document, pointer, f"{rule_id} is no rule of the organisation.")
    elif not _is_well_formed(asked):
        yield _invalid(document, pointer, f"{rule_id} is tightened in a way that cannot be read.")
    else:
        yield from _loosened(document, known[rule_id], asked)


def _is_well_formed(asked: Any) -> bool:
    if not isinstance(asked, dict) or not asked or not asked.keys() <= _KEYS:
        return False
    enforcement = asked.get("enforcement", {})
    return (
        isinstance(enforcement, dict)
        and enforcement.keys() <= set(EnforcementPoint)
        and all(value in tuple(Enforcement) for value in enforcement.values())
        and asked.get("severity", Level.INFO) in GRAVITY
    )


def _loosened(document: YamlDocument, rule: Rule, asked: Mapping[str, Any]) -> Iterator[Finding]:
    for point in loosened_points(rule, _enforcement(asked)):
        message = f"{rule.id} is {rule.enforcement[point]} at {point} for the whole organisation."
        yield _refused(document, f"/{rule.id}/enforcement/{point}", message)
    severity = Level(asked.get("severity", rule.severity))
    if GRAVITY.index(severity) < GRAVITY.index(rule.severity):
        message = f"{rule.id} has severity {rule.severity} for the whole organisation."
        yield _refused(document, f"/{rule.id}/severity", message)


def _refused(document: YamlDocument, pointer: str, message: str) -> Finding:
    remedy = "Ask for more, never for less; or leave it out."
    return FindingCode.POLICY_LOOSENED.at(document.place(pointer), message, remedy=remedy)


def _invalid(document: YamlDocument, pointer: str, message: str) -> Finding:
    remedy = f"Name a rule with {' or '.join(sorted(_KEYS))}, as in policies/README.md."
    return FindingCode.POLICY_DATA_INVALID.at(document.place(pointer), message, remedy=remedy)
