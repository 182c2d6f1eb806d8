"""The gate: a pure function of one frozen snapshot, which names every reason at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from catalog.access.sign_off import governance_of
from catalog.domain.draft import ProductContent
from catalog.domain.finding import NOWHERE, Finding, Level, Place, blocking
from catalog.domain.finding_code import FindingCode
from catalog.domain.lifecycle import Status
from catalog.lineage.impact import Fate
from catalog.policy.decision import EnforcementPoint
from catalog.publishing.snapshot import Snapshot
from catalog.publishing.standing import not_given


@dataclass(frozen=True, slots=True)
class Publication:
    """The draft may be served; `findings` are those that do not block."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The draft may not be served; `findings` hold every reason, blocking ones first."""

    findings: tuple[Finding, ...]


def judge(snapshot: Snapshot) -> Publication | Refusal:
    """Whether the draft may be served, by every check; the same snapshot always gives the same answer."""
    findings = tuple(dict.fromkeys(finding for check in CHECKS for finding in check(snapshot)))
    reasons = blocking(findings)
    rest = tuple(one for one in findings if not one.blocks)
    return Refusal((*reasons, *rest)) if reasons else Publication(rest)


def is_stale(snapshot: Snapshot) -> bool:
    """Whether the decision was made about something else than what would be published now."""
    decision = snapshot.decision
    return decision.allows and (
        decision.point is not EnforcementPoint.PUBLISH
        or decision.bundle_revision != snapshot.bundle_revision
        or decision.input_digest != snapshot.view_digest
        or decision.waivers != snapshot.waivers
        or any(one.expires <= snapshot.judged_at for one in decision.waived)
    )


def _definition(snapshot: Snapshot) -> Iterator[Finding]:
    yield from snapshot.findings


def _policy(snapshot: Snapshot) -> Iterator[Finding]:
    yield from snapshot.decision.findings
    if not snapshot.decision.allows and not blocking(snapshot.decision.findings):
        yield FindingCode.POLICY_NOT_DECIDED.at(
            _place(snapshot),
            f"Policy gave the verdict {snapshot.decision.verdict}.",
            remedy="see the decision, and publish again when the policy engine answers",
        )


def _freshness(snapshot: Snapshot) -> Iterator[Finding]:
    if is_stale(snapshot):
        yield FindingCode.JUDGEMENT_STALE.at(
            _place(snapshot),
            "The policy decision is about other rules or waivers, another mesh or another draft than what stands now.",
            remedy="publish again; everything is judged anew",
        )


def _quality(snapshot: Snapshot) -> Iterator[Finding]:
    content, report = snapshot.draft.content, snapshot.quality
    if report is None:
        if isinstance(content, ProductContent) and content.contracts:
            yield FindingCode.QUALITY_MISSING.at(
                _place(snapshot),
                f"No quality run of {snapshot.draft.key} was made.",
                remedy="publish with an engine that reaches the data",
            )
        return
    yield from report.findings
    for result in report.results:
        if result.blocks and (result.finding is None or not result.finding.blocks):
            yield FindingCode.QUALITY_CHECK_FAILED.at(
                _place(snapshot),
                f"{result.name or result.check_id}: {result.outcome} on {result.dataset}.",
                remedy="mend the data, or the promise in a new version",
            )


def _compatibility(snapshot: Snapshot) -> Iterator[Finding]:
    yield from snapshot.compatibility.findings


def _sign_offs(snapshot: Snapshot) -> Iterator[Finding]:
    for role in snapshot.sign_offs.missing:
        tier = governance_of(snapshot.draft).tier or "its earlier tier"
        spoken = role.value.replace("_", " ")
        yield FindingCode.SIGN_OFF_MISSING.at(
            _place(snapshot),
            f"{snapshot.draft.key} ({tier}) waits for the {spoken} to sign off this definition.",
            remedy=f"ask the {spoken}, who must not have proposed it, to sign {snapshot.draft.definition_digest}",
        )


