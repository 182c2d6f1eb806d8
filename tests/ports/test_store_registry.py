"""Drafts, versions and their evidence, as the registry and the gate ask for them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ports.store_examples import (
    ANA,
    BEN,
    FINDING,
    NOON,
    access,
    decision,
    key,
    log,
    metric_document,
    metric_draft,
    product_documents,
    product_draft,
    publish,
    published,
    register,
    report,
    statements,
    write_publication,
)
from sqlalchemy import text

from catalog.access.sign_off import SignOff
from catalog.domain.errors import AuditBroken, Conflict, NotFound, StoreUnavailable, VersionExists
from catalog.domain.identity import AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.people import Role
from catalog.domain.settlement import Fate, Settlement
from catalog.policy.decision import Verdict
from catalog.registry.compatibility import Consumer
from catalog.store.projections.decisions import Decisions
from catalog.store.projections.quality_runs import QualityRuns
from catalog.store.unit_of_work import Store

ORDERS, GMV = key(), key("metric:sales.gmv")


def test_a_draft_comes_back_as_it_was_registered(store: Store) -> None:
    product, metric = product_draft(), metric_draft()
    register(store, product, metric)
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.get(ORDERS, product.digest) == product
        assert unit.drafts.latest(GMV) == metric


def test_documents_are_kept_byte_for_byte(store: Store) -> None:
    register(store, product_draft())
    with store.open(BEN, read_only=True) as unit:
        found = unit.drafts.latest(ORDERS)
    assert found is not None
    assert {one.path: one.data for one in found.documents} == {
        one.path: one.data for one in product_documents()
    }


def test_the_same_content_is_stored_once(store: Store) -> None:
    with store.open(ANA) as unit:
        assert unit.drafts.add(product_draft()) == 1
        assert unit.drafts.add(product_draft()) == 0


def test_unknown_drafts_are_none(store: Store) -> None:
    register(store, product_draft())
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.get(ORDERS, "sha256:unknown") is None
        assert unit.drafts.get(GMV, product_draft().digest) is None
        assert unit.drafts.latest(GMV) is None
        assert unit.drafts.registered_by(GMV, "sha256:unknown") == ""


def test_content_that_returns_is_the_latest_again(store: Store) -> None:
    first, second = product_draft(), product_draft(version="1.1.0")
    register(store, first)
    register(store, second)
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) == second
    register(store, first, actor=BEN)
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) == first
        assert unit.drafts.registered_by(ORDERS, first.digest) == "ana"


def test_a_document_shared_by_many_drafts_is_stored_once(store: Store) -> None:
    document = metric_document()
    shared = replace(metric_draft("aov"), documents=(document,))
    register(store, metric_draft(), shared)
    with store._database.connect(read_only=True) as connection:
        assert connection.execute(text("SELECT count(*) FROM documents")).scalar_one() == 1


def test_a_stored_document_with_other_bytes_is_not_read(store: Store) -> None:
    register(store, product_draft())
    with store._database.writer.begin() as connection:
        changed = product_documents(purpose="Tampered.")[0]
        original = product_documents()[0]
        connection.execute(
            text("UPDATE documents SET data = :data WHERE digest = :digest"),
            {"data": changed.data, "digest": original.digest},
        )
    with store.open(BEN, read_only=True) as unit, pytest.raises(AuditBroken, match="orders.odps.yaml"):
        unit.drafts.latest(ORDERS)


def test_a_version_comes_back_whole(store: Store) -> None:
    added = publish(store, product_draft())
    with store.open(BEN, read_only=True) as unit:
        assert unit.versions.of(ORDERS) == (added,)
        assert unit.versions.of(GMV) == ()
        assert unit.versions.served() == (added,)


def test_versions_come_newest_publication_first(store: Store) -> None:
    old = publish(store, product_draft(version="2.0.0"), published_at=NOON)
    new = publish(store, product_draft(version="1.0.1"), published_at=NOON + timedelta(days=1))
    with store.open(BEN, read_only=True) as unit:
        assert unit.versions.of(ORDERS) == (new, old)


def test_a_version_is_published_once(store: Store) -> None:
    publish(store, product_draft())
    other = product_draft(purpose="Other content, same version.")
    with store.open(ANA) as unit, pytest.raises(VersionExists, match=r"1\.0\.0 is already published"):
        write_publication(unit, other)


def test_the_lifecycle_is_stored_and_decides_what_is_served(store: Store) -> None:
    version = publish(store, product_draft())
    deprecated = replace(
        version,
        status=Status.DEPRECATED,
        deprecated_at=NOON,
        sunset_at=NOON + timedelta(days=90),
        replaced_by="2.0.0",
        notice="Use 2.0.0.",
    )
    retired = replace(deprecated, status=Status.RETIRED, retired_at=NOON + timedelta(days=90))
    for changed, served in ((deprecated, (deprecated,)), (retired, ())):
        with store.open(ANA) as unit:
            unit.versions.change(changed)
            unit.record("version.change", str(ORDERS), {"status": changed.status})
            unit.commit()
        with store.open(BEN, read_only=True) as unit:
            assert unit.versions.of(ORDERS) == (changed,)
            assert unit.versions.served() == served


def test_a_version_that_was_never_added_cannot_change(store: Store) -> None:
    draft = product_draft()
    with store.open(ANA) as unit, pytest.raises(NotFound):
        unit.versions.change(published(draft, decision()))


def test_no_version_is_stored_without_its_decision(store: Store) -> None:
    draft = metric_draft()
    with store.open(ANA) as unit:
        unit.drafts.add(draft)
        unit.versions.add(published(draft, decision()))
        unit.record("version.publish", str(draft.key), {})
        with pytest.raises(Conflict, match="contradicts"):
            unit.commit()
    with store.open(BEN, read_only=True) as unit:
        assert unit.versions.served() == ()


def test_no_version_is_stored_of_content_that_was_never_registered(store: Store) -> None:
    draft, verdict = metric_draft(), decision()
    with store.open(ANA) as unit:
        unit.add_decision(draft.key, draft.digest, verdict)
        unit.versions.add(published(draft, verdict))
        unit.record("version.publish", str(draft.key), {})
        with pytest.raises(Conflict, match="contradicts"):
            unit.commit()


def test_a_decision_comes_back_with_its_findings(store: Store) -> None:
    verdict = decision(Verdict.DENY, "d-1", FINDING)
    with store.open(ANA) as unit:
        unit.add_decision(ORDERS, "sha256:x", verdict)
        with pytest.raises(Conflict, match="d-1"):
            unit.add_decision(ORDERS, "sha256:x", verdict)
    with store.open(ANA) as unit:
        unit.add_decision(ORDERS, "sha256:x", verdict)
        (row,) = unit.read(Decisions(key=ORDERS))
    assert (row.key, row.digest, row.decision) == (ORDERS, "sha256:x", verdict)


def test_a_quality_run_comes_back_with_its_results(store: Store) -> None:
    run = report("run-1")
    empty = report("run-2", results=(), fingerprints=())
    with store.open(ANA) as unit:
        unit.add_quality_run(ORDERS, "sha256:x", run)
        unit.add_quality_run(ORDERS, "sha256:x", empty)
        found = unit.read(QualityRuns(key=ORDERS))
        with pytest.raises(Conflict, match="run-1"):
            unit.add_quality_run(ORDERS, "sha256:x", run)
    assert [row.report for row in found] == [empty, run]


def test_samples_and_measures_that_json_does_not_know_are_kept_as_text_or_nothing(store: Store) -> None:
    first = replace(
        report().results[0],
        measured=float("nan"),
        samples=({"at": NOON, "amount": float("inf"), "flag": True, "ratio": 0.5},),
    )
    with store.open(ANA) as unit:
        unit.add_quality_run(ORDERS, "sha256:x", report("run-1", results=(first,)))
        (row,) = unit.read(QualityRuns())
    (result,) = row.report.results
    assert result.measured is None
    assert result.samples == ({"at": str(NOON), "amount": "inf", "flag": True, "ratio": 0.5},)


def test_sign_offs_hold_for_one_definition_only(store: Store) -> None:
    given = SignOff(Role.STEWARD, "ana", "sha256:def", NOON)
    with store.open(ANA) as unit:
        unit.add_sign_off(GMV, given)
        unit.add_sign_off(GMV, replace(given, role=Role.DOMAIN_OWNER))
        with pytest.raises(Conflict, match="already signed"):
            unit.add_sign_off(GMV, given)
    with store.open(ANA) as unit:
        unit.add_sign_off(GMV, given)
        unit.record("draft.sign_off", str(GMV), {"role": "steward"})
        unit.commit()
    with store.open(BEN, read_only=True) as unit:
        assert unit.sign_offs(GMV, "sha256:def") == (given,)
        assert unit.sign_offs(GMV, "sha256:changed") == ()
        assert unit.sign_offs(ORDERS, "sha256:def") == ()


def test_consumers_are_those_who_were_allowed_to_read_most_reads_first(store: Store) -> None:
    log(store, access(BEN), access(ANA), access(ANA), access(BEN, allowed=False), access(name=str(ORDERS)))
    with store.open(BEN, read_only=True) as unit:
        assert unit.consumers([GMV])[GMV] == (
            Consumer("sales-team", "notebook", 2),
            Consumer("finance-team", "dashboard", 1),
        )
        assert unit.consumers([key("metric:sales.unread")]) == {}


def test_every_question_of_the_registry_is_one_statement(store: Store) -> None:
    draft = product_draft()
    publish(store, draft)
    with store.open(BEN, read_only=True) as unit, statements(store) as seen:
        unit.drafts.get(ORDERS, draft.digest)
        unit.drafts.latest(ORDERS)
        unit.drafts.registered_by(ORDERS, draft.digest)
        unit.versions.of(ORDERS)
        unit.versions.served()
        unit.row_version(ORDERS)
        unit.consumers([ORDERS])
        unit.sign_offs(ORDERS, draft.definition_digest)
        unit.recall("publish", "k", "sha256:b")
    assert len(seen) == 9


def test_an_unreachable_store_says_so() -> None:
    from ports.store_examples import StandingClock

    gone = Store("postgresql+pg8000://nobody:secret@127.0.0.1:1/none", StandingClock())
    with pytest.raises(StoreUnavailable) as caught, gone.open(ANA):
        pass
    assert "secret" not in str(caught.value)


def test_the_last_decision_on_a_name_is_found(store: Store) -> None:
    register(store, metric_draft())
    first = Settlement("gmv", GMV, "sha256:1", ((key("metric:crm.gmv"), Fate.RENAME),), "why", NOON, "daniel")
    second = replace(first, definition_digest="sha256:2", others=(), reason="why not")
    for decided in (first, second):
        with store.open(ANA) as unit:
            unit.add_settlement(decided)
            unit.record("settled", str(GMV), {})
            unit.commit()
        with store.open(BEN, read_only=True) as unit:
            assert unit.settlement("GMV") == decided
            assert unit.settlement("arr") is None


def test_metrics_are_found_by_their_plain_name(store: Store) -> None:
    register(store, metric_draft(), product_draft())
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.keys(AssetKind.METRIC, "gmv") == (GMV,)
        assert unit.drafts.keys(AssetKind.METRIC) == (GMV,)
        assert unit.drafts.keys(AssetKind.METRIC, "orders") == ()
