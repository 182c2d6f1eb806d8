"""A decision: the union of the violations that apply, joined with what the host knows about each rule.

Level, message, place and verdict are made here, for every engine alike. Without an answer that can be trusted
the verdict is `error`, which blocks like `deny`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from uuid_utils import uuid7

from catalog.domain.draft import Draft
from catalog.domain.errors import BundleInvalid, PolicyUnavailable, PolicyUndefined
from catalog.domain.finding import Finding, Level, blocking
from catalog.domain.finding_code import FindingCode
from catalog.manifests.digest import canonical_json, digest_of
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import (
    Decision,
    Enforcement,
    EnforcementPoint,
    Verdict,
    Violation,
    WaivedFinding,
)
from catalog.policy.federation import rules_for
from catalog.policy.grace import in_grace
from catalog.policy.place import place_at, places_of
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import MeshFacts, view_of
from catalog.policy.waiver import Waived, apply_waivers, told

PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_]+)\}")


def decide(
    draft: Draft,
    point: EnforcementPoint,
    *,
    bundle: Bundle,
    engine: PolicyEngine,
    now: datetime,
    mesh: MeshFacts,
    previous: Draft | None = None,
    published_at: datetime | None = None,
    deadline_seconds: float,
) -> Decision:
    """What policy says about a draft at a point; never raises for an engine's trouble.

    `published_at` is when the asset was first published, None where it never was; see `in_grace`.
    """
    view = view_of(draft, point, now=now, mesh=mesh, previous=previous)
    rules = {
        rule.id: in_grace(rule, point, now, published_at)
        for rule in rules_for(bundle, draft.key.domain, draft.key.kind)
    }
    try:
        answers = engine.evaluate(bundle, [view], deadline_seconds=deadline_seconds)
        found = apply_waivers(
            _distinct(rules, answers),
            bundle.waivers,
            asset=str(draft.key),
            owner=view["asset"]["owner"],
            now=now,
        )
        waived = tuple(_waived(draft, point, rules, found))
        findings = (*_findings(draft, point, rules, found.counting), *map(_applied, waived), *found.findings)
        verdict = Verdict.DENY if blocking(findings) else Verdict.ALLOW
    except (PolicyUnavailable, BundleInvalid) as error:
        findings, waived, verdict = _no_decision(error), (), Verdict.ERROR
    return Decision(
        decision_id=str(uuid7(nanoseconds=int(now.timestamp() * 1_000_000_000))),
        point=point,
        verdict=verdict,
        findings=findings,
        bundle_revision=bundle.revision,
        engine=engine.version,
        input_digest=digest_of(view),
        decided_at=now,
        rules_evaluated=0 if verdict is Verdict.ERROR else len(rules),
        waived=waived,
    )


def _distinct(rules: Mapping[str, Rule], answers: Sequence[Sequence[Violation]]) -> list[Violation]:
    """Each violation once, by rule and path."""
    if len(answers) != 1:
        raise PolicyUndefined(f"the policy engine gave {len(answers)} answers to one question")
    found = {(one.id, one.path, canonical_json(one.args)): one for one in answers[0]}
    unknown = sorted({rule_id for rule_id, _, _ in found}.difference(rules))
    if unknown:
        raise PolicyUndefined(
            f"the policy engine names {', '.join(unknown)}, which does not judge this asset"
        )
    return [found[key] for key in sorted(found)]


def _findings(
    draft: Draft, point: EnforcementPoint, rules: Mapping[str, Rule], violations: Sequence[Violation]
) -> Iterator[Finding]:
    places = places_of(draft) if violations else {}
    asset = {"asset": draft.key.qualified_name, "kind": draft.key.kind.replace("_", " ")}
    for one in violations:
        rule = rules[one.id]
        level = level_of(rule, point)
        if level is not None:
            args = {**asset, **one.args}
            message, remedy = filled(rule.message, args) + _warned(rule), filled(rule.remediation, args)
            yield Finding(rule.id, message, remedy, level, place_at(places, one.path))


def _waived(
    draft: Draft, point: EnforcementPoint, rules: Mapping[str, Rule], found: Waived
) -> Iterator[WaivedFinding]:
    for violation, waiver in found.waived:
        for finding in _findings(draft, point, rules, [violation]):
            yield WaivedFinding(finding, waiver.id, waiver.reason, waiver.expires)


def _applied(one: WaivedFinding) -> Finding:
    message = f"{one.waiver} passes over {one.finding.code} until {told(one.expires)}: {one.finding.message}"
    return FindingCode.WAIVER_APPLIED.at(
        one.finding.place, message, remedy=one.finding.remedy, level=Level.INFO
    )


def _warned(rule: Rule) -> str:
    return f" This blocks from {rule.warned_until} on." if rule.warned_until else ""


def level_of(rule: Rule, point: EnforcementPoint) -> Level | None:
    """How a violation shows at a point: `deny` blocks whatever the severity, `off` does not show."""
    match rule.enforcement[point]:
        case Enforcement.DENY:
            return Level.ERROR
        case Enforcement.WARN:
            return Level.INFO if rule.severity is Level.INFO else Level.WARNING
    return None


def filled(template: str, args: Mapping[str, Any]) -> str:
    """The template with `{name}` replaced by the argument; a name without argument stays as it is."""
    return PLACEHOLDER.sub(lambda found: _shown(args.get(found[1], found[0])), template)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    return value if isinstance(value, str) else canonical_json(value).decode()


def _no_decision(error: PolicyUnavailable | BundleInvalid) -> tuple[Finding, ...]:
    undefined = isinstance(error, PolicyUndefined)
    code = FindingCode.POLICY_UNDEFINED if undefined else FindingCode.POLICY_UNAVAILABLE
    remedy = (
        error.remedy or "Mend the policy engine or the bundle and decide again; nothing passes without it."
    )
    return (*error.findings, code.found(f"No decision came about: {error.message}.", remedy=remedy))
