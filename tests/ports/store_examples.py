"""A small mesh for the store's tests: documents, drafts, evidence and publications, made from real documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, event, make_url, text

from catalog.access.access_event import AccessEvent
from catalog.access.actor import SYSTEM, Actor
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.domain.event import Event, EventType
from catalog.domain.finding import Finding, Level, Place
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.people import Role
from catalog.manifests.read import read
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.quality.report import CheckResult, Outcome, QualityDimension, QualityReport
from catalog.registry.drafts import drafts_of
from catalog.registry.ports import PublishedVersion
from catalog.store.unit_of_work import Store, StoreUnit

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANA = Actor("ana", "sales-team", "notebook", {"sales": frozenset({Role.DOMAIN_OWNER})})
BEN = Actor("ben", "finance-team", "dashboard", {"sales": frozenset({Role.CONSUMER})})
PLACE = Place("orders.yaml", 3, 5, "/schema/0")
FINDING = Finding("OWNER_MISSING", "There is no owner.", "Name one.", Level.WARNING, PLACE)


class StandingClock:
    """A clock that moves one second with every look, so that order by time is order of events."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def product_documents(
    name: str = "orders", domain: str = "sales", version: str = "1.0.0", *, purpose: str = "Orders as placed."
) -> tuple[Document, ...]:
    product = f"""
apiVersion: v1.0.0
kind: DataProduct
id: {domain}-{name}
name: {name}
version: {version}
status: active
domain: {domain}
tags: [core]
description:
  purpose: {purpose}
customProperties:
  - property: owner
    value: ana
  - property: tier
    value: tier_1
outputPorts:
  - name: {name}
    version: {version}
    contractId: {domain}-{name}-contract
"""
    contract = f"""
apiVersion: v3.1.0
kind: DataContract
id: {domain}-{name}-contract
name: {name}
version: {version}
status: active
domain: {domain}
schema:
  - name: {name}
    physicalName: {name}
    properties:
      - name: order_id
        logicalType: integer
        physicalType: BIGINT
        required: true
        primaryKey: true
      - name: customer_email
        logicalType: string
        physicalType: TEXT
        classification: personal
"""
    return (
        Document(f"{domain}/{name}.odps.yaml", product.encode()),
        Document(f"{domain}/{name}.odcs.yaml", contract.encode()),
    )


def metric_document(
    name: str = "gmv", domain: str = "sales", version: str = "1.0.0", *, tier: str = "north_star"
) -> Document:
    text_ = f"""
semantic_models:
  - name: {name}_orders
    model: ref('orders')
    defaults:
      agg_time_dimension: ordered_at
    entities:
      - name: order
        type: primary
        expr: order_id
    dimensions:
      - name: ordered_at
        type: time
        type_params:
          time_granularity: day
    measures:
      - name: {name}_amount
        agg: sum
        expr: amount
metrics:
  - name: {name}
    label: {name.upper()}
    description: All that was ordered.
    type: simple
    type_params:
      measure: {name}_amount
    config:
      meta:
        domain: {domain}
        owner: ana
        tier: {tier}
        version: {version}
"""
    return Document(f"{domain}/{name}.semantic.yaml", text_.encode())


def draft_of(*documents: Document) -> Draft:
    manifest = read(documents)
    drafts, _ = drafts_of(manifest)
    assert len(drafts) == 1, manifest.findings
    return drafts[0]


def product_draft(name: str = "orders", domain: str = "sales", version: str = "1.0.0", **more: str) -> Draft:
    return draft_of(*product_documents(name, domain, version, **more))


def metric_draft(name: str = "gmv", domain: str = "sales", version: str = "1.0.0", **more: str) -> Draft:
    return draft_of(metric_document(name, domain, version, **more))


def key(text_: str = "data_product:sales.orders") -> AssetKey:
    return AssetKey.parse(text_)


def decision(verdict: Verdict = Verdict.ALLOW, decision_id: str = "", *findings: Finding) -> Decision:
    return Decision(
        decision_id=decision_id or str(uuid4()),
        point=EnforcementPoint.PUBLISH,
        verdict=verdict,
        findings=findings,
        bundle_revision="sha256:bundle",
        engine="regorus 0.13.0",
        input_digest="sha256:input",
        decided_at=NOON,
        rules_evaluated=7,
    )


