"""A decision: the union of the violations that apply, joined with what the host knows about each rule.

Level, message, place and verdict are made here, for every engine alike. Without an answer that can be trusted
the verdict is `error`, which blocks like `deny`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import tee
from time import perf_counter
from typing import Any, Final

from uuid_utils import uuid7

from catalog.domain.draft import Draft
from catalog.domain.errors import BundleInvalid, CatalogError, PolicyUnavailable, PolicyUndefined
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.manifests.digest import canonical_json
from catalog.policy.bundle import Bundle, Rule
from catalog.policy.decision import Decision, EnforcementPoint, Violation, WaivedFinding
from catalog.policy.judgement import UNDECIDED, Judgement, judge_view, judgement_of, level_of
from catalog.policy.many import Answer, evaluate_many
from catalog.policy.place import place_at, places_of
from catalog.policy.ports import PolicyEngine
from catalog.policy.view import MeshFacts, view_of
from catalog.policy.waiver import Waiver, told
from catalog.policy.written import WrittenView, written

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
    waivers: tuple[Waiver, ...] = (),
    deadline_seconds: float,
) -> Decision:
    """What policy says about a draft at a point; never raises for an engine's trouble.

    `published_at` is when the asset was first published, None where it never was; see `in_grace`. `waivers` are
    those of the store that are approved for the asset, expired ones too.
    """
    started = perf_counter()
    view = WrittenView(view_of(draft, point, now=now, mesh=mesh, previous=previous))
    try:
        found: Judgement | CatalogError = judge_view(
            view,
            bundle=bundle.beside(waivers),
            engine=engine,
            now=now,
            published_at=published_at,
            deadline_seconds=deadline_seconds,
        )
    except (PolicyUnavailable, BundleInvalid) as error:
        found = error
    decision = decision_of(draft, view, found, bundle, engine.version, now=now, published_at=published_at)
    return replace(decision, waivers=waivers, latency_ms=1000 * (perf_counter() - started))


@dataclass(frozen=True, slots=True)
class Question:
    """A draft to decide about among many, with what `decide` is given about it."""

    draft: Draft
    previous: Draft | None = None
    published_at: datetime | None = None
    waivers: tuple[Waiver, ...] = ()


def decide_many(
    questions: Sequence[Question],
    point: EnforcementPoint,
    *,
    bundle: Bundle,
    engine: PolicyEngine,
    now: datetime,
    mesh: MeshFacts,
    deadline_seconds: float,
) -> Iterator[Decision]:
    """The same for each of many drafts, in order, in a few questions to the engine; latencies are not told.

    The deadline holds for each question to the engine.
    """
    asked, shown = tee(
        (one, WrittenView(view_of(one.draft, point, now=now, mesh=mesh, previous=one.previous)))
        for one in questions
    )
    answers = evaluate_many((view for _, view in shown), bundle, engine, deadline_seconds=deadline_seconds)
    for (one, view), answer in zip(asked, answers, strict=True):
        found = _judged(one, view, answer, bundle, now)
        decision = decision_of(
            one.draft, view, found, bundle, engine.version, now=now, published_at=one.published_at
        )
        yield replace(decision, waivers=one.waivers)


def _judged(
    one: Question, view: Mapping[str, Any], answer: Answer, bundle: Bundle, now: datetime
) -> Judgement | CatalogError:
    if isinstance(answer, CatalogError):
        return answer
    try:
        return judgement_of(
            view, answer, bundle=bundle.beside(one.waivers), now=now, published_at=one.published_at
        )
    except PolicyUndefined as error:
        return error


def decision_of(
    draft: Draft,
    view: Mapping[str, Any],
    found: Judgement | CatalogError,
    bundle: Bundle,
    engine: str,
    *,
    now: datetime,
    published_at: datetime | None = None,
) -> Decision:
    """The decision that a judgement of the view comes to, or the verdict `error` with what kept it from coming."""
    point = EnforcementPoint(view["point"])
    asked = written(view)
    judgement, waived, findings = UNDECIDED, tuple[WaivedFinding, ...](), tuple[Finding, ...]()
    if isinstance(found, CatalogError):
        findings = _no_decision(draft, found)
    else:
        judgement, waived = found, tuple(_waived(draft, point, found))
        findings = (*_findings(draft, point, found, found.counting), *map(_applied, waived), *found.notes)
    return Decision(
        decision_id=str(uuid7(nanoseconds=int(now.timestamp() * 1_000_000_000))),
        point=point,
        verdict=judgement.verdict,
        findings=findings,
        bundle_revision=bundle.revision,
        engine=engine,
        input_digest=asked.digest,
        decided_at=now,
        rules_evaluated=len(judgement.rules),
        waived=waived,
        violations=judgement.counting,
        result_digest=judgement.digest,
        published_at=published_at,
        view=asked.text,
    )


def _findings(
    draft: Draft, point: EnforcementPoint, found: Judgement, violations: Sequence[Violation]
) -> Iterator[Finding]:
    places = places_of(draft) if violations else {}
    asset = {"asset": draft.key.qualified_name, "kind": draft.key.kind.replace("_", " ")}
    for one in violations:
        rule = found.rules[one.id]
        level = level_of(rule, point)
        if level is not None:
            args = {**asset, **one.args}
            message, remedy = filled(rule.message, args) + _warned(rule), filled(rule.remediation, args)
            yield Finding(rule.id, message, remedy, level, place_at(places, one.path))


def _waived(draft: Draft, point: EnforcementPoint, found: Judgement) -> Iterator[WaivedFinding]:
    for violation, waiver in found.waived:
        for finding in _findings(draft, point, found, [violation]):
            yield WaivedFinding(finding, waiver.id, waiver.reason, waiver.expires, violation.path)


def _applied(one: WaivedFinding) -> Finding:
    message = f"{one.waiver} passes over {one.finding.code} until {told(one.expires)}: {one.finding.message}"
    return FindingCode.WAIVER_APPLIED.at(
        one.finding.place, message, remedy=one.finding.remedy, level=Level.INFO
    )


def _warned(rule: Rule) -> str:
    return f" This blocks from {rule.warned_until} on." if rule.warned_until else ""


def filled(template: str, args: Mapping[str, Any]) -> str:
    """The template with `{name}` replaced by the argument; a name without argument stays as it is."""
    # Split by a pattern with a group, what stands at odd places is the group: the names.
    parts = [*_split(template)]
    parts[1::2] = [_shown(args.get(name, f"{{{name}}}")) for name in parts[1::2]]
    return "".join(parts)


@lru_cache(maxsize=1_024)
def _split(template: str) -> tuple[str, ...]:
    return tuple(PLACEHOLDER.split(template))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    return canonical_json(value).decode()


def _no_decision(draft: Draft, error: CatalogError) -> tuple[Finding, ...]:
    undefined = isinstance(error, PolicyUndefined)
    code = FindingCode.POLICY_UNDEFINED if undefined else FindingCode.POLICY_UNAVAILABLE
    remedy = (
        error.remedy or "Mend the policy engine or the bundle and decide again; nothing passes without it."
    )
    message = f"No decision about {draft.key} came about: {error.message}."
    return (*error.findings, code.found(message, remedy=remedy))
