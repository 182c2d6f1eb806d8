"""The audit chain: dense, append-only, and telling where somebody was at it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ports.store_examples import ANA, key
from sqlalchemy import Connection, text

from catalog.domain.errors import AuditBroken, StoreUnavailable
from catalog.store import audit
from catalog.store.audit import Verified
from catalog.store.unit_of_work import Store

LINKS = 40


def record(store: Store, count: int = LINKS) -> None:
    for start in range(0, count, 4):
        with store.open(ANA) as unit:
            for number in range(start, start + 4):
                unit.record("draft.register", str(key()), {"number": number, "text": "ä\u0000\n"})
            unit.commit()


@contextmanager
def as_a_tamperer(store: Store) -> Iterator[Connection]:
    """Somebody who may do everything, the database's own refusal included."""
    with store._database.writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_log_no_update"))
            connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        yield connection


def test_an_empty_chain_holds(store: Store) -> None:
    assert store.verify_audit() == Verified(0, audit.GENESIS)


def test_a_chain_holds_and_tells_its_progress(store: Store) -> None:
    record(store)
    told: list[int] = []
    verified = store.verify_audit(told.append)
    assert verified.rows == LINKS
    assert told == [LINKS]

    def read(projection):  # type: ignore[no-untyped-def]
        return store.read(ANA, projection)

    assert [one.rows for one in audit.verify(read, batch=16)] == [16, 32, LINKS]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log", "UPDATE audit_log SET detail = '{}'"],
)
def test_the_database_itself_refuses_to_change_the_log(store: Store, statement: str) -> None:
    record(store, 4)
    with (
        pytest.raises(Exception, match="the audit log is append-only"),
        store._database.writer.begin() as connection,
    ):
        connection.execute(text(statement))
    assert store.verify_audit().rows == 4


def test_postgresql_refuses_to_truncate_the_log(store: Store) -> None:
    if store._database.url.get_backend_name() != "postgresql":
        return  # SQLite has no TRUNCATE; its DELETE is refused above
    record(store, 4)
    with (
        pytest.raises(Exception, match="the audit log is append-only"),
        store._database.writer.begin() as connection,
    ):
        connection.execute(text("TRUNCATE audit_log"))


EDITS = {
    "actor": "UPDATE audit_log SET actor = 'eve' WHERE sequence = :n",
    "action": "UPDATE audit_log SET action = action || '.' WHERE sequence = :n",
    "at": "UPDATE audit_log SET at = replace(at, '2026', '2025') WHERE sequence = :n",
    "target": "UPDATE audit_log SET target = upper(target) WHERE sequence = :n",
    "detail": "UPDATE audit_log SET detail = replace(detail, '{', '{ ') WHERE sequence = :n",
    "hash": "UPDATE audit_log SET hash = replace(hash, 'a', 'b') || 'c' WHERE sequence = :n",
    "dropped": "DELETE FROM audit_log WHERE sequence = :n",
    "renumbered": "UPDATE audit_log SET sequence = sequence + 1000 WHERE sequence = :n",
}


