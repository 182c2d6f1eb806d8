"""Deprecates a version: still served, with a notice, a date of retirement and what replaces it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.publishing.ports import Gate
from catalog.publishing.transition import Step, TransitionOutcome, take
from catalog.registry.ports import PublishedVersion, UnitOfWork


@dataclass(frozen=True, slots=True)
class DeprecateCommand:
    """`sunset_at` is aware; `replaced_by` is an asset key, with `@version` where one version is meant."""

    key: AssetKey
    version: str
    notice: str
    sunset_at: datetime
    replaced_by: str = ""
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


def deprecate(command: DeprecateCommand, actor: Actor, gate: Gate) -> TransitionOutcome:
    """Mark the version and tell its consumers, who are named in the event.

    Raises `Forbidden`, `NotFound`, `StaleRowVersion`, `IdempotencyMismatch`, `UsageError` for a sunset
    without a time zone, `Refused` with every reason.
    """
    require(actor, Permission.DOMAIN_VERSION_DEPRECATE, key=command.key)
    if command.sunset_at.tzinfo is None:
        raise UsageError("The sunset has no time zone.", remedy="write it as 2027-01-31T00:00:00Z")
    now = gate.clock.now()

    def step(current: PublishedVersion, unit: UnitOfWork) -> Step:
        changed = replace(
            current,
            deprecated_at=now,
            sunset_at=command.sunset_at,
            replaced_by=command.replaced_by,
            notice=command.notice.strip(),
        )
        detail = {
            "notice": changed.notice,
            "sunset_at": command.sunset_at.isoformat(),
            "replaced_by": command.replaced_by,
            "consumers": [
                {"team": one.team, "application": one.application, "reads": one.reads}
                for one in unit.consumers([command.key]).get(command.key, ())
            ],
        }
        return Step(changed, detail, tuple(_findings(command, unit, now)))

    return take(command, actor, gate, Status.DEPRECATED, step)


def _findings(command: DeprecateCommand, unit: UnitOfWork, now: datetime) -> Iterator[Finding]:
    if not command.notice.strip():
        yield FindingCode.NOTICE_MISSING.found(
            "The deprecation gives consumers no notice.", remedy="say what changes for them and why"
        )
    if command.sunset_at <= now:
        yield FindingCode.SUNSET_INVALID.found(
            f"The sunset {command.sunset_at.isoformat()} is not in the future.",
            remedy="leave consumers time to move",
        )
    if command.replaced_by and not _is_served(command, unit):
        yield FindingCode.REPLACEMENT_UNKNOWN.found(
            f"{command.replaced_by} is not served beside {command.key} {command.version}.",
            remedy="publish it first, and name it as kind:domain.name or kind:domain.name@version",
        )


def _is_served(command: DeprecateCommand, unit: UnitOfWork) -> bool:
    name, _, version = command.replaced_by.partition("@")
    return any(
        one.status is Status.ACTIVE
        and (not version or one.version == version)
        and (one.key, one.version) != (command.key, command.version)
        for one in unit.versions.of(AssetKey.parse(name))
    )
