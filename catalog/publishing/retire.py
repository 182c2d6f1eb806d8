"""Retires a version: no longer served, never served again; its history stays."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.standing import Standing
from catalog.publishing.facts import depend_on, past_of
from catalog.publishing.ports import Gate
from catalog.publishing.stand import standings_over
from catalog.publishing.transition import Step, TransitionOutcome, take
from catalog.registry.ports import PublishedVersion, UnitOfWork
from catalog.registry.served import Served


@dataclass(frozen=True, slots=True)
class RetireCommand:
    """Retire one deprecated version.

    `force` retires it although something served is made from it: its metrics are refused from then on.
    """

    key: AssetKey
    version: str
    expected_row_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False
    force: bool = False


def retire(command: RetireCommand, actor: Actor, gate: Gate) -> TransitionOutcome:
    """Take the version out of service once its sunset has come and nothing served hangs on it.

    Raises `Forbidden`, `NotFound`, `StaleRowVersion`, `IdempotencyMismatch`, `Refused` with every reason.
    """
    require(actor, Permission.DOMAIN_VERSION_RETIRE, key=command.key)
    now = gate.clock.now()
    level = Level.WARNING if command.force else Level.ERROR

    def step(current: PublishedVersion, unit: UnitOfWork) -> Step:
        dependents = (replace(one, level=level) for one in _dependents(current, unit, gate))
        findings = (*_sunset(current, now), *dependents)
        return Step(replace(current, retired_at=now), {"replaced_by": current.replaced_by}, findings)

    return take(command, actor, gate, Status.RETIRED, step)


def _sunset(current: PublishedVersion, now: datetime) -> Iterator[Finding]:
    if current.sunset_at is not None and now < current.sunset_at:
        yield FindingCode.SUNSET_NOT_REACHED.found(
            f"{current.key} {current.version} was promised until {current.sunset_at.isoformat()}.",
            remedy="wait until then",
        )


def _dependents(current: PublishedVersion, unit: UnitOfWork, gate: Gate) -> Iterator[Finding]:
    """Metrics that lose a column; of an asset's last version everything else made from it too."""
    this = (current.key, current.version)
    rest = [one for one in gate.served.of(unit) if (one.draft.key, one.draft.version) != this]
    for one, before, after in standings_over(current.key, rest, past_of(rest, unit)):
        if gone := after.lost - before.lost:
            yield _made_from(one, current, next(_reasons(after, gone)))
    draft = unit.drafts.get(current.key, current.digest)
    if draft is not None and not any(one.draft.key == current.key for one in rest):
        for one in depend_on(draft, rest):
            if current.key.kind is AssetKind.METRIC or one.draft.key.kind is AssetKind.DATA_PRODUCT:
                yield _made_from(one, current, "")


def _reasons(standing: Standing, gone: frozenset[tuple[str, str]]) -> Iterator[str]:
    every = ((source.model, one) for source in standing.sources for one in source.lost)
    return (one.reason for model, one in every if (model, one.column) in gone)


def _made_from(one: Served, current: PublishedVersion, reason: str) -> Finding:
    made = f"{one.draft.key} {one.draft.version} is served and made from {current.key} {current.version}"
    return FindingCode.RETIREMENT_HAS_DEPENDENTS.found(
        f"{made}: {reason}." if reason else f"{made}.",
        remedy="retire it first, or publish a version that is made from something else",
    )
