"""The unit of work: one transaction for one actor; the only place that commits."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, select

from catalog.access.access_event import AccessEvent, ReadOutcome
from catalog.access.actor import SYSTEM, Actor
from catalog.access.sign_off import SignOff
from catalog.access.token import TokenGrant
from catalog.domain.clock import Clock
from catalog.domain.document import Document
from catalog.domain.errors import CatalogError
from catalog.domain.event import Event
from catalog.domain.identity import AssetKey
from catalog.domain.lineage import Link
from catalog.domain.settlement import Settlement
from catalog.policy.decision import Decision
from catalog.quality.report import QualityReport
from catalog.registry.compatibility import Consumer
from catalog.registry.ports import AssetState, Drafts, Policies, Versions, Waivers
from catalog.store import audit, outbox
from catalog.store.access_journal import AccessJournal
from catalog.store.access_log import AccessLog
from catalog.store.database import Database
from catalog.store.idempotency import Answers
from catalog.store.offers import Asked, Offer
from catalog.store.outbox import Outbox
from catalog.store.projections.audit import Head
from catalog.store.projections.projection import Projection
from catalog.store.remembered import Remembered
from catalog.store.repositories.assets import Assets
from catalog.store.repositories.decisions import add_decision, keep, kept
from catalog.store.repositories.drafts import StoredDrafts
from catalog.store.repositories.lineage import add_lineage
from catalog.store.repositories.policies import StoredPolicies
from catalog.store.repositories.quality_runs import add_quality_run
from catalog.store.repositories.rollups import StoredRollups
from catalog.store.repositories.settlements import add_settlement, settlement
from catalog.store.repositories.sign_offs import add_sign_off, sign_offs
from catalog.store.repositories.versions import StoredVersions
from catalog.store.repositories.waivers import StoredWaivers
from catalog.store.tables.logs import audit_head
from catalog.store.tokens import Tokens
from catalog.store.transaction import Transaction

T = TypeVar("T")


class Store:
    """The metadata store behind one URL; its schema must be there (`revision.require_current`).

    Safe to share between threads. Instants come from `clock`; order never does.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._database = Database(url)
        self._clock = clock
        self._remembered = Remembered()
        self._reads = AccessJournal(self._write_reads)

    def open(self, actor: Actor, *, read_only: bool = False) -> "StoreUnit":
        """A unit of work for `actor`; a read-only one sees one snapshot and refuses to write."""
        return StoreUnit(self._database.connect(read_only=read_only), actor, self._clock, self._remembered)

    def read(self, actor: Actor, projection: Projection[T]) -> tuple[T, ...]:
        """One projection in a read-only unit of its own."""
        with self.open(actor, read_only=True) as unit:
            return unit.read(projection)

    def find_token(self, digest: str) -> TokenGrant | None:
        """The grant behind a token, before anyone is known to ask for it."""
        with self.open(SYSTEM, read_only=True) as unit:
            return unit.tokens.find(digest)

    def log_reads(self, events: Sequence[AccessEvent]) -> None:
        """Return once the reads are durably in the access log; each event names its actor."""
        self._reads.append(events)

    def begin_reads(self, events: Sequence[AccessEvent]) -> "Future[None]":
        """Log reads on another thread, while their answer is made."""
        return self._reads.begin(events)

    def settle_read(self, outcome: ReadOutcome) -> None:
        """Add what came of a read, without waiting until it is stored."""
        self._reads.tell(outcome)

    def flush_reads(self) -> None:
        """Store what came of the reads so far."""
        self._reads.flush()

    def _write_reads(self, events: Sequence[AccessEvent], outcomes: Sequence[ReadOutcome]) -> None:
        with self.open(SYSTEM) as unit:
            unit.access_log.append(events)
            unit.access_log.settle(outcomes)
            unit.commit()

    def verify_audit(
        self, progress: Callable[[int], object] = lambda _: None, *, kept: audit.Verified | None = None
    ) -> audit.Verified:
        """Walk the audit chain; raises `AuditBroken` naming the first bad sequence (see `audit.verify`)."""
        reached = audit.Verified(0, audit.GENESIS)
        for reached in audit.verify(partial(self.read, SYSTEM), kept=kept):
            progress(reached.rows)
        return reached

    def close(self) -> None:
        """Close every connection; units that are open lose theirs."""
        self._reads.close()
        self._database.close()


