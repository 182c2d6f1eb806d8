"""Racing writers: one wins, the others are told; nothing is lost, doubled or skipped."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ports.store_examples import (
    ANA,
    decision,
    key,
    metric_draft,
    product_draft,
    publish,
    published,
    register,
    write_publication,
)
from ports.store_racer import race
from sqlalchemy import text

from catalog.access.actor import SYSTEM
from catalog.domain.errors import Conflict
from catalog.store.projections.audit import AuditLog
from catalog.store.unit_of_work import Store

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, ATTEMPTS = 8, 8


def test_racing_processes_publish_distinct_versions_over_one_unbroken_chain(
    store: Store, store_url: str
) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, str(ROOT / "tests" / "ports" / "store_racer.py"), store_url, str(ATTEMPTS)]
    racers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    results = [json.loads(racer.communicate()[0]) for racer in racers]
    won = [version for result in results for version in result["won"]]
    lost = sum(result["lost"] for result in results)
    assert len(won) + lost == PROCESSES * ATTEMPTS
    assert won
    with store.open(ANA, read_only=True) as unit:
        stored = unit.versions.of(key())
    assert sorted(one.version for one in stored) == sorted(won)
    assert len(set(won)) == len(won)
    assert_chain_has(store, len(won))


def test_racing_threads_share_one_store(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: race(store, 5), range(8)))
    won = [version for result in results for version in result["won"]]  # type: ignore[union-attr]
    assert won
    assert len(set(won)) == len(won)
    assert len(won) + sum(result["lost"] for result in results) == 40  # type: ignore[misc]
    assert_chain_has(store, len(won))


def test_publishers_of_different_products_do_not_hinder_each_other(store: Store) -> None:
    drafts = [product_draft(f"orders-{number}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda draft: publish(store, draft), drafts))
    assert store.verify_audit().rows == len(drafts)
    with store.open(SYSTEM, read_only=True) as unit:
        events = unit.outbox.pending(limit=1000)
    targets = [row.target for row in store.read(SYSTEM, AuditLog(limit=1000))]
    assert [str(one.event.key) for one in events] == targets[::-1], "the outbox keeps the order of the chain"


def assert_chain_has(store: Store, links: int) -> None:
    assert store.verify_audit().rows == links
    sequences = [row.sequence for row in store.read(SYSTEM, AuditLog(limit=1000))]
    assert sequences == list(range(links, 0, -1))
    with store.open(SYSTEM, read_only=True) as unit:
        events = unit.outbox.pending(limit=1000)
    # The outbox tells the order of commits, which is the order of row versions.
    patches = [int(one.event.version.rsplit(".", 1)[1]) for one in events]
    assert patches == sorted(patches)
    assert len(patches) == links


def test_the_same_documents_registered_at_once_are_one_draft(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: register(store, product_draft(), metric_draft()), range(8)))
    with store._database.connect(read_only=True) as connection:
        counted = connection.execute(text("SELECT count(*) FROM drafts")).scalar_one()
    assert counted == 2
    assert store.verify_audit().rows == 16


def test_one_idempotency_key_has_one_effect(store: Store) -> None:
    def once(number: int) -> str:
        with store.open(ANA) as unit:
            if unit.recall("publish", "k", "sha256:body") is not None:
                return "recalled"
            unit.record("version.publish", str(key()), {"by": number})
            try:
                unit.remember("publish", "k", "sha256:body", {"by": number})
            except Conflict:
                return "conflict"
            unit.commit()
            return "effect"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(once, range(16)))
    assert outcomes.count("effect") == 1
    assert store.verify_audit().rows == 1


def test_a_reader_is_not_held_up_by_a_writer(store: Store) -> None:
    register(store, product_draft())
    with store.open(ANA) as writer:
        write_publication(writer, product_draft())
        with store.open(ANA, read_only=True) as reader:
            assert reader.versions.of(key()) == ()
        writer.commit()
    with store.open(ANA, read_only=True) as reader:
        assert len(reader.versions.of(key())) == 1


@pytest.mark.parametrize("size", [2, 5])
def test_one_unit_may_change_many_assets(store: Store, size: int) -> None:
    with store.open(ANA) as unit:
        for number in range(size):
            draft = product_draft(f"orders-{number}")
            verdict = decision()
            unit.drafts.add(draft)
            unit.add_decision(draft.key, draft.digest, verdict)
            unit.versions.add(published(draft, verdict))
            unit.record("version.publish", str(draft.key), {})
        unit.commit()
    assert store.verify_audit().rows == size
    with store.open(ANA, read_only=True) as unit:
        assert len(unit.versions.served()) == size
