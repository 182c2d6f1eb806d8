"""Several assets are published in the order of what they are made from; a refusal is handed down, not repeated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flows.publishing_mesh import (
    EVE,
    GMV,
    OLGA,
    ORDERS,
    Engines,
    Mesh,
    metric_document,
    open_mesh,
    product_documents,
)
from ports.store_examples import sqlite_url

from catalog.access.actor import SYSTEM
from catalog.domain.document import Document
from catalog.domain.errors import Forbidden, NotFound
from catalog.domain.identity import AssetKey
from catalog.publishing.publish_set import publish_set
from catalog.store.projections.audit import AuditLog

TWICE = AssetKey.parse("metric:sales.a_twice")


@pytest.fixture
def mesh(tmp_path: Path, engines: Engines) -> Iterator[Mesh]:
    with open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        yield opened


def documents(*, owner: str = "olga") -> tuple[Document, ...]:
    one = metric_document(tier="tier_3").data
    two = b"""
  - name: a_twice
    type: derived
    type_params:
      expr: gmv * 2
      metrics: [gmv]
    config:
      meta: {domain: sales, owner: olga, tier: tier_3, version: 1.0.0}
"""
    return (
        *product_documents(),
        Document("gmv.yaml", one.replace(b"owner: olga", f"owner: '{owner}'".encode()) + two),
    )


def test_all_are_published_whatever_the_order_in_which_they_are_named(mesh: Mesh) -> None:
    mesh.register(*documents())
    begun: list[AssetKey] = []
    outcomes = publish_set([TWICE, GMV, ORDERS], OLGA, mesh.gate, begins=begun.append)
    assert [(one.key, one.published) for one in outcomes] == [(ORDERS, True), (GMV, True), (TWICE, True)]
    assert begun == [ORDERS, GMV, TWICE]


def test_what_is_made_from_a_refused_one_is_not_tried(mesh: Mesh) -> None:
    mesh.register(*documents(owner=""))
    begun: list[AssetKey] = []
    outcomes = publish_set([TWICE, GMV, ORDERS], OLGA, mesh.gate, begins=begun.append)
    assert [one.published for one in outcomes] == [True, False, False]
    assert begun == [ORDERS, GMV]
    (finding,) = outcomes[-1].findings
    assert finding.code == "DEPENDENCY_REFUSED"
    assert "metric:sales.gmv" in finding.message
    assert mesh.store.read(SYSTEM, AuditLog(target=str(TWICE), action="catalog.version.refused")) == ()


def test_a_derived_metric_alone_waits_for_its_inputs(mesh: Mesh) -> None:
    mesh.register(*documents())
    (outcome, refused) = publish_set([ORDERS, TWICE], OLGA, mesh.gate)
    assert outcome.published
    reasons = [one for one in refused.findings if one.blocks]
    assert [one.code for one in reasons] == ["DEPENDENCY_NOT_SERVED"]
    assert "metric sales.gmv" in reasons[0].message


def test_nothing_is_published_where_one_may_not_be_or_is_not_there(mesh: Mesh) -> None:
    mesh.register(*documents())
    with pytest.raises(Forbidden):
        publish_set([ORDERS, GMV], EVE, mesh.gate)
    with pytest.raises(NotFound):
        publish_set([ORDERS, AssetKey.parse("metric:sales.unknown")], OLGA, mesh.gate)
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        assert unit.versions.served() == ()
