"""Approves a waiver, or revokes it; who may is the table in `policy.waiver_request`."""

from dataclasses import dataclass, replace
from typing import Final

from catalog.access.actor import EVERYWHERE, Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import Conflict, Forbidden, NotFound
from catalog.domain.event import EventType
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import is_served
from catalog.policy.view import owner_of
from catalog.policy.waiver import told
from catalog.policy.waiver_request import APPROVERS, ORGANISATION, WaiverRequest, WaiverState
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.ports import Gate
from catalog.publishing.waiving.answer import from_answer, tell_of, to_answer
from catalog.publishing.waiving.judging_rule import judging_rule
from catalog.registry.ports import UnitOfWork

_APPROVE: Final = "approve_waiver"
_REVOKE: Final = "revoke_waiver"


@dataclass(frozen=True, slots=True)
class SettleWaiverCommand:
    """The waiver of that id."""

    waiver: str
    idempotency_key: str = ""
    dry_run: bool = False


def approve_waiver(command: SettleWaiverCommand, actor: Actor, gate: Gate) -> WaiverRequest:
    """Let it pass the rule over from now on, with audit and event.

    Raises `Forbidden` for who asked for it, for the asset's owner and for whom the rule's guidance does not name;
    `NotFound`, `Conflict` for one that is approved, revoked or expired, `IdempotencyMismatch`.
    """
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        _hold(command, unit)
        answer = recall(unit, _APPROVE, command)
        if answer is not None:
            return from_answer(answer)
        request, now = _seen(command, actor, unit), gate.clock.now()
        _require_state(request, request.state(now), WaiverState.REQUESTED)
        _require_other(request, actor, unit)
        _require_approver(request, actor, gate, unit)
        approved = replace(request, approved_by=actor.subject, approved_at=now)
        if not command.dry_run:
            _store(approved, EventType.WAIVER_APPROVED, unit)
            remember(unit, _APPROVE, command, to_answer(approved))
            unit.commit()
    return approved


def revoke_waiver(command: SettleWaiverCommand, actor: Actor, gate: Gate) -> WaiverRequest:
    """End it for good, with audit and event; who asked for it may, and whoever might approve it.

    One that has expired is told of until it is revoked. Raises `Forbidden`, `NotFound`, `Conflict` for one that is
    revoked, `IdempotencyMismatch`.
    """
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        _hold(command, unit)
        answer = recall(unit, _REVOKE, command)
        if answer is not None:
            return from_answer(answer)
        request, now = _seen(command, actor, unit), gate.clock.now()
        _require_state(request, request.state(now), *set(WaiverState) - {WaiverState.REVOKED})
        if request.requested_by != actor.subject:
            _require_approver(request, actor, gate, unit)
        revoked = replace(request, revoked_by=actor.subject, revoked_at=now)
        if not command.dry_run:
            _store(revoked, EventType.WAIVER_REVOKED, unit)
            remember(unit, _REVOKE, command, to_answer(revoked))
            unit.commit()
    return revoked


def _hold(command: SettleWaiverCommand, unit: UnitOfWork) -> None:
    """What is read stays true until it is stored, also for who publishes meanwhile."""
    if not command.dry_run:
        unit.hold()


def _seen(command: SettleWaiverCommand, actor: Actor, unit: UnitOfWork) -> WaiverRequest:
    """The waiver; of a domain in which the actor settles nothing it looks as if it were not there."""
    request = unit.waivers.find(command.waiver)
    try:
        if request is not None:
            require(actor, Permission.DOMAIN_WAIVER_SETTLE, key=request.asset)
            return request
    except Forbidden:
        pass
    raise NotFound(
        f"There is no waiver {command.waiver} that you may settle.", remedy="see `concord policy waivers`"
    )


def _require_state(request: WaiverRequest, state: WaiverState, *wanted: WaiverState) -> None:
    if state not in wanted:
        raise Conflict(
            f"The waiver {request.id} is {state}; it ends on {told(request.expires)}.",
            remedy="ask for another, if it is still needed",
        )


def _require_other(request: WaiverRequest, actor: Actor, unit: UnitOfWork) -> None:
    if request.requested_by == actor.subject:
        raise Forbidden(f"{actor.subject} asked for this waiver and cannot approve it.")
    if actor.subject in _owners(request.asset, unit):
        raise Forbidden(f"{actor.subject} owns {request.asset} and cannot approve a waiver for it.")


def _owners(key: AssetKey, unit: UnitOfWork) -> set[str]:
    """By the draft registered last, and by every version that is served."""
    served = (one.digest for one in unit.versions.of(key) if is_served(one.status))
    drafts = (unit.drafts.latest(key), *(unit.drafts.get(key, digest) for digest in served))
    return {owner_of(draft) for draft in drafts if draft is not None}


def _require_approver(request: WaiverRequest, actor: Actor, gate: Gate, unit: UnitOfWork) -> None:
    guidance = judging_rule(request.rule, request.asset, gate, unit)[0].guidance
    roles = APPROVERS[guidance]
    if not any(
        actor.holds(role, EVERYWHERE if role in ORGANISATION else request.asset.domain) for role in roles
    ):
        raise Forbidden(
            f"{request.rule} is {guidance}: a waiver of it is approved by one of {', '.join(sorted(roles))}.",
            remedy=f"{', '.join(sorted(ORGANISATION))} count for the organisation, other roles in the domain",
        )


def _store(request: WaiverRequest, event: EventType, unit: UnitOfWork) -> None:
    unit.waivers.change(request)
    tell_of(request, event, unit)