class StoreUnit:
    """Implements `registry.ports.UnitOfWork`, with projections, tokens, access log and outbox besides."""

    drafts: Drafts
    versions: Versions
    policies: Policies
    waivers: Waivers
    tokens: Tokens
    access_log: AccessLog
    rollups: StoredRollups
    outbox: Outbox

    def __init__(
        self,
        connect: AbstractContextManager[Connection],
        actor: Actor,
        clock: Clock,
        remembered: Remembered,
    ) -> None:
        self.actor = actor
        self._remembered = remembered
        self._state = ""
        self._connect = connect
        self._clock = clock
        self._entries: list[audit.Entry] = []
        self._events: list[Event] = []

    def __enter__(self) -> Self:
        """Begin."""
        subject = self.actor.subject
        self._connection = self._connect.__enter__()
        self._transaction = Transaction(self._connection)
        self._assets = Assets(self._transaction)
        self._answers = Answers(self._transaction, self._clock, subject)
        self.drafts = StoredDrafts(self._transaction, self._assets, self._clock, subject)
        self._versions = StoredVersions(self._transaction, self._assets)
        self.versions = self._versions
        self.policies = StoredPolicies(self._transaction, self._clock, subject)
        self.waivers = StoredWaivers(self._transaction)
        self.tokens = Tokens(self._transaction, self._clock, subject)
        self.access_log = AccessLog(self._transaction)
        self.rollups = StoredRollups(self._transaction)
        self.outbox = Outbox(self._transaction)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back whatever was not committed."""
        self._connect.__exit__(kind, error, trace)

    def read(self, projection: Projection[T]) -> tuple[T, ...]:
        """Run a projection within this unit's snapshot."""
        return projection.collect(self._transaction.rows(projection.statement()))

    def offers(self, asked: Asked) -> tuple[Offer, ...]:
        """What is served of the assets asked for, best first; no statement but one where it was asked before.

        For read-only units, which see one state of the store.
        """
        return self.once(asked, lambda: self._offered(asked))

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` finds in this unit, found once for each state of the store; `key` names the question.

        For read-only units, and for what changes only with a link of the audit chain.
        """
        if not self._state:
            self._state = self.read(Head())[0][1]
        return self._remembered.found(self._state, key, read)

    def _offered(self, asked: Asked) -> tuple[Offer, ...]:
        versions = self._versions.offered(asked.kind, asked.name, asked.domain)
        drafts = ((one, self.drafts.get(one.key, one.digest)) for one in versions)
        return tuple(Offer(version, draft) for version, draft in drafts if draft is not None)

    def hold(self) -> None:
        """Lock the head of the audit chain, which every change needs to commit; SQLite's writers hold it anyway."""
        self._transaction.rows(select(audit_head.c.sequence).with_for_update())

    def row_version(self, key: AssetKey) -> int:
        """The asset's current row version; 0 where the asset is unknown."""
        return self._assets.row_version(key)

    def advance(self, key: AssetKey, expected: int) -> int:
        """Compare and set the row version; returns the new one, raises `StaleRowVersion`."""
        return self._assets.advance(key, expected)

    def states(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, AssetState]:
        """Where each of the assets stands; an unknown one is left out."""
        return self._assets.states(keys)

    def advance_all(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, int]:
        """Hold assets and advance their row versions, whatever they were; returns the new ones."""
        return self._assets.advance_all(keys)

    def consumers(self, keys: Collection[AssetKey]) -> Mapping[AssetKey, tuple[Consumer, ...]]:
        """Who read each of the assets, most reads first; an asset that nobody read is left out."""
        return self.access_log.consumers(keys)

    def sign_offs(self, key: AssetKey, definition_digest: str) -> tuple[SignOff, ...]:
        """Approvals of exactly this definition, oldest first."""
        return sign_offs(self._transaction, key, definition_digest)

    def add_sign_off(self, key: AssetKey, sign_off: SignOff) -> None:
        """Store an approval; raises `Conflict` when the same person gave it before."""
        add_sign_off(self._transaction, self._assets, key, sign_off)

    def settlement(self, name: str) -> Settlement | None:
        """The last decision on what a metric name stands for, dead or alive."""
        return settlement(self._transaction, name)

    def add_settlement(self, decided: Settlement) -> None:
        """Store a decision on a metric name."""
        add_settlement(self._transaction, self._assets, decided)

    def add_decision(self, key: AssetKey, digest: str, decision: Decision) -> None:
        """Store a decision with the view that it judged."""
        add_decision(self._transaction, self._assets, self.actor, key, digest=digest, decision=decision)

    def keep(self, document: Document) -> None:
        """Store bytes by their digest, once."""
        keep(self._transaction, document)

    def kept(self, digest: str) -> bytes | None:
        """The bytes that were kept under the digest."""
        return kept(self._transaction, digest)

    def add_quality_run(self, key: AssetKey, digest: str, report: QualityReport) -> None:
        """Store a quality run with its results."""
        add_quality_run(self._transaction, self._assets, key, digest, report)

    def add_lineage(self, key: AssetKey, version: str, links: Iterable[Link]) -> None:
        """Store what a version, added before, is made from."""
        add_lineage(self._transaction, key, version, links)

    def record(self, action: str, target: str, detail: Mapping[str, Any]) -> None:
        """Append a link to the audit chain, when the unit commits."""
        self._entries.append(audit.Entry(self._clock.now(), self.actor.subject, action, target, detail))

    def emit(self, event: Event) -> None:
        """Put an event into the outbox, when the unit commits."""
        self._events.append(event)

    def recall(self, operation: str, key: str, body_digest: str) -> Mapping[str, Any] | None:
        """The stored answer to this actor's key, if any; raises `IdempotencyMismatch` on another body."""
        return self._answers.recall(operation, key, body_digest)

    def remember(self, operation: str, key: str, body_digest: str, answer: Mapping[str, Any]) -> None:
        """Store the answer under the actor's key; raises `Conflict` when it was answered meanwhile."""
        self._answers.remember(operation, key, body_digest, answer)

    def commit(self) -> None:
        """Make everything durable at once.

        Raises `CatalogError` when something was changed and nothing recorded. When the connection is lost on
        the way, the fate of the unit is unknown: repeat it under the same idempotency key.
        """
        if (self._transaction.changed or self._events) and not self._entries:
            raise CatalogError("A change came without an audit record; nothing was stored.")
        # The audit head comes last, so that units wait for each other only while they commit.
        if self._entries:
            audit.append(self._transaction, self._entries)
        if self._events:
            outbox.append(self._transaction, self._events, self._clock.now())
        self._transaction.end(self._connection.commit)
        self._entries, self._events = [], []
