"""Settles a metric name: the executive sponsor says which definition it stands for, and what becomes of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from catalog.access.actor import Actor
from catalog.access.decide import require, unseen
from catalog.access.permission import Permission
from catalog.domain.errors import Conflict, Forbidden, UsageError
from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.settlement import Fate, Settlement
from catalog.publishing.idempotency import recall, remember
from catalog.publishing.ports import Gate
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork
from catalog.registry.settled import current_digest, offered_first

_OPERATION: Final = "settle"


@dataclass(frozen=True, slots=True)
class SettleCommand:
    """`canonical` is the metric whose definition its name shall stand for in every domain.

    `definition_digest` is what the sponsor has read; where another definition has come since, nothing is
    settled. `others` say what becomes of each other metric of that name.
    """

    canonical: AssetKey
    reason: str
    others: tuple[tuple[AssetKey, Fate], ...] = ()
    definition_digest: str = ""
    idempotency_key: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class SettleOutcome:
    """The decision as it stands; `unheard` are metrics of the name that it says nothing about."""

    settlement: Settlement
    unheard: tuple[AssetKey, ...]
    dry_run: bool = False


def settle(command: SettleCommand, actor: Actor, gate: Gate) -> SettleOutcome:
    """Store the decision with audit and event, in place of an earlier one on the same name.

    Raises `Forbidden` for everybody but the organisation's executive sponsor, and for a sponsor who
    registered the chosen definition; `UsageError` for a decision without a reason or about another name,
    `NotFound`, `Conflict` when another definition has come, `IdempotencyMismatch`.
    """
    require(actor, Permission.ORGANISATION_METRIC_SETTLE)
    _require_shape(command)
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        if not command.dry_run:
            unit.hold()
        answer = recall(unit, _OPERATION, command)
        if answer is not None:
            return _from_answer(answer)
        rivals = unit.drafts.keys(AssetKind.METRIC, command.canonical.name)
        decided = Settlement(
            name=command.canonical.name.lower(),
            canonical=command.canonical,
            definition_digest=_digest(command, actor, unit),
            others=tuple(sorted(command.others)),
            reason=command.reason.strip(),
            settled_at=gate.clock.now(),
            settled_by=actor.subject,
        )
        for key, _ in decided.others:
            if key not in rivals:
                raise unseen(key)
        unheard = tuple(key for key in rivals if key != command.canonical and not decided.fate_of(key))
        outcome = SettleOutcome(decided, unheard, command.dry_run)
        if command.dry_run:
            return outcome
        unit.add_settlement(decided)
        tell(
            unit,
            Event(EventType.METRIC_SETTLED, decided.canonical, _version(decided, unit), _detail(decided)),
        )
        remember(unit, _OPERATION, command, _to_answer(outcome))
        unit.commit()
    return outcome


def _require_shape(command: SettleCommand) -> None:
    keys = [key for key, _ in command.others]
    name = command.canonical.name
    if not command.reason.strip():
        raise UsageError("The decision gives no reason.", remedy="say why this definition is the one")
    if command.canonical.kind is not AssetKind.METRIC:
        raise UsageError(f"{command.canonical} is no metric.", remedy="write metric:domain.name")
    for key in keys:
        if key.kind is not AssetKind.METRIC or key.name != name or key == command.canonical:
            raise UsageError(
                f"{key} is no other metric that bears the name {name}.",
                remedy=f"name the metrics of other domains that are called {name}",
            )
        if keys.count(key) > 1:
            raise UsageError(f"The decision names {key} twice.", remedy="name each metric once")


def _digest(command: SettleCommand, actor: Actor, unit: UnitOfWork) -> str:
    """The definition that is chosen; nobody settles a name on what they registered themselves."""
    digest = current_digest(command.canonical, unit)
    if not digest:
        raise unseen(command.canonical)
    if command.definition_digest and command.definition_digest != digest:
        raise Conflict(
            f"{command.canonical} now has the definition {digest}.",
            remedy="read it, then settle on what you read",
        )
    offered = offered_first(unit.versions.of(command.canonical))
    draft = unit.drafts.latest(command.canonical)
    content = offered.digest if offered else (draft.digest if draft else "")
    if unit.drafts.registered_by(command.canonical, content) == actor.subject:
        raise Forbidden(f"{actor.subject} proposed this definition and cannot settle on it.")
    return digest


def _version(decided: Settlement, unit: UnitOfWork) -> str:
    offered = offered_first(unit.versions.of(decided.canonical))
    draft = unit.drafts.latest(decided.canonical)
    return offered.version if offered else draft.version if draft else ""


def _detail(decided: Settlement) -> dict[str, Any]:
    return {
        "name": decided.name,
        "definition_digest": decided.definition_digest,
        "others": {str(key): fate.value for key, fate in decided.others},
        "reason": decided.reason,
        "by": decided.settled_by,
    }


def _to_answer(outcome: SettleOutcome) -> dict[str, Any]:
    decided = outcome.settlement
    return {
        **_detail(decided),
        "canonical": str(decided.canonical),
        "at": decided.settled_at.isoformat(),
        "unheard": [str(key) for key in outcome.unheard],
    }


def _from_answer(answer: Mapping[str, Any]) -> SettleOutcome:
    decided = Settlement(
        name=answer["name"],
        canonical=AssetKey.parse(answer["canonical"]),
        definition_digest=answer["definition_digest"],
        others=tuple((AssetKey.parse(key), Fate(fate)) for key, fate in answer["others"].items()),
        reason=answer["reason"],
        settled_at=datetime.fromisoformat(answer["at"]),
        settled_by=answer["by"],
    )
    return SettleOutcome(decided, tuple(AssetKey.parse(one) for one in answer["unheard"]))
