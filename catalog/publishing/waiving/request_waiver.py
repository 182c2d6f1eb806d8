"""Asks for a waiver: one rule, for one asset, until a date; it passes nothing over before it is approved."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from uuid_utils import uuid7

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import UsageError
from catalog.domain.event import EventType
from catalog.domain.identity import AssetKey
from catalog.policy.waiver import told
from catalog.policy.waiver_file import maximum_days
from catalog.policy.waiver_request import WaiverRequest
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.ports import Gate
from catalog.publishing.waiving.answer import from_answer, tell_of, to_answer
from catalog.publishing.waiving.judging_rule import judging_rule
from catalog.registry.ports import UnitOfWork

_OPERATION: Final = "request_waiver"


@dataclass(frozen=True, slots=True)
class RequestWaiverCommand:
    """`path` is a JSON pointer into the asset's view, empty for the whole asset; `expires` an instant with its zone."""

    rule: str
    asset: AssetKey
    reason: str
    ticket: str
    expires: datetime
    path: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


def request_waiver(command: RequestWaiverCommand, actor: Actor, gate: Gate) -> WaiverRequest:
    """Store the request with audit and event.

    Raises `Forbidden`, `UsageError` for one that says too little, lasts too long or names a rule that does not
    judge the asset, and `IdempotencyMismatch`.
    """
    require(actor, Permission.DOMAIN_WAIVER_REQUEST, key=command.asset)
    _require_shape(command)
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        answer = recall(unit, _OPERATION, command)
        if answer is not None:
            return from_answer(answer)
        request = _request(command, actor, gate, unit)
        if not command.dry_run:
            unit.waivers.add(request)
            tell_of(request, EventType.WAIVER_REQUESTED, unit)
            remember(unit, _OPERATION, command, to_answer(request))
            unit.commit()
    return request


def _require_shape(command: RequestWaiverCommand) -> None:
    for name, value in (("reason", command.reason), ("ticket", command.ticket)):
        if not value.strip():
            raise UsageError(
                f"The waiver gives no {name}.", remedy="say why it is needed, and where it is mended"
            )
    if command.path and not command.path.startswith("/"):
        raise UsageError(
            f"{command.path} is no JSON pointer.", remedy="write it as `concord policy explain` shows it"
        )
    if command.expires.tzinfo is None:
        raise UsageError("The end of the waiver has no time zone.", remedy="write 2026-12-01T00:00:00Z")


def _request(command: RequestWaiverCommand, actor: Actor, gate: Gate, unit: UnitOfWork) -> WaiverRequest:
    rule, bundle = judging_rule(command.rule, command.asset, gate, unit)
    now, expires = gate.clock.now(), command.expires
    days = maximum_days(bundle.data)[rule.severity]
    if expires <= now:
        raise UsageError("The waiver ends before it begins.", remedy="name a later day")
    if expires - now > timedelta(days=days):
        raise UsageError(
            f"{days} days are the most for a waiver of {rule.id}, whose severity is {rule.severity}.",
            remedy=f"let it end by {told(now + timedelta(days=days))}",
        )
    return WaiverRequest(
        id=str(uuid7()),
        rule=rule.id,
        asset=command.asset,
        path=command.path.rstrip("/"),
        reason=command.reason.strip(),
        ticket=command.ticket.strip(),
        requested_by=actor.subject,
        requested_at=now,
        expires=expires.astimezone(UTC),
    )
