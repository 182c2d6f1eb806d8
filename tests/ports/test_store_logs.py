"""Outbox, tokens and the log of reads."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ports.store_examples import ANA, BEN, NOON, StandingClock, access, key, log, product_draft, publish

from catalog.access.access_event import ReadOutcome
from catalog.access.actor import SYSTEM
from catalog.access.token import TokenGrant, new_token, token_digest
from catalog.domain.errors import CatalogError, Conflict
from catalog.domain.event import Event, EventType
from catalog.store.projections.access_log import AccessLog
from catalog.store.projections.token_grants import TokenGrants
from catalog.store.unit_of_work import Store

ORDERS = key()


def emit(store: Store, *versions: str) -> None:
    with store.open(ANA) as unit:
        for version in versions:
            unit.emit(Event(EventType.PUBLISHED, ORDERS, version, {"n": version}))
        unit.record("version.publish", str(ORDERS), {})
        unit.commit()


def test_events_leave_in_the_order_of_their_commits_until_they_are_delivered(store: Store) -> None:
    emit(store, "1.0.0", "1.0.1")
    emit(store, "2.0.0")
    with store.open(SYSTEM) as unit:
        pending = unit.outbox.pending()
        assert [one.event.version for one in pending] == ["1.0.0", "1.0.1", "2.0.0"]
        assert pending[0].event == Event(EventType.PUBLISHED, ORDERS, "1.0.0", {"n": "1.0.0"})
        unit.outbox.delivered([pending[0].sequence, pending[2].sequence])
        unit.commit()
    with store.open(SYSTEM, read_only=True) as unit:
        assert [one.event.version for one in unit.outbox.pending()] == ["1.0.1"]
        assert unit.outbox.pending(limit=0) == ()


def test_an_event_is_not_sent_of_what_was_rolled_back(store: Store) -> None:
    with store.open(ANA) as unit:
        unit.emit(Event(EventType.PUBLISHED, ORDERS, "1.0.0"))
        unit.record("version.publish", str(ORDERS), {})
    with store.open(SYSTEM, read_only=True) as unit:
        assert unit.outbox.pending() == ()


def grant(token_id: str = "t-1") -> TokenGrant:
    return TokenGrant(token_id, ANA, NOON + timedelta(days=30))


def add_token(store: Store, one: TokenGrant, digest: str) -> None:
    with store.open(SYSTEM) as unit:
        unit.tokens.add(one, digest)
        unit.record("token.issue", one.token_id, {"subject": one.actor.subject})
        unit.commit()


def test_a_token_is_found_by_its_digest_with_its_actor(store: Store) -> None:
    token = new_token()
    add_token(store, grant(), token_digest(token))
    assert store.find_token(token_digest(token)) == grant()
    assert store.find_token(token_digest(new_token())) is None
    assert store.find_token(token) is None


def test_a_token_is_revoked_once_and_for_good(store: Store) -> None:
    add_token(store, grant(), "digest")
    with store.open(SYSTEM) as unit:
        assert unit.tokens.revoke("t-1", NOON) is True
        assert unit.tokens.revoke("t-1", NOON + timedelta(days=1)) is False
        assert unit.tokens.revoke("t-2", NOON) is False
        unit.record("token.revoke", "t-1", {})
        unit.commit()
    found = store.find_token("digest")
    assert found == replace(grant(), revoked_at=NOON)
    assert not found.holds_at(NOON + timedelta(seconds=1))


def test_issuing_and_revoking_must_be_recorded(store: Store) -> None:
    with store.open(SYSTEM) as unit:
        unit.tokens.add(grant(), "digest")
        with pytest.raises(CatalogError, match="audit"):
            unit.commit()
    add_token(store, grant(), "digest")
    with store.open(SYSTEM) as unit:
        unit.tokens.revoke("t-1", NOON)
        with pytest.raises(CatalogError, match="audit"):
            unit.commit()


def test_a_token_id_and_a_digest_are_given_once(store: Store) -> None:
    add_token(store, grant(), "digest")
    for one, digest in ((grant(), "other"), (grant("t-2"), "digest")):
        with store.open(SYSTEM) as unit, pytest.raises(Conflict):
            unit.tokens.add(one, digest)


def test_tokens_are_listed_page_by_page(store: Store) -> None:
    for number in range(3):
        add_token(store, grant(f"t-{number}"), f"digest-{number}")
    first = store.read(SYSTEM, TokenGrants(limit=2))
    rest = store.read(SYSTEM, TokenGrants(after=first[-1].token_id, limit=2))
    assert [one.token_id for one in (*first, *rest)] == ["t-0", "t-1", "t-2"]


def test_reads_are_found_by_whom_what_and_when(store: Store) -> None:
    publish(store, product_draft())
    log(
        store,
        access(ANA, seconds=0),
        access(BEN, seconds=10),
        access(BEN, seconds=20, name=str(ORDERS), allowed=False, rows=0),
    )

    def seconds(**wanted: object) -> list[int]:
        rows = store.read(SYSTEM, AccessLog(**wanted))  # type: ignore[arg-type]
        return [int((row.at - NOON).total_seconds()) for row in rows]

    assert seconds() == [20, 10, 0]
    assert seconds(key=ORDERS) == [20]
    assert seconds(subject="ben") == [20, 10]
    assert seconds(team="sales-team") == [0]
    assert seconds(application="dashboard", key=key("metric:sales.gmv")) == [10]
    assert seconds(since=NOON + timedelta(seconds=10)) == [20, 10]
    assert seconds(until=NOON + timedelta(seconds=10)) == [0]
    first = store.read(SYSTEM, AccessLog(limit=2))
    assert [row.sequence for row in store.read(SYSTEM, AccessLog(after=first[-1].sequence))] == [1]
    refused = first[0]
    assert (refused.allowed, refused.rows, refused.key, refused.query) == (False, 0, ORDERS, {"limit": 5})


def test_what_came_of_a_read_is_told_beside_the_log(store: Store) -> None:
    publish(store, product_draft())
    for seconds, read in enumerate(("answered", "failed", "unknown")):
        store.begin_reads([access(BEN, seconds=seconds, rows=None, read=read)]).result()
    store.settle_read(ReadOutcome("answered", NOON, 3))
    store.settle_read(ReadOutcome("failed", NOON, None, "ENGINE_DEADLINE"))
    store.flush_reads()
    found = [(row.rows, row.fault) for row in store.read(SYSTEM, AccessLog())]
    assert found == [(None, ""), (None, "ENGINE_DEADLINE"), (3, "")]


def test_what_came_of_a_read_is_stored_when_the_store_closes(store: Store) -> None:
    store.begin_reads([access(rows=None, read="a")]).result()
    store.settle_read(ReadOutcome("a", NOON, 3))
    url = store._database.url.render_as_string(hide_password=False)
    store.close()
    again = Store(url, StandingClock())
    assert [row.rows for row in again.read(SYSTEM, AccessLog())] == [3]
    again.close()
