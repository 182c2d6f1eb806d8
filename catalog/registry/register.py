"""Registers what a folder says: immutable drafts by content, all or none, nothing served yet."""

from collections.abc import Callable, Sequence
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
from catalog.registry.drafts import drafts_of, keys_of
from catalog.registry.journal import tell
from catalog.registry.ports import OpenUnit, UnitOfWork


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
    with open_unit(actor, read_only=dry_run) as unit:
        if not dry_run:
            unit.hold()
        registrations = tuple(
            _register(draft, unit, clock, findings, reviewed, dry_run=dry_run)
            for draft in sorted(drafts, key=lambda one: one.key)
        )
        if not dry_run and any(one.stored for one in registrations):
            unit.commit()
    return registrations


def _require_domains(manifest: Manifest, actor: Actor) -> None:
    for domain in sorted({key.domain for key in keys_of(manifest) if key.domain}):
        require(actor, Permission.DOMAIN_DRAFT_REGISTER, domain=domain)


def _register(
    draft: Draft,
    unit: UnitOfWork,
    clock: Clock,
    findings: Sequence[Finding],
    reviewed: Reviewed | None,
    *,
    dry_run: bool,
) -> Registration:
    latest = unit.drafts.latest(draft.key)
    stored = latest is None or latest.digest != draft.digest
    row_version = unit.row_version(draft.key)
    if stored and not dry_run:
        unit.drafts.add(draft)
        detail = {"digest": draft.digest, "definition_digest": draft.definition_digest}
        tell(unit, Event(EventType.REGISTERED, draft.key, draft.version, detail))
        row_version = unit.advance(draft.key, row_version)
        if reviewed is not None:
            reviewed.store(draft, unit)
    own = {one.path for one in draft.documents}
    return Registration(
        key=draft.key,
        version=draft.version,
        digest=draft.digest,
        definition_digest=draft.definition_digest,
        stored=stored,
        row_version=row_version,
        registered_at=clock.now(),
        findings=tuple(one for one in findings if one.place.file in own or not one.place.file),
    )
