"""What the registry and the gate ask of a store: one unit of work, opened for an actor, committed once.

Every method raises `StoreUnavailable` or `StoreFull` when the store cannot answer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from catalog.access.actor import Actor
from catalog.access.sign_off import SignOff
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.domain.event import Event
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import Link
from catalog.domain.settlement import Settlement
from catalog.domain.standing import Standing
from catalog.policy.audited import Audited, AuditTurn
from catalog.policy.decision import Decision, EnforcementPoint
from catalog.policy.lifecycle import Mode, Placement, UploadedBundle
from catalog.policy.shadowed import Shadowed
from catalog.policy.waiver_request import WaiverRequest
from catalog.quality.report import QualityReport
from catalog.registry.compatibility import Consumer


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that passed the gate, with the signed record of what was judged.

    `standing` says what a metric reads now; None for products. `audited` says how policy judged it last since.
    """

    key: AssetKey
    version: str
    status: Status
    digest: str
    definition_digest: str
    decision_id: str
    quality_run_id: str
    record: Mapping[str, Any]
    published_at: datetime
    published_by: str
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None
    retired_at: datetime | None = None
    replaced_by: str = ""
    notice: str = ""
    standing: Standing | None = None
    audited: Audited | None = None


@dataclass(frozen=True, slots=True)
class AssetState:
    """Where an asset stands; the digest is that of the draft registered last, empty where there is none."""

    row_version: int = 0
    draft_digest: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One link of the audit chain as read back."""

    sequence: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, Any]
    hash: str


class Drafts(Protocol):
    """Immutable drafts by content digest."""

    def add(self, *added: Draft) -> int:
        """Store drafts and their documents; returns how many were not there with this very content."""

    def get(self, key: AssetKey, digest: str) -> Draft | None:
        """The draft of that content."""

    def latest(self, key: AssetKey) -> Draft | None:
        """The draft registered last."""

    def keys(self, kind: AssetKind, name: str = "") -> tuple[AssetKey, ...]:
        """Every asset of that kind, or every one that bears the name, in the order of their keys."""

    def registered_by(self, key: AssetKey, digest: str) -> str:
        """The subject that registered this content first, empty where unknown; a proposer is no approver."""


class Versions(Protocol):
    """Published versions; several may be served side by side."""

    def of(self, key: AssetKey) -> tuple[PublishedVersion, ...]:
        """All versions of the asset, newest publication first."""

    def of_all(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, tuple[PublishedVersion, ...]]:
        """The same for many assets; one without a version is left out."""

    def served(self) -> tuple[PublishedVersion, ...]:
        """Every active or deprecated version in the mesh."""

    def served_digest(self) -> str:
        """Names which contents are served: another one once a version came or went, reading little."""

    def add(self, version: PublishedVersion) -> None:
        """Store a new version; raises `VersionExists` when the version is taken."""

    def change(self, version: PublishedVersion) -> None:
        """Store the new status and its dates."""

    def stand(self, key: AssetKey, version: str, standing: Standing) -> None:
        """Store how a metric's version stands from now on."""

    def audited(self, key: AssetKey, version: str, audited: Audited) -> None:
        """Store how policy judges a version at the audit point from now on."""


class Policies(Protocol):
    """Policy bundles by revision, and where they stand."""

    def add(self, revision: str, files: Mapping[str, bytes]) -> bool:
        """Store a draft with its files, in place of those it had; False when the revision was there."""

    def find(self, revision: str) -> UploadedBundle | None:
        """The bundle of that revision."""

    def all(self) -> tuple[UploadedBundle, ...]:
        """Every bundle, newest upload first."""

    def files(self, revision: str) -> dict[str, bytes]:
        """The files of a bundle by path; empty where the revision is not known."""

    def validated(self, revision: str) -> None:
        """Note that the bundle holds."""

    def approved(self, revision: str) -> None:
        """Note that the bundle may be enforced."""

    def placements(self) -> tuple[Placement, ...]:
        """What stands at each point."""

    def place(self, point: EnforcementPoint, mode: Mode, revision: str) -> None:
        """Put the bundle at the point, in place of another; an empty revision leaves it bare."""

    def shadowed(self, revision: str, point: EnforcementPoint) -> tuple[Shadowed, ...]:
        """What the bundle in shadow at the point was last found to say of each content, where that was kept."""

    def audit_turn(self) -> AuditTurn:
        """The last audit of everything served, and who is at the next one."""

    def take_audit_turn(self, turn: AuditTurn) -> None:
        """Store it in place of what was there; needs no audit row."""


