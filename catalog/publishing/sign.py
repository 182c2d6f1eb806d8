"""Signs off a definition in a role; the approval holds for this definition digest and for no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.access.actor import Actor
from catalog.access.decide import require, unseen
from catalog.access.permission import Permission
from catalog.access.sign_off import APPROVING_ROLES, SignOff
from catalog.domain.draft import Draft
from catalog.domain.errors import Conflict, Forbidden, UsageError
from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.publishing.facts import facts_of
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork

_OPERATION: Final = "sign_off"


@dataclass(frozen=True, slots=True)
class SignOffCommand:
    """Approve the draft registered last, in `role`.

    `definition_digest` is what the approver has read; where it is given and another definition has come
    since, nothing is signed.
    """

    key: AssetKey
    role: Role
    definition_digest: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class SignOffOutcome:
    """`recorded` is False when this person had signed before; `missing` are the roles still to sign."""

    key: AssetKey
    version: str
    definition_digest: str
    role: Role
    recorded: bool
    missing: tuple[Role, ...]


def sign_off(command: SignOffCommand, actor: Actor, gate: Gate) -> SignOffOutcome:
    """Store the approval with audit and event.

    Raises `Forbidden` for whoever does not hold the very role in the domain, and for whoever registered the
    draft unless signing as its domain owner; `UsageError` for a role that approves nothing, `NotFound`,
    `Conflict` when another definition has come, `IdempotencyMismatch`.
    """
    _require(command, actor)
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        if not command.dry_run:
            unit.hold()
        answer = recall(unit, _OPERATION, command)
        if answer is not None:
            return _from_answer(answer)
        draft = _draft(command, unit)
        _require_other_proposer(command, actor, draft, unit)
        given = unit.sign_offs(draft.key, draft.definition_digest)
        recorded = not any((one.role, one.subject) == (command.role, actor.subject) for one in given)
        if recorded and not command.dry_run:
            approval = SignOff(command.role, actor.subject, draft.definition_digest, gate.clock.now())
            unit.add_sign_off(draft.key, approval)
            detail = {"role": str(command.role), "definition_digest": draft.definition_digest}
            tell(unit, Event(EventType.SIGNED_OFF, draft.key, draft.version, detail))
        missing = facts_of(draft, unit, gate.served, publisher="").sign_offs.missing
        outcome = SignOffOutcome(
            key=draft.key,
            version=draft.version,
            definition_digest=draft.definition_digest,
            role=command.role,
            recorded=recorded,
            missing=tuple(one for one in missing if one is not command.role),
        )
        if recorded and not command.dry_run:
            remember(unit, _OPERATION, command, _to_answer(outcome))
            unit.commit()
    return outcome


def _require(command: SignOffCommand, actor: Actor) -> None:
    require(actor, Permission.DOMAIN_DRAFT_SIGN_OFF, key=command.key)
    if command.role not in APPROVING_ROLES:
        raise UsageError(
            f"A {command.role} approves nothing.", remedy=f"sign as one of {', '.join(APPROVING_ROLES)}"
        )
    if not actor.holds(command.role, command.key.domain):
        raise Forbidden(f"{actor.subject} is no {command.role} of {command.key.domain}.")


def _draft(command: SignOffCommand, unit: UnitOfWork) -> Draft:
    draft = unit.drafts.latest(command.key)
    if draft is None:
        raise unseen(command.key)
    if command.definition_digest and command.definition_digest != draft.definition_digest:
        raise Conflict(
            f"{command.key} now has the definition {draft.definition_digest}.",
            remedy="read it, then sign what you have read",
        )
    return draft


def _require_other_proposer(command: SignOffCommand, actor: Actor, draft: Draft, unit: UnitOfWork) -> None:
    proposer = unit.drafts.registered_by(draft.key, draft.digest)
    if command.role != Role.DOMAIN_OWNER and proposer == actor.subject:
        raise Forbidden(f"{actor.subject} proposed this and cannot approve it as {command.role}.")


def _to_answer(outcome: SignOffOutcome) -> dict[str, Any]:
    return {
        "key": str(outcome.key),
        "version": outcome.version,
        "definition_digest": outcome.definition_digest,
        "role": str(outcome.role),
        "recorded": outcome.recorded,
        "missing": [str(role) for role in outcome.missing],
    }


def _from_answer(answer: Mapping[str, Any]) -> SignOffOutcome:
    return SignOffOutcome(
        key=AssetKey.parse(answer["key"]),
        version=answer["version"],
        definition_digest=answer["definition_digest"],
        role=Role(answer["role"]),
        recorded=answer["recorded"],
        missing=tuple(Role(one) for one in answer["missing"]),
    )