@pytest.mark.parametrize("statement", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("sequence", [1, 17, LINKS])
def test_an_edit_is_found_at_its_very_sequence(store: Store, statement: str, sequence: int) -> None:
    record(store)
    with as_a_tamperer(store) as connection:
        connection.execute(text(statement), {"n": sequence})
    with pytest.raises(AuditBroken, match=rf"sequence {sequence}\b"):
        store.verify_audit()


def test_every_single_changed_character_is_found(store: Store) -> None:
    record(store)
    rng = random.Random(7)
    with as_a_tamperer(store) as connection:
        rows = {row.sequence: row for row in connection.execute(text("SELECT * FROM audit_log"))}
    columns = ("at", "actor", "action", "target", "detail", "hash")
    for _ in range(100):
        sequence, column = rng.randint(1, LINKS), rng.choice(columns)
        before = getattr(rows[sequence], column)
        place = rng.randrange(len(before))
        other = rng.choice([one for one in "abc019{}: " if one != before[place]])
        statement = {
            name: text(f"UPDATE audit_log SET {name} = :value WHERE sequence = :n") for name in columns
        }
        with store._database.writer.begin() as connection:
            connection.execute(
                statement[column], {"value": before[:place] + other + before[place + 1 :], "n": sequence}
            )
        with pytest.raises(AuditBroken, match=rf"sequence {sequence}\b"):
            store.verify_audit()
        with store._database.writer.begin() as connection:
            connection.execute(statement[column], {"value": before, "n": sequence})
    assert store.verify_audit().rows == LINKS


def test_a_cut_tail_is_found_even_when_the_head_is_cut_too(store: Store) -> None:
    record(store)
    kept = store.verify_audit()
    with as_a_tamperer(store) as connection:
        connection.execute(text("DELETE FROM audit_log WHERE sequence > 30"))
    with pytest.raises(AuditBroken, match="ends before sequence 31"):
        store.verify_audit()
    with as_head(store) as connection:
        connection.execute(
            text(
                "UPDATE audit_head SET sequence = 30, hash = (SELECT hash FROM audit_log WHERE sequence = 30)"
            )
        )
    assert store.verify_audit().rows == 30, "the chain itself holds"
    with pytest.raises(AuditBroken, match="was longer before"):
        store.verify_audit(kept=kept)


def test_a_rewritten_chain_is_found_by_a_head_that_was_kept(store: Store) -> None:
    record(store, 4)
    kept = store.verify_audit()
    with as_a_tamperer(store) as connection:
        connection.execute(text("DELETE FROM audit_log"))
        connection.execute(
            text("UPDATE audit_head SET sequence = 0, hash = :genesis"), {"genesis": audit.GENESIS}
        )
    with store.open(ANA) as unit:
        for number in range(8):
            unit.record("draft.register", "innocent", {"number": number})
        unit.commit()
    assert store.verify_audit().rows == 8
    with pytest.raises(AuditBroken, match="kept at sequence 4"):
        store.verify_audit(kept=kept)


def test_a_head_that_was_kept_is_still_on_the_chain_later(store: Store) -> None:
    record(store, 4)
    kept = store.verify_audit()
    record(store, 4)
    assert store.verify_audit(kept=kept).rows == 8


def test_a_changed_head_is_found(store: Store) -> None:
    record(store, 4)
    with as_head(store) as connection:
        connection.execute(text("UPDATE audit_head SET hash = 'sha256:other'"))
    with pytest.raises(AuditBroken, match="does not end in its head"):
        store.verify_audit()


def test_links_after_the_head_are_found(store: Store) -> None:
    record(store, 8)
    with as_head(store) as connection:
        connection.execute(
            text("UPDATE audit_head SET sequence = 6, hash = (SELECT hash FROM audit_log WHERE sequence = 6)")
        )
    with pytest.raises(AuditBroken, match="goes on after its head, at sequence 7"):
        store.verify_audit()


def test_a_lost_head_is_found(store: Store) -> None:
    with as_head(store) as connection:
        connection.execute(text("DELETE FROM audit_head"))
    try:
        with pytest.raises(AuditBroken, match="lost its head"):
            store.verify_audit()
        with store.open(ANA) as unit, pytest.raises(AuditBroken, match="lost its head"):
            record_one(unit)
    finally:
        with as_head(store) as connection:
            connection.execute(
                text("INSERT INTO audit_head VALUES (1, 0, :genesis)"), {"genesis": audit.GENESIS}
            )


def test_bytes_that_are_no_text_are_found_at_their_sequence(store: Store) -> None:
    if store._database.url.get_backend_name() != "sqlite":
        return  # PostgreSQL checks its text itself
    record(store)
    with as_a_tamperer(store) as connection:
        connection.execute(text("UPDATE audit_log SET detail = CAST(X'7bff7d' AS TEXT) WHERE sequence = 23"))
        connection.execute(text("UPDATE audit_log SET actor = X'6576' WHERE sequence = 30"))
    with pytest.raises(AuditBroken, match="cannot be read at sequence 23"):
        store.verify_audit()
    with store._database.writer.begin() as connection:
        connection.execute(text("UPDATE audit_log SET detail = '{}' WHERE sequence = 23"))
    with pytest.raises(AuditBroken, match="hold at sequence 23"):
        store.verify_audit()


def test_a_store_that_is_gone_is_not_called_tampered(store: Store) -> None:
    def read(_projection):  # type: ignore[no-untyped-def]
        raise StoreUnavailable()

    with pytest.raises(StoreUnavailable):
        list(audit.verify(read))


def record_one(unit) -> None:  # type: ignore[no-untyped-def]
    unit.record("draft.register", "x", {})
    unit.commit()


@contextmanager
def as_head(store: Store) -> Iterator[Connection]:
    with store._database.writer.begin() as connection:
        yield connection
