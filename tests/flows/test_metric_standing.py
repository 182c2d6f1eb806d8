"""A metric reads the product version that gives what it was made with, or is refused at once with the reason."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flows.publishing_mesh import (
    GMV,
    OLGA,
    ORDERS,
    PAUL,
    STELLA,
    Clock,
    manifest_of,
    metric_document,
    product_documents,
    write_policies,
)
from ports.store_examples import sqlite_url
from waiting import PATIENCE

from catalog.access.access_event import AccessEvent
from catalog.access.actor import SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.document import Document
from catalog.domain.errors import Refused
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.domain.standing import Standing
from catalog.lineage.impact import Fate
from catalog.metrics import MetricQuery
from catalog.publishing.deprecate import DeprecateCommand, deprecate
from catalog.publishing.outcome import PublishCommand, PublishOutcome, PublishResult
from catalog.publishing.publish import publish
from catalog.publishing.retire import RetireCommand, retire
from catalog.publishing.sign import SignOffCommand, sign_off
from catalog.registry.register import register
from catalog.serving.metric_query import query_metrics
from catalog.store import migrate
from catalog.store.projections.audit import AuditLog

NO_AMOUNT = (b"- name: amount\n        logicalType: number", b"- name: total\n        logicalType: integer")
BOTH = (NO_AMOUNT[0], NO_AMOUNT[1] + b"\n        required: true\n      " + NO_AMOUNT[0])
NO_TIME = (b"- name: ordered_at\n        logicalType: date\n      ", b"")
TWICE = AssetKey.parse("metric:sales.a_twice")
BI = Actor("bi", "finance", "dashboard", {})


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "data").mkdir()
    rows = "order_id,amount,email,ordered_at,total\n1,10,a@b.example,2026-01-01,7\n2,3,c@d.example,2026-01-02,7\n"
    (tmp_path / "data" / "orders.csv").write_text(rows)
    write_policies(tmp_path / "policies")
    url = sqlite_url(tmp_path)
    migrate.upgrade(url)
    settings = Settings(
        data_root=str(tmp_path / "data"),
        database_url=url,
        policies=str(tmp_path / "policies"),
        demo=True,
        engine_workers=1,
        policy_deadline_seconds=PATIENCE,
        engine_deadline_seconds=PATIENCE,
    )
    with Services(settings, clock=Clock()) as opened:
        yield opened


def product(version: str, *changes: tuple[bytes, bytes]) -> tuple[Document, ...]:
    def changed(data: bytes) -> bytes:
        for old, new in changes:
            data = data.replace(old, new)
        return data

    return tuple(Document(one.path, changed(one.data)) for one in product_documents(version))


def put(services: Services, key: AssetKey, *documents: Document) -> PublishOutcome:
    register(manifest_of(*documents), OLGA, services.store.open, services.clock)
    outcome = publish(PublishCommand(key), OLGA, services.gate)
    assert outcome.published, outcome.findings
    return outcome


def out(services: Services, version: str, *, force: bool = False) -> None:
    """Deprecate and retire a version of the product."""
    sunset = services.clock.now() + timedelta(seconds=5)
    deprecate(DeprecateCommand(ORDERS, version, "Leaving.", sunset), OLGA, services.gate)
    assert isinstance(services.clock, Clock)
    services.clock.pass_days(1)
    retire(RetireCommand(ORDERS, version, force=force), OLGA, services.gate)


def number(services: Services, *group_by: str) -> list[tuple[object, ...]]:
    return list(query_metrics(MetricQuery(("gmv",), group_by), BI, services).rows)


def standing(services: Services) -> Standing:
    with services.store.open(SYSTEM, read_only=True) as unit:
        (version,) = unit.versions.of(GMV)
    assert version.standing is not None
    assert version.version == "1.0.0"
    return version.standing


def events(services: Services) -> list[str]:
    return [one.action for one in services.store.read(SYSTEM, AuditLog(target=str(GMV)))]


def test_a_metric_remembers_the_version_that_it_was_made_on(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    record = put(services, GMV, metric_document(tier="tier_3")).record["payload"]
    assert record["standing"] == {"orders": {"product": "sales.orders", "version": "1.0.0"}}
    assert [(one.made_on, one.reads, one.lost) for one in standing(services).sources] == [
        ("1.0.0", "1.0.0", ())
    ]


def test_a_metric_follows_a_compatible_version(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    put(
        services,
        ORDERS,
        *product("1.1.0", (b"logicalType: string\n", b"logicalType: string\n        required: true\n")),
    )
    (source,) = standing(services).sources
    assert (source.made_on, source.reads) == ("1.0.0", "1.1.0")


def test_a_breaking_version_leaves_the_metric_where_it_is_and_names_its_readers(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    with services.store.open(SYSTEM) as unit:
        unit.access_log.append([AccessEvent(services.clock.now(), BI, GMV, "1.0.0", "d", True, 1)])
        unit.commit()
    outcome = put(services, ORDERS, *product("2.0.0", NO_AMOUNT))
    (affected,) = outcome.impact
    assert (affected.key, affected.fate, affected.columns) == (GMV, Fate.STAYS, ("orders.amount",))
    assert [(one.team, one.application) for one in affected.consumers] == [("finance", "dashboard")]
    assert "METRICS_LEFT_BEHIND" in [one.code for one in outcome.findings]
    (told,) = outcome.record["payload"]["impact"]
    assert (told["metric"], told["fate"]) == (str(GMV), "stays")
    assert standing(services).sources[0].reads == "1.0.0"
    assert number(services) == [(13,)]


def test_a_version_that_a_metric_hangs_on_is_not_retired(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    put(services, ORDERS, *product("2.0.0", NO_AMOUNT))
    with pytest.raises(Refused) as caught:
        out(services, "1.0.0")
    (finding,) = caught.value.findings
    assert finding.code == "RETIREMENT_HAS_DEPENDENTS"
    assert "sales.orders 2.0.0 column amount is gone" in finding.message
    assert number(services) == [(13,)]


def test_a_metric_that_lost_its_column_is_refused_at_once_and_served_again_after_repair(
    services: Services,
) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    put(services, ORDERS, *product("2.0.0", NO_AMOUNT))
    assert number(services) == [(13,)]
    out(services, "1.0.0", force=True)
    assert not standing(services).valid
    with pytest.raises(Refused) as caught:
        number(services)
    findings = {one.code for one in caught.value.findings}
    assert findings == {"COLUMN_NOT_SERVED"}
    assert "metric:sales.gmv 1.0.0 uses amount as value: in sales.orders 2.0.0 column amount" in str(
        caught.value
    )
    put(services, ORDERS, *product("2.1.0", BOTH))
    assert standing(services).valid
    assert number(services) == [(13,)]
    assert events(services)[:2] == ["catalog.metric.restored", "catalog.metric.invalidated"]


def test_a_product_without_a_served_version_refuses_its_metrics_at_once(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    out(services, "1.0.0", force=True)
    with pytest.raises(Refused) as caught:
        number(services)
    assert "sales.orders is not served" in caught.value.message


def test_a_lost_group_is_refused_and_the_number_without_it_is_not(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    put(services, ORDERS, *product("2.0.0", NO_TIME))
    with pytest.raises(Refused) as caught:
        out(services, "1.0.0")
    assert "column ordered_at is gone" in caught.value.findings[0].message
    retire(RetireCommand(ORDERS, "1.0.0", force=True), OLGA, services.gate)
    assert standing(services).valid
    assert number(services) == [(13,)]
    with pytest.raises(Refused) as caught:
        number(services, "metric_time__day")
    assert "uses ordered_at as time" in caught.value.message


def test_a_column_that_changed_its_type_is_not_read_as_if_it_had_not(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    put(services, ORDERS, *product("2.0.0", (b"logicalType: number", b"logicalType: string")))
    assert standing(services).sources[0].reads == "1.0.0"
    out(services, "1.0.0", force=True)
    with pytest.raises(Refused) as caught:
        number(services)
    assert "amount turns from number into string" in caught.value.message


def test_a_metric_on_a_column_that_no_contract_promises_is_not_published(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    register(
        manifest_of(metric_document(expr="discount", tier="tier_3")),
        OLGA,
        services.store.open,
        services.clock,
    )
    outcome = publish(PublishCommand(GMV), OLGA, services.gate)
    assert not outcome.published
    assert [one.code for one in outcome.findings if one.blocks] == [
        "METRIC_COLUMN_MISSING",
        "COLUMN_NOT_SERVED",
    ]


def test_a_metric_whose_declared_key_repeats_in_the_data_is_not_published(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0", BOTH))
    right = metric_document(tier="tier_3")
    wrong = Document(right.path, right.data.replace(b"expr: order_id", b"expr: total"))
    register(manifest_of(wrong), OLGA, services.store.open, services.clock)
    outcome = publish(PublishCommand(GMV), OLGA, services.gate)
    assert not outcome.published
    (finding,) = (one for one in outcome.findings if one.blocks)
    assert finding.code == "METRIC_KEY_REPEATED"
    assert (finding.place.file, finding.place.line) == ("gmv.yaml", 12)
    assert "repeats in 1 of 2 rows" in finding.message
    put(services, GMV, right)


def test_a_metric_that_changes_its_meaning_names_those_made_with_the_earlier_one(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0", BOTH))
    put(services, GMV, derived("amount"))
    put(services, TWICE, derived("amount"))
    changed = register(
        manifest_of(derived("total", version="2.0.0")), OLGA, services.store.open, services.clock
    )
    assert {one.key for one in changed} == {GMV, TWICE}
    outcome = publish(PublishCommand(GMV, dry_run=True), OLGA, services.gate)
    (affected,) = outcome.impact
    assert (affected.key, affected.fate, affected.columns) == (TWICE, Fate.STAYS, ())
    assert affected.saved_queries == ("doubled",)
    assert "METRICS_LEFT_BEHIND" in [one.code for one in outcome.findings]


def test_a_change_that_leaves_a_metric_alone_has_no_impact_on_it(services: Services) -> None:
    put(services, ORDERS, *product("1.0.0"))
    put(services, GMV, metric_document(tier="tier_3"))
    outcome = put(
        services,
        ORDERS,
        *product("2.0.0", (b"- name: email", b"- name: contact\n        physicalName: email")),
    )
    assert outcome.impact == ()
    assert standing(services).sources[0].reads == "2.0.0"


def derived(expr: str, version: str = "1.0.0") -> Document:
    """The metric, one that is derived from it, and a saved query for that."""
    more = b"""
  - name: a_twice
    type: derived
    type_params:
      expr: gmv * 2
      metrics: [gmv]
    config:
      meta: {domain: sales, owner: olga, tier: tier_3, version: 1.0.0}
