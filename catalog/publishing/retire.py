"""Retires a version: no longer served, never served again; its history stays."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.finding import Finding
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status, is_served
from catalog.publishing.facts import depend_on
from catalog.publishing.ports import Gate
from catalog.publishing.transition import Step, TransitionOutcome, take
from catalog.registry.ports import PublishedVersion, UnitOfWork


@dataclass(frozen=True, slots=True)
class RetireCommand:
    """Retire one deprecated version."""

    key: AssetKey
    version: str
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False


def retire(command: RetireCommand, actor: Actor, gate: Gate) -> TransitionOutcome:
    """Take the version out of service once its sunset has come and nothing served is made from it.

    Raises `Forbidden`, `NotFound`, `StaleRowVersion`, `IdempotencyMismatch`, `Refused` with every reason.
    """
    require(actor, Permission.DOMAIN_VERSION_RETIRE, key=command.key)
    now = gate.clock.now()

    def step(current: PublishedVersion, unit: UnitOfWork) -> Step:
        findings = (*_sunset(current, now), *_dependents(current, unit, gate))
        return Step(replace(current, retired_at=now), {"replaced_by": current.replaced_by}, findings)

    return take(command, actor, gate, Status.RETIRED, step)


def _sunset(current: PublishedVersion, now: datetime) -> Iterator[Finding]:
    if current.sunset_at is not None and now < current.sunset_at:
        yield FindingCode.SUNSET_NOT_REACHED.found(
            f"{current.key} {current.version} was promised until {current.sunset_at.isoformat()}.",
            remedy="wait until then",
        )


def _dependents(current: PublishedVersion, unit: UnitOfWork, gate: Gate) -> Iterator[Finding]:
    """What is made from the asset stands in the way of its last served version only."""
    others = [
        one
        for one in unit.versions.of(current.key)
        if one.version != current.version and is_served(one.status)
    ]
    draft = None if others else unit.drafts.get(current.key, current.digest)
    if draft is None:
        return
    for dependent in depend_on(draft, gate.served.of(unit)):
        yield FindingCode.RETIREMENT_HAS_DEPENDENTS.found(
            f"{dependent.key} {dependent.version} is served and made from {current.key}.",
            remedy="retire it first, or publish a version that is made from something else",
        )