class Waivers(Protocol):
    """Waivers that were asked for in the store."""

    def add(self, request: WaiverRequest) -> None:
        """Store a new one."""

    def find(self, waiver_id: str) -> WaiverRequest | None:
        """The one of that id."""

    def change(self, request: WaiverRequest) -> None:
        """Store who approved or revoked it."""

    def approved(self, key: AssetKey | None = None) -> tuple[WaiverRequest, ...]:
        """All that are approved and not revoked, expired ones too; of one asset where it is given."""


class UnitOfWork(Protocol):
    """One transaction for one actor; leaving the block without `commit` changes nothing.

    `commit` refuses when something was written and no audit row was.
    """

    actor: Actor
    drafts: Drafts
    versions: Versions
    policies: Policies
    waivers: Waivers

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back whatever was not committed."""

    def hold(self) -> None:
        """From here on until this unit ends, no other unit changes assets; what is read next stays true.

        Comes first in every unit that judges over the mesh and then writes.
        """

    def row_version(self, key: AssetKey) -> int:
        """The asset's current row version; 0 where the asset is unknown."""

    def advance(self, key: AssetKey, expected: int) -> int:
        """Compare and set the row version; returns the new one, raises `StaleRowVersion`."""

    def states(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, AssetState]:
        """Where each of the assets stands; an unknown one is left out."""

    def advance_all(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, int]:
        """Hold assets and advance their row versions, whatever they were; returns the new ones."""

    def consumers(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, tuple[Consumer, ...]]:
        """Who read each of the assets, most reads first; an asset that nobody read is left out."""

    def sign_offs(self, key: AssetKey, definition_digest: str) -> tuple[SignOff, ...]:
        """Approvals of exactly this definition."""

    def add_sign_off(self, key: AssetKey, sign_off: SignOff) -> None:
        """Store an approval."""

    def settlement(self, name: str) -> Settlement | None:
        """The last decision on what a metric name stands for, dead or alive."""

    def add_settlement(self, decided: Settlement) -> None:
        """Store a decision on a metric name."""

    def add_decision(self, key: AssetKey, digest: str, decision: Decision) -> None:
        """Store a decision with the view that it judged."""

    def keep(self, document: Document) -> None:
        """Store bytes by their digest, once."""

    def kept(self, digest: str) -> bytes | None:
        """The bytes that were kept under the digest."""

    def add_quality_run(self, key: AssetKey, digest: str, report: QualityReport) -> None:
        """Store a quality run with its results."""

    def add_lineage(self, key: AssetKey, version: str, links: Iterable[Link]) -> None:
        """Store what a version, added before, is made from."""

    def record(self, action: str, target: str, detail: Mapping[str, Any]) -> None:
        """Append a link to the audit chain."""

    def emit(self, event: Event) -> None:
        """Put an event into the outbox."""

    def recall(self, operation: str, key: str, body_digest: str) -> Mapping[str, Any] | None:
        """The stored answer to this actor's key, if any; raises `IdempotencyMismatch` on another body."""

    def remember(self, operation: str, key: str, body_digest: str, answer: Mapping[str, Any]) -> None:
        """Store the answer under the actor's key, in this same transaction."""

    def commit(self) -> None:
        """Make everything durable at once."""


class OpenUnit(Protocol):
    """Opens a unit of work; nothing reaches the store without an actor."""

    def __call__(self, actor: Actor, *, read_only: bool = False) -> UnitOfWork:
        """A unit of work for `actor`."""
