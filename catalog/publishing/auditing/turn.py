"""Whose turn the audit is, and whether another one is due: one row in the store that all servers share."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final

from uuid_utils import uuid7

from catalog.access.actor import Actor
from catalog.domain.errors import Conflict
from catalog.manifests.digest import digest_of
from catalog.policy.audited import AuditTurn
from catalog.policy.decision import EnforcementPoint
from catalog.policy.lifecycle import Mode, placed
from catalog.publishing.auditing.waiver_notes import WaiverNote
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork

_TURN: Final = timedelta(minutes=5)
_AGAIN: Final = timedelta(minutes=10)


def stamp_of(unit: UnitOfWork, gate: Gate) -> str:
    """What an audit is made by: rules with parameters and waivers, those in shadow, the store's waivers, what is
    served, the day.
    """
    placements, now = unit.policies.placements(), gate.clock.now()
    return digest_of(
        [
            gate.policies.revision_at(EnforcementPoint.AUDIT, placements),
            placed(placements, EnforcementPoint.AUDIT, Mode.SHADOW),
            now.astimezone(UTC).date().isoformat(),
            [one.id for one in unit.waivers.approved() if one.expires > now],
            unit.versions.served_digest(),
        ]
    )


def is_due(actor: Actor, gate: Gate) -> bool:
    """Whether something changed since the last audit; one that got no answer is due again after ten minutes."""
    with gate.open_unit(actor, read_only=True) as unit:
        turn, stamp = unit.policies.audit_turn(), stamp_of(unit, gate)
    waits = not turn.stamp and turn.finished_at and gate.clock.now() < turn.finished_at + _AGAIN
    return turn.stamp != stamp and not waits


def take_turn(actor: Actor, gate: Gate) -> tuple[AuditTurn, str]:
    """The turn for a few minutes, with the stamp of what is there; raises `Conflict` while another has it."""
    with gate.open_unit(actor) as unit:
        unit.hold()
        before, now, stamp = unit.policies.audit_turn(), gate.clock.now(), stamp_of(unit, gate)
        if before.held_until is not None and before.held_until > now:
            raise Conflict(
                f"Another audit runs, until {before.held_until:%H:%M:%S} UTC at the latest.",
                remedy="wait for it; what it finds is stored",
            )
        turn = replace(before, holder=str(uuid7()), held_until=now + _TURN)
        unit.policies.take_audit_turn(turn)
        unit.commit()
    return turn, stamp


def keep_turn(unit: UnitOfWork, holder: str, gate: Gate) -> None:
    """Hold it a few minutes longer; raises `Conflict` where another took over."""
    turn = unit.policies.audit_turn()
    if turn.holder != holder:
        raise Conflict("Another audit took over; this one ends.", remedy="run it again")
    unit.policies.take_audit_turn(replace(turn, held_until=gate.clock.now() + _TURN))


def end_turn(turn: AuditTurn, notes: Sequence[WaiverNote], holder: str, actor: Actor, gate: Gate) -> None:
    """Tell about waivers and let the next one begin; nothing where another took over."""
    with gate.open_unit(actor) as unit:
        unit.hold()
        if unit.policies.audit_turn().holder == holder:
            unit.policies.take_audit_turn(turn)
            for one in notes:
                tell(unit, one.event)
            unit.commit()
