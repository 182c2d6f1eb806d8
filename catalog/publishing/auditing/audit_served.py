"""Judges everything that is served again at the audit point, and tells what changed.

A version that policy comes to deny is still served, but no longer certified, and its owner is told; one that it
allows again is reinstated. Rules that only warn are told. Without an answer everything stays as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import Conflict
from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey
from catalog.policy.audited import AuditTurn
from catalog.policy.bundle import Bundle
from catalog.policy.change import changed_rules
from catalog.policy.decision import EnforcementPoint
from catalog.policy.load import bundle_again
from catalog.policy.waiver_request import waivers_of
from catalog.publishing.auditing.rejudge import Rejudged, Rejudging
from catalog.publishing.auditing.served_subjects import Subject, served_mesh
from catalog.publishing.auditing.shadow_audit import Auditor, ShadowAudit, audit_beside
from catalog.publishing.auditing.turn import end_turn, is_due, keep_turn, take_turn
from catalog.publishing.auditing.waiver_notes import WaiverNote, newly, waiver_notes
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell
from catalog.registry.ports import PublishedVersion, UnitOfWork

_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told about one version."""

    event: EventType
    key: AssetKey
    version: str
    owner: str
    rules: tuple[str, ...]
    decision_id: str


@dataclass(frozen=True, slots=True)
class AuditOutcome:
    """`versions` were judged, `evaluated` of them by the engine; `finished` is False where it was stopped.

    `waivers` are those that are expired, unused or refused, or that end soon. `shadow` is what the bundle in shadow
    would have come to, None where there is none.
    """

    revision: str
    versions: int = 0
    evaluated: int = 0
    told: tuple[Told, ...] = ()
    finished: bool = True
    waivers: tuple[WaiverNote, ...] = ()
    shadow: ShadowAudit | None = None


def audit_if_due(actor: Actor, gate: Gate, cancellation: Cancellation) -> AuditOutcome | None:
    """Audit everything served when rules, waivers, the mesh or the day changed since; None where nothing did.

    None too while another is at it. Where the last audit got no answer, it is repeated after ten minutes.
    """
    require(actor, Permission.ORGANISATION_POLICY_AUDIT)
    if not is_due(actor, gate):
        return None
    try:
        return audit_served(actor, gate, cancellation=cancellation)
    except Conflict:
        return None


def audit_served(
    actor: Actor,
    gate: Gate,
    *,
    everything: bool = False,
    progress: Callable[[int, int], object] = lambda *_: None,
    cancellation: Cancellation | None = None,
) -> AuditOutcome:
    """Audit all of it now; what cannot have changed is evaluated again only where `everything` asks for it.

    `progress` is told versions done and due, and the same again for a bundle in shadow. Raises `Forbidden`, and
    `Conflict` while another audit is at it.
    What was found before an error, or before it was stopped, stays.
    """
    require(actor, Permission.ORGANISATION_POLICY_AUDIT)
    turn, stamp = take_turn(actor, gate)
    found: list[Rejudged] = []
    ended = replace(turn, holder="", held_until=None)
    notes: tuple[WaiverNote, ...] = ()
    beside: ShadowAudit | None = None
    try:
        rejudging, subjects, shadow = _prepared(actor, gate, everything=everything)
        for start in range(0, len(subjects), _AT_ONCE):
            if cancellation is not None and cancellation.is_cancelled:
                break
            some = rejudging.of(subjects[start : start + _AT_ONCE])
            found += _stored(some, turn.holder, rejudging.bundle, actor, gate)
            progress(len(found), len(subjects))
        finished = len(found) == len(subjects)
        if finished:
            decided = not any(one.after.undecided for one in found)
            now = gate.clock.now()
            notes = tuple(waiver_notes((*rejudging.bundle.waivers, *rejudging.stored), found, now))
            states = {one.waiver.id: one.state for one in notes}
            ended = AuditTurn(stamp if decided else "", now, waivers=states)
        if finished and shadow is not None:
            auditor = Auditor(actor, gate, turn.holder)
            beside = audit_beside(
                found, rejudging, shadow, auditor, progress=progress, cancellation=cancellation
            )
            ended = replace(ended, stamp="") if beside.stopped else ended
    finally:
        end_turn(ended, newly(notes, turn.waivers), turn.holder, actor, gate)
    evaluated = sum(one.evaluated > 0 for one in found)
    told = tuple(_told(one, one.event) for one in found if one.event is not None)
    return AuditOutcome(rejudging.bundle.revision, len(found), evaluated, told, finished, notes, beside)


def _prepared(
    actor: Actor, gate: Gate, *, everything: bool
) -> tuple[Rejudging, Sequence[Subject], Bundle | None]:
    """The rules in force at the audit point, everything served, and the shadow, from one state of the store."""
    now = gate.clock.now()
    with gate.open_unit(actor, read_only=True) as unit:
        policy = gate.policies.at(EnforcementPoint.AUDIT, unit.policies.placements())
        bundle, shadow = policy.bundle, policy.shadow
        mesh = served_mesh(unit, gate, (*bundle.rules, *(shadow.rules if shadow else ())), now)
        stored = waivers_of(unit.waivers.approved())

    @cache
    def changed(revision: str) -> frozenset[str] | None:
        if revision == bundle.revision:
            return frozenset()
        with gate.open_unit(actor, read_only=True) as unit:
            source = unit.kept(revision)
        return None if source is None else frozenset(changed_rules(bundle_again(source), bundle))

    engine, deadline = gate.policy_engine, gate.policy_deadline_seconds
    rejudging = Rejudging(bundle, engine, mesh.facts, now, changed, deadline, everything, stored)
    return rejudging, mesh.subjects, shadow


def _stored(
    found: Sequence[Rejudged], holder: str, bundle: Bundle, actor: Actor, gate: Gate
) -> list[Rejudged]:
    """Store what changed, in one transaction, and give what stands now.

    A version that moved on meanwhile is left as it is, for the next audit.
    """
    with gate.open_unit(actor) as unit:
        unit.hold()
        keep_turn(unit, holder, gate)
        standing = [one for one in found if not one.changed or _stands(one.subject.version, unit)]
        changed = [one for one in standing if one.changed]
        if changed:
            unit.keep(gate.policies.source(bundle.revision))
            unit.record("catalog.policy.audited", f"policy:{bundle.revision}", {"versions": len(changed)})
        for one in changed:
            _store(one, unit)
        unit.commit()
    left = {id(one) for one in found} - {id(one) for one in standing}
    return [replace(one, event=None) if id(one) in left else one for one in found]


def _stands(version: PublishedVersion, unit: UnitOfWork) -> bool:
    """Whether the store has the version as it was read."""
    return version in unit.versions.of(version.key)


def _store(one: Rejudged, unit: UnitOfWork) -> None:
    version = one.subject.version
    unit.versions.audited(version.key, version.version, one.after)
    if one.decision is not None:
        unit.add_decision(version.key, version.digest, one.decision)
    if one.event is not None:
        told = _told(one, one.event)
        detail = {"owner": told.owner, "rules": list(told.rules), "decision": told.decision_id}
        tell(unit, Event(one.event, told.key, told.version, {**detail, "bundle": one.after.revision}))


def _told(one: Rejudged, event: EventType) -> Told:
    version, decision = one.subject.version, one.decision
    rules = one.after.warned if event is EventType.AUDIT_WARNED else one.after.denied
    decided = decision.decision_id if decision else ""
    return Told(event, version.key, version.version, one.owner, rules, decided)
