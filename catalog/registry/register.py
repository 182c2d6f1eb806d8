"""Registers what a folder says: immutable drafts by content, all or none, nothing served yet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.access.actor import Actor
from catalog.access.decide import require
from catalog.access.permission import Permission
from catalog.domain.clock import Clock
from catalog.domain.draft import Draft
from catalog.domain.errors import Refused
from catalog.domain.event import Event, EventType
from catalog.domain.finding import Finding, blocking
from catalog.domain.identity import AssetKey
from catalog.manifests.manifest import Manifest
from catalog.metrics.saved import definition_faults
from catalog.registry.attribution import Attribution
from catalog.registry.drafts import drafts_of, keys_of
from catalog.registry.journal import tell
from catalog.registry.ports import AssetState, OpenUnit, UnitOfWork


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Findings about drafts, and what stores the judgement of one of them beside it."""

    findings: tuple[Finding, ...]
    store: Callable[[Draft, UnitOfWork], None]


Review = Callable[[Sequence[Draft]], Reviewed]


@dataclass(frozen=True, slots=True)
class Registration:
    """One draft as it now stands; `stored` is False when this very content is the latest already.

    `findings` are those that did not block, about this asset and about the documents as a whole.
    """

    key: AssetKey
    version: str
    digest: str
    definition_digest: str
    stored: bool
    row_version: int
    registered_at: datetime
    findings: tuple[Finding, ...] = ()


def register(
    manifest: Manifest,
    actor: Actor,
    open_unit: OpenUnit,
    clock: Clock,
    *,
    dry_run: bool = False,
    review: Review | None = None,
) -> tuple[Registration, ...]:
    """Register every product and metric of the manifest in one transaction.

    The actor must be allowed to register in every domain that the documents name, which is asked before
    anything in them is judged. `review` judges further, as policy does at the point `register`.
    Raises `Forbidden`, and `Refused` with all findings when one of them blocks; then nothing is stored. The
    same content again stores nothing and says so; content that returns after other content is latest again.
    """
    _require_domains(manifest, actor)
    drafts, found = drafts_of(manifest)
    findings = (*manifest.findings, *found, *definition_faults(manifest.semantic))
    reviewed = review(drafts) if review is not None and not blocking(findings) else None
    if reviewed is not None:
        findings = (*findings, *reviewed.findings)
    if blocking(findings):
        raise Refused("The documents are refused; nothing was registered.", findings=findings)
    ordered = sorted(drafts, key=lambda one: one.key)
    with open_unit(actor, read_only=dry_run) as unit:
        if not dry_run:
            unit.hold()
        states = unit.states([one.key for one in ordered])
        new = [one for one in ordered if states.get(one.key, AssetState()).draft_digest != one.digest]
        if new and not dry_run:
            states = {**states, **_store(new, unit, reviewed)}
            unit.commit()
    return tuple(_registrations(ordered, frozenset(one.key for one in new), states, clock, findings))


def _require_domains(manifest: Manifest, actor: Actor) -> None:
    for domain in sorted({key.domain for key in keys_of(manifest) if key.domain}):
        require(actor, Permission.DOMAIN_DRAFT_REGISTER, domain=domain)


def _store(new: Sequence[Draft], unit: UnitOfWork, reviewed: Reviewed | None) -> dict[AssetKey, AssetState]:
    """Everything at once; where each of them stands then."""
    unit.drafts.add(*new)
    for one in new:
        detail = {"digest": one.digest, "definition_digest": one.definition_digest}
        tell(unit, Event(EventType.REGISTERED, one.key, one.version, detail))
        if reviewed is not None:
            reviewed.store(one, unit)
    advanced = unit.advance_all([one.key for one in new])
    return {one.key: AssetState(advanced[one.key], one.digest) for one in new}


def _registrations(
    drafts: Sequence[Draft],
    new: frozenset[AssetKey],
    states: Mapping[AssetKey, AssetState],
    clock: Clock,
    findings: Sequence[Finding],
) -> Iterator[Registration]:
    about = Attribution(drafts, findings)
    for one in drafts:
        yield Registration(
            key=one.key,
            version=one.version,
            digest=one.digest,
            definition_digest=one.definition_digest,
            stored=one.key in new,
            row_version=states.get(one.key, AssetState()).row_version,
            registered_at=clock.now(),
            findings=about.of(one),
        )