saved_queries:
  - name: doubled
    query_params: {metrics: [a_twice]}
"""
    return Document("gmv.yaml", metric_document(version, expr=expr, tier="tier_3").data + more)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"expr: amount", b"expr: ( amount )  # in euros"),
        (b"order_amount", b"amount_of_orders"),
        (b"description: Sales.", b"description: All that was sold."),
        (b"expr: order_id", b'expr: "\\"order_id\\""'),
    ],
    ids=["spacing", "measure renamed", "description", "quotes"],
)
def test_other_words_for_the_same_meaning_need_no_version_and_lose_no_approval(
    services: Services, old: bytes, new: bytes
) -> None:
    put(services, ORDERS, *product("1.0.0"))
    first = metric_document()
    register(manifest_of(first), OLGA, services.store.open, services.clock)
    for who in (PAUL, STELLA):
        role = Role.DOMAIN_OWNER if who is PAUL else Role.STEWARD
        sign_off(SignOffCommand(GMV, role), who, services.gate)
    assert publish(PublishCommand(GMV), OLGA, services.gate).published
    assert first.data.count(old)
    (again,) = register(
        manifest_of(Document("gmv.yaml", first.data.replace(old, new))),
        OLGA,
        services.store.open,
        services.clock,
    )
    assert again.stored
    outcome = publish(PublishCommand(GMV), OLGA, services.gate)
    assert outcome.result is PublishResult.UNCHANGED
    assert [one.code for one in outcome.findings] == ["MEANING_SERVED"]
    with services.store.open(SYSTEM, read_only=True) as unit:
        assert len(unit.sign_offs(GMV, again.definition_digest)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"expr: amount", b"expr: amount * 2"),
        (b"expr: order_id", b"expr: amount"),
        (b"owner: olga", b"owner: paul"),
    ],
    ids=["number", "key", "owner"],
)
def test_another_meaning_or_another_owner_needs_a_version(services: Services, old: bytes, new: bytes) -> None:
    put(services, ORDERS, *product("1.0.0"))
    first = metric_document(tier="tier_3")
    put(services, GMV, first)
    changed = Document("gmv.yaml", first.data.replace(old, new))
    register(manifest_of(changed), OLGA, services.store.open, services.clock)
    outcome = publish(PublishCommand(GMV), OLGA, services.gate)
    assert not outcome.published
    assert {"VERSION_NOT_NEWER", "VERSION_TAKEN"} <= {one.code for one in outcome.findings}
