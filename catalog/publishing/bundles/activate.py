"""Puts a bundle at enforcement points: in shadow, in force, or back in force after it was replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import Conflict, Forbidden, Refused
from catalog.domain.event import Event, EventType
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import EnforcementPoint
from catalog.policy.lifecycle import Mode, Placement, UploadedBundle, placed
from catalog.publishing.bundles.known import known_bundle
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork

_OPERATION: Final = "policy_activate"


@dataclass(frozen=True, slots=True)
class ActivateCommand:
    """`rollback` takes only what was in force before, which is approved already.

    `replaces` is the revision that the caller saw in force; where another is there, nothing changes.
    """

    revision: str
    points: tuple[EnforcementPoint, ...]
    mode: Mode
    rollback: bool = False
    replaces: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ActivateOutcome:
    """What stands where, once the bundle is placed; `replaced` are the revisions that stood there, by point."""

    revision: str
    mode: Mode
    points: tuple[EnforcementPoint, ...]
    replaced: Mapping[str, str]


def activate(command: ActivateCommand, actor: Actor, gate: Gate) -> ActivateOutcome:
    """Place the bundle at every point in one transaction, with approval, audit and event.

    Whoever lets a bundle be enforced for the first time is not who uploaded it. A bundle in shadow at a point
    where it comes into force leaves the shadow; a shadow of what is in force already ends the shadow there.
    Raises `Forbidden`, `NotFound`, `Conflict`, `IdempotencyMismatch`, and `Refused` for what was not validated.
    """
    require(actor, Permission.ORGANISATION_POLICY_ACTIVATE)
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        if not command.dry_run:
            unit.hold()
        answer = recall(unit, _OPERATION, command)
        if answer is not None:
            return _from_answer(answer)
        bundle = known_bundle(unit, command.revision)
        placements = unit.policies.placements()
        _require_allowed(command, bundle, actor)
        _require_seen(command, placements)
        replaced = {str(one): placed(placements, one, command.mode) for one in command.points}
        outcome = ActivateOutcome(bundle.revision, command.mode, command.points, replaced)
        if command.dry_run:
            return outcome
        if command.mode == Mode.ENFORCE and bundle.approved_at is None:
            unit.policies.approved(bundle.revision)
        for point in command.points:
            _place(unit, point, command.mode, bundle.revision, placements)
        tell(unit, Event(_event(command), None, bundle.revision, _to_answer(outcome)))
        remember(unit, _OPERATION, command, _to_answer(outcome))
        unit.commit()
    return outcome


def _require_allowed(command: ActivateCommand, bundle: UploadedBundle, actor: Actor) -> None:
    if bundle.validated_at is None:
        _refuse(bundle, "was not validated", "Validate it first: `concord policy validate`.")
    if command.rollback and bundle.approved_at is None:
        _refuse(bundle, "was never in force", "Roll back to one that was, or activate it.")
    if command.mode == Mode.ENFORCE and bundle.approved_at is None and bundle.uploaded_by == actor.subject:
        raise Forbidden(f"{actor.subject} uploaded this bundle and cannot approve it.")


def _refuse(bundle: UploadedBundle, fault: str, remedy: str) -> None:
    finding = FindingCode.POLICY_STEP_REFUSED.found(f"{bundle.revision} {fault}.", remedy=remedy)
    raise Refused(f"{bundle.revision[:19]} stays where it is.", findings=[finding])


def _require_seen(command: ActivateCommand, placements: tuple[Placement, ...]) -> None:
    for point in command.points:
        there = placed(placements, point, Mode.ENFORCE)
        if command.replaces and there != command.replaces:
            raise Conflict(
                f"{there or 'The configured folder'} is in force at {point}, not {command.replaces}.",
                remedy="look at `concord policy list` and decide again",
            )


def _place(
    unit: UnitOfWork, point: EnforcementPoint, mode: Mode, revision: str, placements: tuple[Placement, ...]
) -> None:
    beside = {Mode.ENFORCE: Mode.SHADOW, Mode.SHADOW: Mode.ENFORCE}[mode]
    in_both = placed(placements, point, beside) == revision
    if in_both:
        unit.policies.place(point, Mode.SHADOW, "")
    if mode == Mode.ENFORCE or not in_both:
        unit.policies.place(point, mode, revision)


def _event(command: ActivateCommand) -> EventType:
    if command.mode == Mode.SHADOW:
        return EventType.POLICY_SHADOWED
    return EventType.POLICY_ROLLED_BACK if command.rollback else EventType.POLICY_ACTIVATED


def _to_answer(outcome: ActivateOutcome) -> dict[str, Any]:
    return {
        "revision": outcome.revision,
        "mode": str(outcome.mode),
        "points": [str(one) for one in outcome.points],
        "replaced": dict(outcome.replaced),
    }


def _from_answer(answer: Mapping[str, Any]) -> ActivateOutcome:
    points = tuple(EnforcementPoint(one) for one in answer["points"])
    return ActivateOutcome(answer["revision"], Mode(answer["mode"]), points, answer["replaced"])
