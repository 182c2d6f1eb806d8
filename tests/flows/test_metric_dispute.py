"""One name, several meanings: found, measured, explained by rows, and settled by the sponsor alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flows.publishing_mesh import (
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

from catalog.access.actor import EVERYWHERE, Actor
from catalog.domain.document import Document
from catalog.domain.errors import Conflict, Forbidden, IdempotencyMismatch, NotFound, UsageError
from catalog.domain.event import EventType
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.domain.settlement import Fate, Settlement
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.reconciliation.reconcile import find_duplicates, reconcile
from catalog.publishing.settle import SettleCommand, settle
from catalog.registry.settled import standing
from catalog.store.projections.audit import AuditLog

FINANCE_GMV = AssetKey.parse("metric:finance.gmv")
CRM_TURNOVER = AssetKey.parse("metric:crm.turnover")
FRED = Actor("fred", "finance", "cli", {"finance": frozenset({Role.DOMAIN_OWNER})})
SPONSOR = Actor("daniel", "board", "cli", {EVERYWHERE: frozenset({Role.EXECUTIVE_SPONSOR})})
READER = Actor("rita", "planning", "bi", {EVERYWHERE: frozenset({Role.CONSUMER})})
WHY = "What the board is shown."
CHOOSE_SALES = SettleCommand(GMV, WHY, ((FINANCE_GMV, Fate.RENAME),))


@pytest.fixture
def mesh(tmp_path: Path, engines: Engines) -> Iterator[Mesh]:
    """Sales serves gmv; finance proposes another one, over large orders only."""
    with open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        opened.write_orders("1,10.5,a@example.org\n2,3.0,b@example.org\n3,100.0,c@example.org\n")
        opened.register(*product_documents(), metric_document(tier="tier_3"))
        assert publish(PublishCommand(ORDERS), OLGA, opened.gate).published
        assert publish(PublishCommand(GMV), OLGA, opened.gate).published
        opened.register(stated_in("finance", "case when amount > 5 then amount end"), actor=FRED)
        yield opened


def stated_in(domain: str, expr: str, name: str = "gmv", version: str = "1.0.0") -> Document:
    text = metric_document(version, tier="tier_3", expr=expr).data.decode()
    text = text.replace("domain: sales", f"domain: {domain}").replace("name: gmv", f"name: {name}")
    return Document(f"{domain}.yaml", text.encode())


def test_every_team_is_asked_on_the_same_data(mesh: Mesh) -> None:
    found = reconcile("gmv", SPONSOR, mesh.gate)
    assert [(one.who, one.value) for one in found.teams] == [
        ("sales.gmv", 113.5),
        ("finance.gmv 1.0.0 (draft)", 110.5),
    ]
    assert not found.agrees
    assert found.spread == pytest.approx(3.0)
    assert found.relative == pytest.approx(3.0 / 113.5)
    assert found.data.keys() == {"orders"}
    (against,) = found.comparisons
    assert against.comparison.sentences == (
        "Only finance.gmv 1.0.0 (draft) asks that amount is more than 5.",
    )


def test_the_rows_that_cause_it_are_counted_and_shown(mesh: Mesh) -> None:
    (cause,) = reconcile("gmv", SPONSOR, mesh.gate).comparisons[0].causes
    assert (cause.rows, cause.one, cause.other) == (1, 3.0, 0.0)
    assert cause.kind == "only sales.gmv counts"
    assert cause.samples == ({"amount": "3.0"},)


def test_groups_that_differ_most_come_first(mesh: Mesh) -> None:
    asked = reconcile("gmv", SPONSOR, mesh.gate, by="order")
    (by_order,) = asked.dimensions
    assert [one.group for one in by_order.groups] == ["2", "1", "3"]
    assert by_order.groups[0].values == (3.0, None)
    (by_year,) = reconcile("gmv", SPONSOR, mesh.gate).dimensions
    assert (by_year.dimension, by_year.groups[0].spread) == ("metric_time__year", 3.0)


def test_protected_values_are_neither_samples_nor_groups(mesh: Mesh) -> None:
    personal = "        classification: personal\n"
    mesh.register(*product_documents("1.1.0", columns=personal))
    assert publish(PublishCommand(ORDERS), OLGA, mesh.gate).published
    expr = "case when email <> 'a@example.org' then amount end"
    mesh.register(stated_in("finance", expr, version="1.1.0"), actor=FRED)
    seen = reconcile("gmv", SPONSOR, mesh.gate)
    assert seen.teams[1].reason == "you may not read the data behind this draft"
    owner = Actor("ona", "sales", "cli", {EVERYWHERE: frozenset({Role.DOMAIN_OWNER})})
    found = reconcile("gmv", owner, mesh.gate)
    (cause,) = found.comparisons[0].causes
    assert cause.samples == ({"amount": "10.5", "email": "***"},)
    dimension = "dimensions:\n      - name: email\n        type: categorical\n"
    named = stated_in("finance", expr, version="1.2.0").data.decode().replace("dimensions:\n", dimension)
    mesh.register(Document("finance.yaml", named.encode()), actor=FRED)
    for by in ("email", "order__email", "Dimension('order__email')"):
        (shown,) = reconcile("gmv", owner, mesh.gate, by=by).dimensions
        assert shown.groups == ()
        assert "not shown" in shown.reason


def test_who_may_not_see_a_draft_sees_what_is_served(mesh: Mesh) -> None:
    found = reconcile("gmv", READER, mesh.gate)
    assert [one.who for one in found.teams] == ["sales.gmv"]
    assert found.agrees
    with pytest.raises(NotFound):
        reconcile("turnover", READER, mesh.gate)


def test_a_deadline_leaves_out_what_it_does_not_reach(mesh: Mesh) -> None:
    found = reconcile("gmv", SPONSOR, mesh.gate, deadline_seconds=0)
    assert {one.reason for one in found.teams} == {"The time for this reconciliation is over."}
    assert found.spread is None
    assert found.comparisons[0].comparison.differences


def test_one_meaning_under_several_names_is_found(mesh: Mesh) -> None:
    crm = Actor("carl", "crm", "cli", {"crm": frozenset({Role.DOMAIN_OWNER})})
    mesh.register(stated_in("crm", "1.0 * amount + 0", "turnover"), actor=crm)
    (group,) = find_duplicates(SPONSOR, mesh.gate)
    assert {one.key for one in group} == {GMV, CRM_TURNOVER}
    assert find_duplicates(READER, mesh.gate) == ()


def test_only_the_sponsor_of_the_organisation_settles_a_name(mesh: Mesh) -> None:
    in_one_domain = Actor("dora", "sales", "cli", {"sales": frozenset({Role.EXECUTIVE_SPONSOR})})
    for actor in (OLGA, FRED, READER, in_one_domain):
        with pytest.raises(Forbidden):
            settle(CHOOSE_SALES, actor, mesh.gate)
    proposer = replace(SPONSOR, subject="olga")
    with pytest.raises(Forbidden, match="proposed"):
        settle(CHOOSE_SALES, proposer, mesh.gate)
    with mesh.store.open(SPONSOR, read_only=True) as unit:
        assert standing("gmv", unit) is None


def test_a_decision_is_recorded_with_audit_and_event(mesh: Mesh) -> None:
    decided = settle(CHOOSE_SALES, SPONSOR, mesh.gate).settlement
    with mesh.store.open(SPONSOR, read_only=True) as unit:
        assert standing("gmv", unit) == decided
        assert unit.outbox.pending()[-1].event.type == EventType.METRIC_SETTLED
        latest = unit.read(AuditLog(limit=1))[0]
    assert (latest.action, latest.actor) == (str(EventType.METRIC_SETTLED), "daniel")
    assert latest.detail["others"] == {"metric:finance.gmv": "rename"}
    assert reconcile("gmv", SPONSOR, mesh.gate).settlement == decided


def test_another_meaning_under_a_settled_name_is_refused_with_a_pointer(mesh: Mesh) -> None:
    settle(CHOOSE_SALES, SPONSOR, mesh.gate)
    refused = publish(PublishCommand(FINANCE_GMV), FRED, mesh.gate)
    (finding,) = [one for one in refused.findings if one.code == "METRIC_NAME_SETTLED"]
    assert "sales.gmv" in finding.message
    assert WHY in finding.message
    assert finding.remedy.startswith("rename")
    mesh.register(stated_in("finance", "0 + amount", version="1.1.0"), actor=FRED)
    assert publish(PublishCommand(FINANCE_GMV), FRED, mesh.gate).published


def test_a_decision_dies_with_the_definition_that_was_chosen(mesh: Mesh) -> None:
    settle(CHOOSE_SALES, SPONSOR, mesh.gate)
    mesh.register(metric_document("2.0.0", tier="tier_3", expr="amount + 1"))
    assert publish(PublishCommand(GMV), OLGA, mesh.gate).published
    assert reconcile("gmv", SPONSOR, mesh.gate).settlement is None
    assert publish(PublishCommand(FINANCE_GMV), FRED, mesh.gate).published


def test_what_was_read_once_of_a_decision_is_read_again_when_the_store_has_changed(mesh: Mesh) -> None:
    def told() -> Settlement | None:
        with mesh.store.open(READER, read_only=True) as unit:
            return unit.once("gmv", lambda: standing("gmv", unit))

    assert told() is None
    decided = settle(CHOOSE_SALES, SPONSOR, mesh.gate).settlement
    assert told() == told() == decided
    mesh.register(metric_document("2.0.0", tier="tier_3", expr="amount + 1"))
    assert publish(PublishCommand(GMV), OLGA, mesh.gate).published
    assert told() is None


def test_the_last_decision_counts(mesh: Mesh) -> None:
    settle(CHOOSE_SALES, SPONSOR, mesh.gate)
    again = settle(
        SettleCommand(FINANCE_GMV, "Small orders do not count.", ((GMV, Fate.RETIRE),)), SPONSOR, mesh.gate
    )
    assert reconcile("gmv", SPONSOR, mesh.gate).settlement == again.settlement
    assert reconcile("gmv", SPONSOR, mesh.gate).teams[0].key == FINANCE_GMV


def test_a_decision_that_cannot_be_meant_is_refused(mesh: Mesh) -> None:
    with pytest.raises(UsageError, match="no reason"):
        settle(replace(CHOOSE_SALES, reason=" "), SPONSOR, mesh.gate)
    with pytest.raises(UsageError, match="bears the name"):
        settle(replace(CHOOSE_SALES, others=((CRM_TURNOVER, Fate.RENAME),)), SPONSOR, mesh.gate)
    with pytest.raises(NotFound):
        settle(
            replace(CHOOSE_SALES, others=((AssetKey.parse("metric:crm.gmv"), Fate.ALIGN),)),
            SPONSOR,
            mesh.gate,
        )
    with pytest.raises(NotFound):
        settle(SettleCommand(CRM_TURNOVER, WHY), SPONSOR, mesh.gate)
    with pytest.raises(Conflict):
        settle(replace(CHOOSE_SALES, definition_digest="sha256:read"), SPONSOR, mesh.gate)


def test_a_dry_run_stores_nothing_and_a_key_gives_its_answer_again(mesh: Mesh) -> None:
    tried = settle(replace(CHOOSE_SALES, others=(), dry_run=True), SPONSOR, mesh.gate)
    assert tried.unheard == (FINANCE_GMV,)
    assert reconcile("gmv", SPONSOR, mesh.gate).settlement is None
    once = settle(replace(CHOOSE_SALES, idempotency_key="k"), SPONSOR, mesh.gate)
    assert settle(replace(CHOOSE_SALES, idempotency_key="k"), SPONSOR, mesh.gate) == once
    with pytest.raises(IdempotencyMismatch):
        settle(replace(CHOOSE_SALES, reason="other", idempotency_key="k"), SPONSOR, mesh.gate)
