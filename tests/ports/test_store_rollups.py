"""What was built ahead is kept by its definition, the newest only, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ports.store_examples import ANA

from catalog.domain.rollup import BuiltRollup
from catalog.store.unit_of_work import Store

BUILT = BuiltRollup(
    definition="sha256:definition",
    source="sha256:source",
    name="orders.by_day",
    file="a file – ä.parquet",
    fingerprint="sha256:file",
    types=(("revenue", "DECIMAL(38,2)"), ("buyers", "BIGINT")),
    exact_time=True,
    rows=5_000_000_000,
    built_at=datetime(2026, 11, 21, 12, 30, 15, 250_000, tzinfo=UTC),
)


def kept(store: Store, *definitions: str) -> tuple[BuiltRollup, ...]:
    with store.open(ANA, read_only=True) as unit:
        return unit.rollups.of(definitions)


def keep(store: Store, *built: BuiltRollup) -> None:
    with store.open(ANA) as unit:
        for one in built:
            unit.rollups.put(one)
            unit.record("metric.rollup.built", "metric:sales.gmv", {"rollup": one.name})
        unit.commit()


def test_what_was_built_comes_back_as_it_was(store: Store) -> None:
    other = replace(BUILT, definition="sha256:other", types=(), exact_time=False)
    keep(store, BUILT, other)
    assert kept(store, BUILT.definition) == (BUILT,)
    assert set(kept(store, BUILT.definition, other.definition, "sha256:nothing")) == {BUILT, other}
    assert kept(store) == ()


def test_a_newer_one_takes_the_place_of_the_older(store: Store) -> None:
    newer = replace(BUILT, source="sha256:later", file="later.parquet", rows=0)
    keep(store, BUILT)
    keep(store, newer)
    assert kept(store, BUILT.definition) == (newer,)


def test_what_was_not_committed_was_not_built(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.open(ANA) as unit:
        unit.rollups.put(BUILT)
        raise ZeroDivisionError
    assert kept(store, BUILT.definition) == ()
