"""Models over several joins: what is met first, and what stays missing."""

from typing import Any

import duckdb
import pytest

from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest
from catalog.metrics.plan.join_model import JoinModel

DAY = {"name": "ds", "type": "time", "is_partition": True, "type_params": {"time_granularity": "day"}}


def manifest(region_key: str = "region_id", *, by_day: bool = False) -> Any:
    """Sales of customers in regions; `by_day` the same region is another one each day."""
    ds = [DAY] if by_day else []
    return read_semantic_manifest(
        {
            "semantic_models": [
                {
                    "name": "sales",
                    "node_relation": {"alias": "sales"},
                    "entities": [
                        {"name": "sale", "type": "primary", "expr": "id"},
                        {"name": "customer", "type": "foreign", "expr": "customer_id"},
                    ],
                    "dimensions": ds,
                    "measures": [{"name": "amount", "agg": "sum"}],
                },
                {
                    "name": "customers",
                    "node_relation": {"alias": "customers"},
                    "entities": [
                        {"name": "customer", "type": "primary", "expr": "id"},
                        {"name": "region", "type": "foreign", "expr": region_key},
                    ],
                    "dimensions": [{"name": "tier", "type": "categorical"}],
                },
                {
                    "name": "regions",
                    "node_relation": {"alias": "regions"},
                    "entities": [{"name": "region", "type": "primary", "expr": "id"}],
                    "dimensions": [{"name": "label", "type": "categorical"}, *ds],
                },
            ],
            "metrics": [{"name": "amount", "type": "simple", "type_params": {"measure": "amount"}}],
        }
    )


@pytest.fixture
def rows() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        """
        CREATE TABLE sales (id INTEGER, customer_id INTEGER, amount INTEGER, ds DATE);
        INSERT INTO sales VALUES (1, 1, 10, '2026-01-01'), (2, 2, 20, '2026-01-02'), (3, 9, 40, '2026-01-01'),
                                 (4, NULL, 80, '2026-01-02');
        CREATE TABLE customers (id INTEGER, region_id INTEGER, tier VARCHAR);
        INSERT INTO customers VALUES (1, 1, 'gold'), (2, NULL, 'blue');
        CREATE TABLE regions (id INTEGER, label VARCHAR, ds DATE);
        INSERT INTO regions VALUES (0, 'nowhere', '2026-01-02'), (1, 'north', '2026-01-01');
        """
    )
    return connection


def answer(rows: duckdb.DuckDBPyConnection, given: Any, *group_by: str) -> list[tuple[Any, ...]]:
    sql = compile_query(given, MetricQuery(("amount",), group_by)).sql
    return sorted(rows.execute(sql).fetchall(), key=repr)


def test_a_model_meets_its_own_models_once_before_rows_meet_it() -> None:
    query = MetricQuery(("amount",), ("customer__tier", "customer__region__label"))
    plan = compile_query(manifest(), query).plan
    (first,) = (one for one in plan.walk() if isinstance(one, JoinModel) and one.model.model == "customers")
    assert isinstance(first.right, JoinModel)
    assert first.right.model.model == "regions"
    assert first.parent.description.startswith("Read sales")


def test_what_a_missing_row_would_meet_is_missing_too(rows: duckdb.DuckDBPyConnection) -> None:
    given = manifest("COALESCE(region_id, 0)")
    assert answer(rows, given, "customer__region__label") == [("north", 10), ("nowhere", 20), (None, 120)]
    by_both = answer(rows, given, "customer__tier", "customer__region__label")
    assert by_both == [("blue", "nowhere", 20), ("gold", "north", 10), (None, None, 120)]


def test_a_model_that_is_chosen_by_the_partition_of_rows_is_met_by_them(
    rows: duckdb.DuckDBPyConnection,
) -> None:
    given = manifest(by_day=True)
    query = MetricQuery(("amount",), ("customer__region__label",))
    met = [one for one in compile_query(given, query).plan.walk() if isinstance(one, JoinModel)]
    assert [one.model.model for one in met] == ["regions", "customers"]
    assert met[0].parent is met[1]
    assert answer(rows, given, "customer__region__label") == [("north", 10), (None, 140)]