def _lifecycle(snapshot: Snapshot) -> Iterator[Finding]:
    draft = snapshot.draft
    for taken in (one for one in snapshot.versions if one.version == draft.version):
        yield FindingCode.VERSION_TAKEN.at(
            _place(snapshot),
            f"{draft.key} {draft.version} is {taken.status}; a published version never changes.",
            remedy="take a new version",
        )
    if isinstance(draft.content, ProductContent) and draft.content.product.status in {
        Status.DEPRECATED,
        Status.RETIRED,
    }:
        yield FindingCode.STATUS_STEP_REFUSED.at(
            _place(snapshot),
            f"The document itself says that {draft.key} is {draft.content.product.status}.",
            remedy="set status to active, or leave it unpublished",
        )
    ends = _day(governance_of(draft).valid_to)
    if ends is not None and ends < snapshot.judged_at.date():
        yield FindingCode.VALIDITY_ENDED.at(
            _place(snapshot),
            f"{draft.key} was valid until {ends.isoformat()}.",
            remedy="extend validTo, if its use is still relevant and lawful",
        )


def _dependencies(snapshot: Snapshot) -> Iterator[Finding]:
    for one in snapshot.dependencies:
        if not one.name:
            yield FindingCode.DEPENDENCY_UNKNOWN.at(
                _place(snapshot),
                f"{snapshot.draft.key} reads a relation that belongs to no data product.",
                remedy="set config.meta.product of its semantic model or time spine",
            )
        elif one.status is None:
            yield FindingCode.DEPENDENCY_NOT_SERVED.at(
                _place(snapshot),
                f"{one.name}, from which {snapshot.draft.key} is made, is not served.",
                remedy="publish it first" if one.governed else "if it is from outside the mesh, do nothing",
                level=Level.ERROR if one.governed else Level.WARNING,
            )
        elif one.status is Status.DEPRECATED:
            yield FindingCode.DEPENDENCY_DEPRECATED.at(
                _place(snapshot),
                f"{one.name}, from which {snapshot.draft.key} is made, is deprecated.",
                remedy="move to what replaces it before its sunset",
                level=Level.WARNING,
            )


def _columns(snapshot: Snapshot) -> Iterator[Finding]:
    if snapshot.standing:
        absent = {one.name for one in snapshot.dependencies if one.status is None}
        products = {one.product for one in snapshot.standing.sources if one.product}
        known = {one for one in products if f"data product {one}" not in absent}
        yield from not_given(snapshot.draft, snapshot.standing, known)


def _impact(snapshot: Snapshot) -> Iterator[Finding]:
    left = [one for one in snapshot.impact if one.fate is not Fate.MOVES]
    if left:
        named = [f"{one.key} {one.version} ({'; '.join(one.reasons[:_SHOWN])})" for one in left]
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        yield FindingCode.METRICS_LEFT_BEHIND.at(
            _place(snapshot),
            f"{snapshot.draft.key} {snapshot.draft.version} leaves {len(named)} served metrics behind: "
            f"{', '.join(named[:_SHOWN])}{more}.",
            remedy="publish them again on the new version before the one they hold on to is retired",
            level=Level.WARNING,
        )


_SHOWN: Final = 3


def _settlement(snapshot: Snapshot) -> Iterator[Finding]:
    """One name has one meaning, once the sponsor has settled which."""
    settled, draft = snapshot.settlement, snapshot.draft
    if settled is None or draft.key == settled.canonical:
        return
    if draft.definition_digest == settled.definition_digest:
        return
    fate = settled.fate_of(draft.key) or "align or rename"
    yield FindingCode.METRIC_NAME_SETTLED.at(
        _place(snapshot),
        f"{settled.settled_by} settled on {settled.settled_at:%Y-%m-%d} that {settled.name} is what "
        f"{settled.canonical.qualified_name} defines: {settled.reason}",
        remedy=f"{fate}: state the same definition, or take another name; "
        f"`concord metrics reconcile {settled.name}` shows the difference",
    )


CHECKS: Final[tuple[Callable[[Snapshot], Iterator[Finding]], ...]] = (
    _definition,
    _policy,
    _quality,
    _compatibility,
    _sign_offs,
    _settlement,
    _lifecycle,
    _dependencies,
    _columns,
    _impact,
    _freshness,
)


def _place(snapshot: Snapshot) -> Place:
    content = snapshot.draft.content
    asset = content.product if isinstance(content, ProductContent) else content.metric
    return asset.place if asset.place.file else NOWHERE


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
