"""A mesh of one product and one metric on real parts: store, policy engine, engine pool, documents, data."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ports.store_examples import postgresql_database, sqlite_url
from waiting import PATIENCE

from catalog.access.actor import Actor
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.adapters.rego_tests import run_rego_coverage
from catalog.adapters.signer import HmacSigner
from catalog.domain.document import Document
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.engine.pool import EnginePool
from catalog.engine.source import RootedLocator
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.policy.load import load_bundle
from catalog.publishing.active_policies import ActivePolicies
from catalog.publishing.ports import Gate
from catalog.registry.register import Registration, register
from catalog.store import migrate
from catalog.store.unit_of_work import Store

Engines = tuple[EnginePool, EmbeddedRego]
ORDERS = AssetKey.parse("data_product:sales.orders")
GMV = AssetKey.parse("metric:sales.gmv")
OLGA = Actor("olga", "sales", "cli", {"sales": frozenset({Role.DOMAIN_OWNER, Role.STEWARD})})
PAUL = Actor("paul", "sales", "cli", {"sales": frozenset({Role.DOMAIN_OWNER})})
STELLA = Actor("stella", "sales", "portal", {"sales": frozenset({Role.STEWARD})})
EVE = Actor("eve", "crm", "notebook", {"crm": frozenset({Role.DOMAIN_OWNER})})
SECRET = "a secret of the tests, long enough"

RULE = """# METADATA
# title: A served asset names its owner
# custom:
#   id: ORG-OWN-001
#   severity: error
#   enforcement: {ci: deny, register: warn, publish: deny, audit: deny}
#   scope: {kinds: [data_product, metric]}
#   guidance: mandatory
#   since: 2026-11-01
#   message: "{asset} names no owner."
#   remediation: "Declare `owner`."
#   owner: council
package governance.org.owner

violation contains v if {
	input.asset.owner == ""
	v := {"id": "ORG-OWN-001", "path": input.asset.path, "args": {}}
}
"""
RULE_TEST = """package governance.org.owner_test

import data.governance.org.owner

test_fails if count(owner.violation) == 1 with input as {"asset": {"owner": "", "path": "/asset"}}

test_passes if count(owner.violation) == 0 with input as {"asset": {"owner": "olga", "path": "/asset"}}
"""


class Clock:
    """Moves one second with every look; `pass_days` lets time pass."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def pass_days(self, days: int) -> None:
        self._now += timedelta(days=days)


def product_documents(
    version: str = "1.0.0", *, owner: str = "olga", columns: str = "", email: str = "TEXT"
) -> tuple[Document, ...]:
    product = f"""
apiVersion: v1.0.0
kind: DataProduct
id: sales-orders
name: orders
version: {version}
status: draft
domain: sales
description:
  purpose: Orders as they are placed.
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: sales-orders-contract
customProperties:
  - property: owner
    value: "{owner}"
"""
    contract = f"""
apiVersion: v3.1.0
kind: DataContract
id: sales-orders-contract
name: orders
version: {version}
status: draft
domain: sales
servers:
  - server: files
    type: local
    path: orders.csv
    format: csv
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: integer
        physicalType: BIGINT
        required: true
        unique: true
        quality:
          - type: library
            metric: nullValues
            mustBe: 0
            dimension: completeness
            severity: error
      - name: amount
        logicalType: number
        required: true
      - name: ordered_at
        logicalType: date
      - name: email
        logicalType: string
        physicalType: {email}
{columns}"""
    return (
        Document("orders.odps.yaml", product.encode()),
        Document("orders.odcs.yaml", contract.encode()),
    )


def metric_document(
    version: str = "1.0.0", *, tier: str = "tier_1", expr: str = "amount", description: str = "Sales."
) -> Document:
    return Document(
        "gmv.yaml",
        f"""
semantic_models:
  - name: orders
    model: ref('orders')
    defaults:
      agg_time_dimension: ordered_at
    config:
      meta:
        domain: sales
        product: sales.orders
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
      - name: order_amount
        agg: sum
        expr: {expr}
metrics:
  - name: gmv
    label: Gross merchandise value
    description: {description}
    type: simple
    type_params:
      measure: order_amount
    config:
      meta:
        domain: sales
        owner: olga
        tier: {tier}
        version: {version}
""".encode(),
    )


def manifest_of(*documents: Document) -> Manifest:
    manifest = read(documents)
    assert not [one for one in manifest.findings if one.blocks], manifest.findings
    return manifest


@dataclass(frozen=True)
class Mesh:
    """The parts, open."""

    gate: Gate
    store: Store
    data: Path
    clock: Clock

    def register(self, *documents: Document, actor: Actor = OLGA) -> tuple[Registration, ...]:
        return register(manifest_of(*documents), actor, self.store.open, self.clock)

    def write_orders(self, rows: str = "1,10.5,a@example.org\n2,3.0,b@example.org\n") -> None:
        dated = "".join(f"{row},2026-01-01\n" for row in rows.splitlines())
        (self.data / "orders.csv").write_text("order_id,amount,email,ordered_at\n" + dated)


def write_policies(folder: Path, rule: str = RULE) -> Path:
    (folder / "org").mkdir(parents=True)
    (folder / "org" / "owner.rego").write_text(rule)
    (folder / "org" / "owner_test.rego").write_text(RULE_TEST)
    return folder


@contextmanager
def open_engines() -> Iterator[Engines]:
    """The two engines, which many meshes may share."""
    with ExitStack() as stack:
        pool = EnginePool(workers=1)
        stack.callback(pool.close)
        rego = EmbeddedRego()
        stack.callback(rego.close)
        yield pool, rego


@contextmanager
def open_mesh_on_its_store(request: pytest.FixtureRequest, engines: Engines, folder: Path) -> Iterator[Mesh]:
    """A mesh on the store that is the fixture's parameter: `sqlite` or `postgresql`."""
    if request.param == "sqlite":
        with open_mesh(folder, sqlite_url(folder), engines) as opened:
            yield opened
        return
    with (
        postgresql_database(request.getfixturevalue("postgresql_url")) as url,
        open_mesh(folder, url, engines) as opened,
    ):
        yield opened


@contextmanager
def open_mesh(folder: Path, url: str, engines: Engines, *, migrated: bool = False) -> Iterator[Mesh]:
    """Everything wired on a database; the data and the policies lie in `folder`."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    policies = folder / "policies"
    if not policies.exists():
        write_policies(policies)
    if not migrated:
        migrate.upgrade(url)
    clock = Clock()
    with ExitStack() as stack:
        store = Store(url, clock)
        stack.callback(store.close)
        bundle = load_bundle(policies)
        gate = Gate(
            open_unit=store.open,
            clock=clock,
            policies=ActivePolicies(store.open, lambda: bundle),
            policy_engine=engines[1],
            policy_tests=run_rego_coverage,
            sql_engine=engines[0],
            locator=RootedLocator(data),
            signer=HmacSigner(SECRET),
            policy_deadline_seconds=PATIENCE,
            quality_deadline_seconds=PATIENCE,
        )
        mesh = Mesh(gate, store, data, clock)
        if not (data / "orders.csv").exists():
            mesh.write_orders()
        yield mesh
