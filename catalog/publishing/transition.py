"""One step of a published version's life, stored with audit, event and the asset's next row version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from catalog.access.actor import Actor
from catalog.access.decide import unseen
from catalog.domain.errors import Refused, StaleRowVersion
from catalog.domain.event import Event, EventType
from catalog.domain.finding import Finding, blocking
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status, may_become
from catalog.publishing.answer import findings_from_plain, findings_to_plain
from catalog.publishing.idempotency import Command, recall, remember
from catalog.publishing.ports import Gate
from catalog.publishing.stand import stand_anew
from catalog.registry.journal import tell
from catalog.registry.ports import PublishedVersion, UnitOfWork

_EVENTS: Final = {Status.DEPRECATED: EventType.DEPRECATED, Status.RETIRED: EventType.RETIRED}


class TransitionCommand(Command, Protocol):
    """Which version of which asset, and what the caller saw."""

    @property
    def key(self) -> AssetKey:
        """The asset."""

    @property
    def version(self) -> str:
        """The published version."""

    @property
    def expected_row_version(self) -> int | None:
        """None takes the asset as it is."""


@dataclass(frozen=True, slots=True)
class TransitionOutcome:
    """The version after the step; a dry run says what would become of it."""

    key: AssetKey
    version: str
    status: Status
    row_version: int
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What the step makes of the version, what consumers are told, and what speaks against it."""

    version: PublishedVersion
    detail: Mapping[str, Any]
    findings: tuple[Finding, ...]


def take(
    command: TransitionCommand,
    actor: Actor,
    gate: Gate,
    status: Status,
    step: Callable[[PublishedVersion, UnitOfWork], Step],
) -> TransitionOutcome:
    """Take the step to `status` in one transaction.

    Raises `NotFound`, `StaleRowVersion`, `IdempotencyMismatch`, and `Refused` with every reason at once.
    """
    operation = str(_EVENTS[status])
    with gate.open_unit(actor, read_only=command.dry_run) as unit:
        if not command.dry_run:
            unit.hold()
        answer = recall(unit, operation, command)
        if answer is not None:
            return _from_answer(answer)
        current, row_version = _current(command, unit)
        taken = step(current, unit)
        findings = (*_lifecycle(current, status), *taken.findings)
        if blocking(findings):
            raise Refused(f"{command.key} {command.version} stays {current.status}.", findings=findings)
        outcome = TransitionOutcome(
            command.key, command.version, status, row_version, findings, command.dry_run
        )
        if command.dry_run:
            return outcome
        unit.versions.change(replace(taken.version, status=status))
        tell(unit, Event(_EVENTS[status], command.key, command.version, taken.detail))
        stand_anew(command.key, unit, gate)
        outcome = replace(outcome, row_version=unit.advance(command.key, row_version))
        remember(unit, operation, command, _to_answer(outcome))
        unit.commit()
    return outcome


def _current(command: TransitionCommand, unit: UnitOfWork) -> tuple[PublishedVersion, int]:
    found = [one for one in unit.versions.of(command.key) if one.version == command.version]
    if not found:
        raise unseen(command.key)
    seen, row_version = command.expected_row_version, unit.row_version(command.key)
    if seen is not None and seen != row_version:
        raise StaleRowVersion(f"{command.key} is at row version {row_version}, not {seen}.")
    return found[0], row_version


def _lifecycle(current: PublishedVersion, status: Status) -> tuple[Finding, ...]:
    if may_become(current.status, status):
        return ()
    return (
        FindingCode.STATUS_STEP_REFUSED.found(
            f"{current.key} {current.version} is {current.status} and cannot become {status}.",
            remedy="a version goes from active to deprecated to retired",
        ),
    )


def _to_answer(outcome: TransitionOutcome) -> dict[str, Any]:
    return {
        "key": str(outcome.key),
        "version": outcome.version,
        "status": str(outcome.status),
        "row_version": outcome.row_version,
        "findings": findings_to_plain(outcome.findings),
    }


def _from_answer(answer: Mapping[str, Any]) -> TransitionOutcome:
    return TransitionOutcome(
        AssetKey.parse(answer["key"]),
        answer["version"],
        Status(answer["status"]),
        answer["row_version"],
        findings_from_plain(answer["findings"]),
    )
