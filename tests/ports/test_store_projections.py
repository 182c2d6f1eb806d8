"""The read side: one statement each, pages by key, nothing shown that the caller may not see."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ports.store_examples import (
    ANA,
    BEN,
    FINDING,
    NOON,
    access,
    decision,
    key,
    log,
    metric_draft,
    product_draft,
    publish,
    register,
    report,
    statements,
)

from catalog.access.sign_off import SignOff
from catalog.domain.identity import AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.people import Role
from catalog.policy.decision import Verdict
from catalog.store.projections.access_log import AccessLog
from catalog.store.projections.assets import Assets
from catalog.store.projections.audit import AuditLog
from catalog.store.projections.awaiting_drafts import AwaitingDrafts
from catalog.store.projections.decisions import Decisions
from catalog.store.projections.domains import DomainRow, Domains
from catalog.store.projections.first_publications import FirstPublications
from catalog.store.projections.policy_shadows import PolicyShadows
from catalog.store.projections.projection import Projection
from catalog.store.projections.quality_runs import QualityRuns
from catalog.store.projections.token_grants import TokenGrants
from catalog.store.unit_of_work import Store

PRODUCT, METRIC = AssetKind.DATA_PRODUCT, AssetKind.METRIC
SALES = frozenset({"sales"})
EVERYWHERE = frozenset({"*"})


def change(store: Store, version: object, **changes: object) -> None:
    with store.open(ANA) as unit:
        unit.versions.change(replace(version, **changes))  # type: ignore[type-var]
        unit.record("version.change", "x", {})
        unit.commit()


def names(store: Store, projection: Assets) -> list[str]:
    return [row.cursor for row in store.read(BEN, projection)]


def test_a_product_is_shown_with_the_version_it_offers_first_and_all_its_versions(store: Store) -> None:
    first = publish(store, product_draft(version="1.0.0"))
    publish(store, product_draft(version="2.0.0", purpose="Newer."))
    publish(store, product_draft(version="10.0.0-rc.1", purpose="Candidate."))
    publish(store, product_draft(version="1.0.1", purpose="Patched later."))
    change(store, first, status=Status.DEPRECATED, deprecated_at=NOON, replaced_by="2.0.0", notice="Move on.")
    (row,) = store.read(BEN, Assets(PRODUCT))
    assert (row.key, row.version, row.status, row.description) == (
        key(),
        "2.0.0",
        Status.ACTIVE,
        "Newer.",
    )
    assert [one.version for one in row.versions] == ["2.0.0", "1.0.1", "10.0.0-rc.1", "1.0.0"]
    last = row.versions[-1]
    assert (last.status, last.replaced_by, last.notice) == (Status.DEPRECATED, "2.0.0", "Move on.")
    assert (row.title, row.owner, row.tier, row.type) == ("orders", "ana", "tier_1", "")
    assert (row.row_version, row.registered_by) == (4, "ana")
    assert row.summary == {}


def test_the_summary_holds_ports_contracts_and_columns_without_reading_a_document(store: Store) -> None:
    publish(store, product_draft())
    publish(store, product_draft(version="1.1.0"))
    (row,) = store.read(BEN, Assets(PRODUCT, domain="sales", name="orders", with_summary=True))
    assert [port["name"] for port in row.summary["product"]["output_ports"]] == ["orders"]
    (item,) = row.summary["contracts"][0]["schema"]
    assert item["properties"][0] == {
        "name": "order_id",
        "logical_type": "integer",
        "physical_type": "BIGINT",
        "required": True,
        "primary_key": True,
    }
    assert row.summary["product"]["version"] == "1.1.0"


def test_a_metric_is_shown_with_its_type_and_what_it_is_made_of(store: Store) -> None:
    publish(store, metric_draft())
    (row,) = store.read(BEN, Assets(METRIC, with_summary=True))
    assert (row.title, row.description, row.type, row.tier) == (
        "GMV",
        "All that was ordered.",
        "simple",
        "north_star",
    )
    assert row.summary["closure"]["semantic_models"][0]["measures"][0]["agg"] == "sum"


def test_metrics_and_products_do_not_mix(store: Store) -> None:
    publish(store, product_draft())
    publish(store, metric_draft())
    assert names(store, Assets(PRODUCT)) == ["sales.orders"]
    assert names(store, Assets(METRIC)) == ["sales.gmv"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"domain": "finance"}, ["finance.margin"]),
        ({"name": "gmv"}, ["sales.gmv"]),
        ({"tier": "tier_2"}, ["finance.margin"]),
        ({"owner": "ana", "domain": "sales"}, ["sales.aov", "sales.gmv"]),
        ({"owner": "nobody"}, []),
        ({"type": "simple", "tier": "north_star"}, ["sales.aov", "sales.gmv"]),
        ({"type": "ratio"}, []),
        ({"status": Status.DEPRECATED}, ["sales.aov"]),
        ({"status": Status.ACTIVE}, ["finance.margin", "sales.gmv"]),
        ({"status": Status.DRAFT}, []),
        ({"status": Status.DRAFT, "drafts_in": SALES}, ["sales.new"]),
        ({"search": "MARG"}, ["finance.margin"]),
        ({"search": "all that was"}, ["finance.margin", "sales.aov", "sales.gmv"]),
        ({"search": "sales.g"}, ["sales.gmv"]),
        ({"search": "%"}, []),
        ({"search": "g_v"}, []),
        ({"search": "\\"}, []),
        ({"search": "' OR 1=1 --"}, []),
    ],
)
def test_metrics_are_found_by(store: Store, wanted: dict[str, object], found: list[str]) -> None:
    old = publish(store, metric_draft("aov"))
    change(store, old, status=Status.DEPRECATED)
    publish(store, metric_draft("gmv"))
    publish(store, metric_draft("margin", "finance", tier="tier_2"))
    register(store, metric_draft("new"))
    assert names(store, Assets(METRIC, **wanted)) == found  # type: ignore[arg-type]


def test_a_column_is_found_by_its_name(store: Store) -> None:
    publish(store, product_draft())
    assert names(store, Assets(PRODUCT, search="Customer_EMAIL")) == ["sales.orders"]


def test_drafts_are_shown_only_where_the_caller_may_see_drafts(store: Store) -> None:
    register(store, product_draft("orders", "sales"), product_draft("ledger", "finance"))
    assert names(store, Assets(PRODUCT)) == []
    assert names(store, Assets(PRODUCT, drafts_in=SALES)) == ["sales.orders"]
    assert names(store, Assets(PRODUCT, drafts_in=EVERYWHERE)) == ["finance.ledger", "sales.orders"]
    (row,) = store.read(BEN, Assets(PRODUCT, drafts_in=SALES))
    assert (row.status, row.versions, row.version) == (Status.DRAFT, (), "1.0.0")


def test_what_is_served_stands_for_the_asset_even_where_drafts_may_be_seen(store: Store) -> None:
    publish(store, product_draft())
    register(store, product_draft(version="1.1.0", purpose="Not yet."))
    (row,) = store.read(BEN, Assets(PRODUCT, drafts_in=EVERYWHERE))
    assert (row.version, row.description) == ("1.0.0", "Orders as placed.")


def test_a_retired_product_is_gone_for_consumers_and_kept_for_its_domain(store: Store) -> None:
    version = publish(store, product_draft())
    change(store, version, status=Status.RETIRED, retired_at=NOON)
    assert store.read(BEN, Assets(PRODUCT)) == ()
    assert store.read(BEN, Assets(PRODUCT, drafts_in=frozenset({"finance"}))) == ()
    (row,) = store.read(ANA, Assets(PRODUCT, drafts_in=SALES))
    assert [one.status for one in row.versions] == [Status.RETIRED]
    assert row.status is Status.DRAFT


def test_a_retired_version_is_not_listed_for_consumers(store: Store) -> None:
    version = publish(store, product_draft())
    publish(store, product_draft(version="2.0.0"))
    change(store, version, status=Status.RETIRED, retired_at=NOON)
    (row,) = store.read(BEN, Assets(PRODUCT))
    assert [one.version for one in row.versions] == ["2.0.0"]


def test_pages_join_to_the_whole_list(store: Store) -> None:
    for domain, name in (("a", "z"), ("a", "b"), ("b-c", "a"), ("b", "c"), ("b", "a_b"), ("b", "a-b")):
        publish(store, product_draft(name, domain))
    whole = names(store, Assets(PRODUCT))
    assert whole == ["a.b", "a.z", "b.a-b", "b.a_b", "b.c", "b-c.a"]
    for limit in (1, 2, 4):
        pages: list[str] = []
        while page := names(store, Assets(PRODUCT, after=pages[-1] if pages else "", limit=limit)):
            assert len(page) <= limit
            pages += page
        assert pages == whole


def test_the_first_publication_counts_whatever_became_of_it_in_pages_by_domain(store: Store) -> None:
    version = publish(store, product_draft(), published_at=NOON - timedelta(days=9))
    change(store, version, status=Status.RETIRED, retired_at=NOON)
    publish(store, product_draft(version="2.0.0"))
    publish(store, metric_draft("gmv"))
    publish(store, product_draft("leads", "crm"))
    register(store, product_draft("returns"))

    def found(domains: frozenset[str] | None) -> dict[str, object]:
        after, seen = "", dict[str, object]()
        while page := store.read(BEN, FirstPublications(domains, after, 1)):
            seen |= {str(one.key): one.at for one in page}
            after = page[-1].cursor
        return seen

    sales = {str(key()): NOON - timedelta(days=9), "metric:sales.gmv": NOON}
    assert found(SALES) == sales
    assert found(None) == {**sales, "data_product:crm.leads": NOON}
    assert found(frozenset()) == {}


def test_domains_count_what_can_be_seen(store: Store) -> None:
    publish(store, product_draft())
    publish(store, metric_draft("gmv"))
    publish(store, metric_draft("aov"))
    publish(store, metric_draft("margin", "finance"))
    register(store, product_draft("ledger", "finance"), product_draft("plan", "hr"))
    assert store.read(BEN, Domains()) == (DomainRow("finance", 0, 1), DomainRow("sales", 1, 2))
    assert store.read(BEN, Domains(drafts_in=EVERYWHERE)) == (
        DomainRow("finance", 1, 1),
        DomainRow("hr", 1, 0),
        DomainRow("sales", 1, 2),
    )
    assert store.read(BEN, Domains(after="finance", limit=1)) == (DomainRow("sales", 1, 2),)


def test_drafts_wait_until_they_are_published(store: Store) -> None:
    gmv, aov = metric_draft("gmv"), metric_draft("aov")
    given = SignOff(Role.STEWARD, "ana", gmv.definition_digest, NOON)
    register(store, product_draft(), gmv, aov, product_draft("ledger", "finance"))
    with store.open(ANA) as unit:
        unit.add_sign_off(gmv.key, given)
        unit.add_sign_off(gmv.key, replace(given, role=Role.DOMAIN_OWNER, at=NOON + timedelta(hours=1)))
        unit.add_sign_off(aov.key, replace(given, definition_digest="sha256:older"))
        unit.record("draft.sign_off", str(gmv.key), {})
        unit.commit()
    publish(store, product_draft())
    waiting = store.read(ANA, AwaitingDrafts(drafts_in=SALES))
    assert [(str(row.key), [one.role for one in row.sign_offs]) for row in waiting] == [
        ("metric:sales.aov", []),
        ("metric:sales.gmv", [Role.STEWARD, Role.DOMAIN_OWNER]),
    ]
    assert (waiting[0].tier, waiting[0].digest, waiting[0].row_version) == ("north_star", aov.digest, 0)
    assert store.read(ANA, AwaitingDrafts()) == ()
    assert len(store.read(ANA, AwaitingDrafts(drafts_in=EVERYWHERE))) == 3
    (second,) = store.read(ANA, AwaitingDrafts(drafts_in=SALES, after=waiting[0].cursor, limit=1))
    assert second.key == gmv.key
    (only,) = store.read(ANA, AwaitingDrafts(drafts_in=SALES, key=aov.key))
    assert only.key == aov.key


def test_only_the_latest_draft_of_an_asset_waits(store: Store) -> None:
    register(store, product_draft())
    register(store, product_draft(version="1.1.0"))
    (row,) = store.read(ANA, AwaitingDrafts(drafts_in=SALES))
    assert row.version == "1.1.0"


def test_decisions_are_found_by_asset_content_verdict_and_id(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.add_decision(key(), "sha256:a", decision(Verdict.DENY, "d-1", FINDING))
        unit.add_decision(key(), "sha256:b", decision(Verdict.ALLOW, "d-2"))
        unit.add_decision(key("metric:finance.margin"), "sha256:c", decision(Verdict.ERROR, "d-3", FINDING))
        unit.record("policy.decide", "x", {})
        unit.commit()

    def ids(**wanted: object) -> list[str]:
        return [row.decision.decision_id for row in store.read(BEN, Decisions(**wanted))]  # type: ignore[arg-type]

    assert ids() == ["d-3", "d-2", "d-1"]
    assert ids(key=key(), limit=1) == ["d-2"]
    assert ids(digest="sha256:a") == ["d-1"]
    assert ids(verdict=Verdict.ERROR) == ["d-3"]
    assert ids(decision_id="d-2") == ["d-2"]
    assert ids(domains=SALES) == ["d-2", "d-1"]
    assert ids(domains=frozenset()) == []
    (first,) = store.read(BEN, Decisions(limit=1))
    assert ids(after=first.cursor) == ["d-2", "d-1"]
    assert first.decision.findings == (FINDING,)


def test_quality_runs_are_found_by_asset_and_published_version(store: Store) -> None:
    version = publish(store, product_draft())
    with store.open(ANA) as unit:
        unit.add_quality_run(key(), "sha256:later", report("later"))
        unit.add_quality_run(key("data_product:finance.ledger"), "sha256:x", report("other"))
        unit.record("quality.run", "x", {})
        unit.commit()

    def ids(**wanted: object) -> list[str]:
        return [row.report.run_id for row in store.read(BEN, QualityRuns(**wanted))]  # type: ignore[arg-type]

    assert ids() == ["other", "later", version.quality_run_id]
    assert ids(key=key()) == ["later", version.quality_run_id]
    assert ids(key=key(), version="1.0.0") == [version.quality_run_id]
    assert ids(key=key(), version="9.0.0") == []
    assert ids(run_id="later") == ["later"]
    assert ids(domains=SALES, limit=1) == ["later"]
    (first,) = store.read(BEN, QualityRuns(limit=1))
    assert len(first.report.results) == 2
    assert ids(after=first.cursor) == ["later", version.quality_run_id]


def test_audit_records_are_found_by_target_actor_and_action(store: Store) -> None:
    register(store, product_draft())
    register(store, metric_draft(), actor=BEN)
    publish(store, product_draft())

    def sequences(**wanted: object) -> list[int]:
        return [row.sequence for row in store.read(ANA, AuditLog(**wanted))]  # type: ignore[arg-type]

    assert sequences() == [3, 2, 1]
    assert sequences(target=str(key())) == [3, 1]
    assert sequences(actor="ben") == [2]
    assert sequences(action="draft.register", limit=1) == [2]
    assert sequences(after=2) == [1]


@pytest.mark.parametrize(
    "projection",
    [
        Assets(PRODUCT),
        Assets(
            PRODUCT,
            "sales",
            "orders",
            "ana",
            "tier_1",
            status=Status.ACTIVE,
            search="orders",
            drafts_in=SALES,
            with_summary=True,
            after="a.a",
        ),
        Assets(METRIC, type="simple", drafts_in=EVERYWHERE),
        Domains(drafts_in=SALES),
        FirstPublications(SALES),
        PolicyShadows("sha256:a", after="d-1"),
        AwaitingDrafts(drafts_in=EVERYWHERE),
        Decisions(key=key(), domains=SALES),
        QualityRuns(key=key(), version="1.0.0"),
        AccessLog(team="finance-team"),
        AuditLog(target=str(key())),
        TokenGrants(),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_projection_is_one_statement(store: Store, projection: Projection[object]) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        publish(store, product_draft(version=version))
        publish(store, metric_draft(version=version))
    register(store, product_draft("returns"), metric_draft("aov"))
    log(store, access())
    with statements(store) as seen:
        store.read(BEN, projection)
    assert len(seen) == 1


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
        lambda t: "\x00" not in t
    )
)
def test_any_search_text_means_itself(store: Store, text: str) -> None:
    if not store.read(BEN, Assets(METRIC)):
        publish(store, metric_draft())
    from catalog.store.card import card_of, fold

    expected = fold(text) in card_of(metric_draft())["search"]
    assert bool(store.read(BEN, Assets(METRIC, search=text))) is expected
