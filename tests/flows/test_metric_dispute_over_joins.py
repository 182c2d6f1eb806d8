"""Definitions that differ in what joined data says: the rows behind it, for those who may read all of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flows.publishing_mesh import (
    GMV,
    ORDERS,
    Engines,
    Mesh,
    metric_document,
    open_mesh,
    product_documents,
)
from ports.store_examples import sqlite_url

from catalog.access.actor import EVERYWHERE, Actor
from catalog.cli.metrics_reconcile import reconciliation_json, tell_reconciliation
from catalog.cli.output import Output
from catalog.domain.document import Document
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.reconciliation.reconcile import Comparisons, reconcile

CUSTOMERS = AssetKey.parse("data_product:sales.customers")
FINANCE_GMV = AssetKey.parse("metric:finance.gmv")
ADA = Actor("ada", "sales", "cli", {EVERYWHERE: frozenset({Role.DOMAIN_OWNER, Role.STEWARD})})
READER = Actor("rita", "planning", "bi", {})
CUSTOMER_KEY = "      - name: customer_id\n        logicalType: integer\n"
CUSTOMER_ENTITY = "      - {name: customer, type: foreign, expr: customer_id}\n"
PERSONAL = "        classification: personal\n"
NEW = "{{ Dimension('customer__segment') }} = 'new'"
MODEL = """
  - name: customers
    model: ref('customers')
    config: {meta: {domain: sales, product: sales.customers}}
    entities: [{name: customer, type: primary, expr: customer_id}]
    dimensions: [{name: segment, type: categorical}, {name: email, type: categorical}]
"""


def customers_documents(version: str = "1.0.0", classified: str = "") -> tuple[Document, ...]:
    product, contract = (one.data.decode() for one in product_documents(version))
    head, _, _ = contract.partition("    properties:\n")
    columns = "".join(
        f"      - name: {name}\n        logicalType: {kind}\n"
        for name, kind in (("customer_id", "integer"), ("segment", "string"), ("email", "string"))
    )
    texts = (product, f"{head}    properties:\n{columns}{classified}")
    named = [text.replace("orders", "customers").replace("Orders", "Customers") for text in texts]
    return tuple(Document(f"customers.{number}.yaml", text.encode()) for number, text in enumerate(named))


def stated(domain: str, *filters: str, version: str = "1.0.0") -> Document:
    text = metric_document(version, tier="tier_3").data.decode()
    text = text.replace("\nmetrics:", f"{MODEL}\nmetrics:")
    text = text.replace("expr: order_id\n", f"expr: order_id\n{CUSTOMER_ENTITY}")
    where = "".join(f"    filter: {json.dumps(one)}\n" for one in filters)
    text = text.replace("    type: simple\n", f"    type: simple\n{where}")
    text = text.replace("domain: sales\n        owner", f"domain: {domain}\n        owner")
    return Document(f"{domain}.yaml", text.encode())


@pytest.fixture
def mesh(tmp_path: Path, engines: Engines) -> Iterator[Mesh]:
    """Sales counts every order; finance those of new customers. One order has no customer, one an unknown one."""
    with open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        (opened.data / "orders.csv").write_text(
            "order_id,amount,email,ordered_at,customer_id\n"
            "1,10.5,a@example.org,2026-01-01,7\n"
            "2,3.0,b@example.org,2026-01-01,8\n"
            "3,100.0,c@example.org,2026-01-01,\n"
            "4,20.0,d@example.org,2026-01-01,99\n"
        )
        (opened.data / "customers.csv").write_text(
            "customer_id,segment,email\n7,new,g@example.org\n8,old,h@example.org\n9,,i@example.org\n"
        )
        opened.register(*product_documents(columns=CUSTOMER_KEY), actor=ADA)
        offer_customers(opened)
        assert publish(PublishCommand(ORDERS), ADA, opened.gate).published
        opened.register(stated("sales"), actor=ADA)
        offer_finance(opened, NEW)
        assert publish(PublishCommand(GMV), ADA, opened.gate).published
        yield opened


def offer_customers(mesh: Mesh, version: str = "1.0.0", classified: str = "") -> None:
    mesh.register(*customers_documents(version, classified), actor=ADA)
    assert publish(PublishCommand(CUSTOMERS), ADA, mesh.gate).published


def offer_finance(mesh: Mesh, where: str, version: str = "1.0.0") -> None:
    mesh.register(stated("finance", where, version=version), actor=ADA)
    outcome = publish(PublishCommand(FINANCE_GMV), ADA, mesh.gate)
    assert outcome.published, outcome.findings


def against(mesh: Mesh, actor: Actor) -> Comparisons:
    (found,) = reconcile("gmv", actor, mesh.gate).comparisons
    return found


def test_rows_that_joined_data_decides_are_counted_and_shown(mesh: Mesh) -> None:
    found = against(mesh, READER)
    assert found.reason == ""
    (cause,) = found.causes
    assert (cause.kind, cause.relation) == ("only sales.gmv counts", "orders")
    assert (cause.rows, cause.one, cause.other) == (3, 0.0, 123.0)
    assert sorted(cause.samples, key=str) == [
        {"customer_id": 8, "customers.segment": "old", "amount": "3.0"},
        {"customer_id": 99, "customers.segment": None, "amount": "20.0"},
        {"customer_id": None, "customers.segment": None, "amount": "100.0"},
    ]


def test_who_may_not_read_the_joined_rows_sees_counts_and_why_there_are_no_rows(
    mesh: Mesh, capsys: pytest.CaptureFixture[str]
) -> None:
    offer_customers(mesh, "1.1.0", PERSONAL)
    (cause,) = against(mesh, READER).causes
    assert (cause.rows, cause.samples) == (3, ())
    assert cause.reason == "you may not read the rows of customers"
    found = reconcile("gmv", READER, mesh.gate)
    tell_reconciliation(found, Output("text"))
    assert "not shown: you may not read the rows of customers" in capsys.readouterr().out
    assert reconciliation_json(found)["comparisons"][0]["causes"][0]["reason"] == cause.reason
    (shown,) = against(mesh, ADA).causes
    assert len(shown.samples) == 3


def test_protected_values_of_joined_data_are_masked(mesh: Mesh) -> None:
    offer_customers(mesh, "1.1.0", PERSONAL)
    offer_finance(mesh, "{{ Dimension('customer__email') }} = 'g@example.org'", "2.0.0")
    (cause,) = against(mesh, ADA).causes
    assert {sample["customers.email"] for sample in cause.samples} == {None, "***"}
    assert cause.rows == 3


def test_who_may_not_have_a_number_gets_no_counts_of_its_rows(mesh: Mesh) -> None:
    offer_customers(mesh, "1.1.0", PERSONAL)
    mesh.register(stated("crm", "{{ Dimension('customer__email') }} = 'g@example.org'"), actor=ADA)
    fred = Actor("fred", "crm", "cli", {"crm": frozenset({Role.DOMAIN_OWNER})})
    found = reconcile("gmv", fred, mesh.gate)
    (draft,) = [one for one in found.teams if "draft" in one.who]
    assert draft.reason == "you may not read the data behind this draft"
    (held,) = [one for one in found.comparisons if one.comparison.other == draft.who]
    assert (held.causes, held.comparison.same) == ((), False)


def test_what_cannot_be_counted_by_rows_says_why(mesh: Mesh) -> None:
    offer_finance(mesh, "{{ Metric('gmv', group_by=['customer']) }} > 5", "2.0.0")
    found = against(mesh, READER)
    assert (found.causes, found.reason) == ((), "a filter looks at the value of a metric")
