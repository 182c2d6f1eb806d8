"""One transaction for one actor: nothing by halves, nothing without an audit record."""

import pytest
from ports.store_examples import ANA, BEN, access, decision, key, product_draft, publish, register

from catalog.access.actor import SYSTEM
from catalog.domain.errors import (
    CatalogError,
    Conflict,
    IdempotencyMismatch,
    StaleRowVersion,
    UsageError,
)
from catalog.domain.event import Event, EventType
from catalog.store.projections.audit import AuditLog
from catalog.store.unit_of_work import Store

ORDERS = key()


def test_leaving_the_block_without_a_commit_changes_nothing(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.drafts.add(product_draft())
        unit.record("draft.register", str(ORDERS), {})
    with store.open(ANA, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) is None
        assert unit.row_version(ORDERS) == 0
    assert store.read(ANA, AuditLog()) == ()


def test_an_error_in_the_block_rolls_back_and_reaches_the_caller(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.open(ANA) as unit:
        unit.drafts.add(product_draft())
        unit.record("draft.register", str(ORDERS), {})
        raise ZeroDivisionError
    with store.open(ANA, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) is None


def test_a_change_without_an_audit_record_is_not_committed(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.advance(ORDERS, 0)
        with pytest.raises(CatalogError, match="without an audit record"):
            unit.commit()
    with store.open(ANA, read_only=True) as unit:
        assert unit.row_version(ORDERS) == 0


def test_an_event_without_an_audit_record_is_not_committed(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.emit(Event(EventType.PUBLISHED, ORDERS, "1.0.0"))
        with pytest.raises(CatalogError, match="without an audit record"):
            unit.commit()


def test_a_unit_that_wrote_nothing_may_commit(store: Store) -> None:
    with store.open(ANA) as unit:
        assert unit.row_version(ORDERS) == 0
        unit.commit()


def test_a_record_alone_may_be_committed_and_names_the_actor(store: Store) -> None:
    with store.open(BEN) as unit:
        unit.record("version.refuse", str(ORDERS), {"findings": ["OWNER_MISSING"], "ä": 1.5})
        unit.commit()
    (only,) = store.read(SYSTEM, AuditLog())
    assert (only.sequence, only.actor, only.action) == (1, "ben", "version.refuse")
    assert (only.target, only.detail) == (str(ORDERS), {"findings": ["OWNER_MISSING"], "ä": 1.5})


def test_after_the_commit_a_unit_does_nothing_more(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.commit()
        with pytest.raises(CatalogError, match="begin another"):
            unit.row_version(ORDERS)
        with pytest.raises(CatalogError, match="begin another"):
            unit.commit()


def test_after_a_failure_a_unit_neither_reads_nor_commits(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.record("version.publish", "half", {})
        with pytest.raises(UsageError):
            unit.remember("publish", "nul \x00", "sha256:body", {})
        with pytest.raises(CatalogError, match="begin another"):
            unit.commit()
    assert store.read(ANA, AuditLog()) == ()


def test_a_read_only_unit_refuses_to_write(store: Store) -> None:
    with store.open(ANA, read_only=True) as unit, pytest.raises(CatalogError):
        unit.drafts.add(product_draft())
    with store.open(ANA, read_only=True) as unit:
        assert unit.row_version(ORDERS) == 0


def test_a_read_only_unit_sees_one_snapshot(store: Store) -> None:
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) is None
        register(store, product_draft())
        assert unit.drafts.latest(ORDERS) is None
    with store.open(BEN, read_only=True) as unit:
        assert unit.drafts.latest(ORDERS) is not None


def test_the_row_version_advances_by_compare_and_set(store: Store) -> None:
    with store.open(ANA) as unit:
        assert unit.advance(ORDERS, 0) == 1
        assert unit.advance(ORDERS, 1) == 2
        unit.record("asset.advance", str(ORDERS), {})
        unit.commit()
    with store.open(ANA) as unit:
        assert unit.row_version(ORDERS) == 2
        for stale in (0, 1, 3):
            with pytest.raises(StaleRowVersion, match=f"at row version 2, not at {stale}"):
                unit.advance(ORDERS, stale)


def test_an_unknown_asset_can_only_be_advanced_from_nothing(store: Store) -> None:
    with store.open(ANA) as unit, pytest.raises(StaleRowVersion):
        unit.advance(ORDERS, 5)


def test_an_answer_is_recalled_under_its_key_by_its_actor_only(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.remember("publish", "k1", "sha256:body", {"version": "1.0.0"})
        unit.record("version.publish", str(ORDERS), {})
        unit.commit()
    with store.open(ANA) as unit:
        assert unit.recall("publish", "k1", "sha256:body") == {"version": "1.0.0"}
        assert unit.recall("publish", "k2", "sha256:body") is None
        assert unit.recall("retire", "k1", "sha256:body") is None
        with pytest.raises(IdempotencyMismatch):
            unit.recall("publish", "k1", "sha256:other")
    with store.open(BEN) as unit:
        assert unit.recall("publish", "k1", "sha256:body") is None


def test_a_key_is_answered_once(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.remember("publish", "k1", "sha256:body", {})
        with pytest.raises(Conflict, match="answered meanwhile"):
            unit.remember("publish", "k1", "sha256:body", {})


def test_an_answer_goes_with_its_effect(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.remember("publish", "k1", "sha256:body", {})
    with store.open(ANA) as unit:
        assert unit.recall("publish", "k1", "sha256:body") is None


@pytest.mark.parametrize("hostile", ["nul \x00 byte", "half \ud800 pair"])
def test_text_that_cannot_be_stored_is_refused_and_the_store_stays_well(store: Store, hostile: str) -> None:
    with store.open(ANA) as unit, pytest.raises(UsageError):
        unit.recall("publish", hostile, "sha256:body")
    with store.open(ANA) as unit, pytest.raises(UsageError):
        unit.record("version.publish", hostile, {})
        unit.commit()
    publish(store, product_draft())


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE assets; --", "100% _ \\", 'quo"te', "рус 漢字 🚀", "line\nbreak"]
)
def test_any_other_text_is_data(store: Store, text: str) -> None:
    with store.open(ANA) as unit:
        unit.remember(text, text, text, {text: text})
        unit.record(text, text, {text: [text]})
        unit.commit()
    with store.open(ANA, read_only=True) as unit:
        assert unit.recall(text, text, text) == {text: text}
    (only,) = store.read(ANA, AuditLog(target=text))
    assert only.detail == {text: [text]}
    assert store.verify_audit().rows == 1


def test_a_detail_that_is_not_plain_is_refused(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.record("version.publish", str(ORDERS), {"at": object()})
        with pytest.raises(UsageError, match="cannot be stored"):
            unit.commit()


def test_numbers_beyond_what_a_column_holds_are_refused(store: Store) -> None:
    with store.open(ANA) as unit, pytest.raises(UsageError):
        unit.access_log.append([access(rows=2**70)])


def test_the_log_of_reads_needs_no_audit_record(store: Store) -> None:
    with store.open(BEN) as unit:
        unit.access_log.append([access()])
        unit.commit()
    assert store.read(SYSTEM, AuditLog()) == ()


def test_a_decision_for_an_asset_nobody_registered_makes_the_asset(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.add_decision(ORDERS, "sha256:x", decision())
        unit.record("policy.decide", str(ORDERS), {})
        unit.commit()
    with store.open(ANA) as unit:
        assert unit.row_version(ORDERS) == 0