def report(run_id: str = "", **changes: object) -> QualityReport:
    passed = CheckResult(
        check_id="orders.order_id.unique",
        name="Order ids are unique",
        check="duplicates",
        dataset="orders",
        column="order_id",
        dimension=QualityDimension.UNIQUENESS,
        severity=Level.ERROR,
        outcome=Outcome.PASS,
        measured=0.0,
        threshold="= 0",
        row_count=1000,
    )
    failed = replace(
        passed,
        check_id="orders.customer_email.missing",
        dimension=QualityDimension.COMPLETENESS,
        severity=Level.WARNING,
        outcome=Outcome.FAIL,
        measured=12.5,
        samples=({"order_id": 7, "customer_email": None},),
        finding=FINDING,
    )
    run = QualityReport(
        run_id=run_id or str(uuid4()),
        results=(passed, failed),
        fingerprints=(("orders", "sha256:data"),),
        engine="duckdb 2.0.0",
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=2),
        scans=1,
    )
    return replace(run, **changes)  # type: ignore[arg-type]


def published(
    draft: Draft, verdict: Decision, run: QualityReport | None = None, **changes: object
) -> PublishedVersion:
    version = PublishedVersion(
        key=draft.key,
        version=draft.version,
        status=Status.ACTIVE,
        digest=draft.digest,
        definition_digest=draft.definition_digest,
        decision_id=verdict.decision_id,
        quality_run_id="" if run is None else run.run_id,
        record={"digest": draft.digest, "judged": {"by": "gate"}},
        published_at=NOON,
        published_by="ana",
    )
    return replace(version, **changes)  # type: ignore[arg-type]


def register(store: Store, *drafts: Draft, actor: Actor = ANA) -> None:
    with store.open(actor) as unit:
        for draft in drafts:
            unit.drafts.add(draft)
            unit.record("draft.register", str(draft.key), {"digest": draft.digest})
        unit.commit()


def write_publication(unit: StoreUnit, draft: Draft, **changes: object) -> PublishedVersion:
    """Everything that a publication writes, without committing it."""
    verdict = decision()
    run = report() if draft.key.kind is AssetKind.DATA_PRODUCT else None
    version = published(draft, verdict, run, **changes)
    unit.drafts.add(draft)
    unit.add_decision(draft.key, draft.digest, verdict)
    if run is not None:
        unit.add_quality_run(draft.key, draft.digest, run)
    unit.versions.add(version)
    unit.advance(draft.key, unit.row_version(draft.key))
    unit.record("version.publish", str(draft.key), {"version": draft.version})
    unit.emit(Event(EventType.PUBLISHED, draft.key, draft.version, {"digest": draft.digest}))
    return version


def publish(store: Store, draft: Draft, **changes: object) -> PublishedVersion:
    with store.open(ANA) as unit:
        version = write_publication(unit, draft, **changes)
        unit.commit()
    return version


def access(
    actor: Actor = BEN, *, seconds: int = 0, name: str = "metric:sales.gmv", **changes: object
) -> AccessEvent:
    event_ = AccessEvent(
        NOON + timedelta(seconds=seconds), actor, key(name), "1.0.0", "d-1", True, 10, {"limit": 5}
    )
    return replace(event_, **changes)  # type: ignore[arg-type]


def log(store: Store, *events: AccessEvent) -> None:
    with store.open(SYSTEM) as unit:
        unit.access_log.append(events)
        unit.commit()


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The SQL that reaches the database within the block, without the beginning of transactions."""
    seen: list[str] = []

    def watch(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SET TRANSACTION")):
            seen.append(statement)

    engines = (store._database.reader, store._database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", watch)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", watch)


@contextmanager
def postgresql_database(server_url: str) -> Iterator[str]:
    """A fresh database on the server, gone afterwards."""
    name = f"concord_test_{uuid4().hex}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'store' / 'catalog.db'}"
