"""What DuckDB does with the SQL: one scan for what has one source, hash joins, filters and columns at the leaves."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from metrics_shop import SHOP, shop
from test_metrics_over_time import ROWS
from test_metrics_snapshots import QUERIES

from catalog.domain.metric import SemanticManifest
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery

MONTH = ("metric_time__month",)


@dataclass(frozen=True)
class Step:
    """An operator of DuckDB's plan."""

    name: str
    said: dict[str, Any]


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with shop() as connection:
        connection.execute(ROWS)
        yield connection


def plan(
    tables: duckdb.DuckDBPyConnection, query: MetricQuery, manifest: SemanticManifest = SHOP
) -> list[Step]:
    """Every operator of the plan of the compiled query."""
    explained = tables.execute(f"EXPLAIN (FORMAT JSON) {compile_query(manifest, query).sql}").fetchall()
    stack, steps = json.loads(explained[0][1]), []
    while stack:
        node = stack.pop()
        steps.append(Step(node["name"].strip(), node["extra_info"]))
        stack += node["children"]
    return steps


def scans(steps: list[Step]) -> dict[str, list[dict[str, Any]]]:
    """What is said of each scan, by its table."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in steps:
        if one.name == "SEQ_SCAN":
            found.setdefault(one.said["Table"].rpartition(".")[2], []).append(one.said)
    return found


@pytest.mark.parametrize(
    "metrics",
    [
        ("paid_share",),
        ("revenue", "order_count", "buyers", "paid_revenue", "paid_orders", "largest_order", "open_revenue"),
        ("typical_order", "p90_order", "paid_share", "german_revenue"),
    ],
)
def test_metrics_of_one_source_are_aggregated_in_one_scan(
    metrics: tuple[str, ...], tables: duckdb.DuckDBPyConnection
) -> None:
    found = scans(plan(tables, MetricQuery(metrics, MONTH)))
    assert len(found["orders"]) == 1
    assert len(found) == (2 if "german_revenue" in metrics else 1)


NOT_BY_HASH = {
    "cumulative_all_time", "cumulative_window", "cumulative_grain_to_date", "cumulative_by_month", "conversion_rate",
    "conversion_window", "offset_to_grain",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in NOT_BY_HASH])
def test_every_join_on_equality_is_a_hash_join(name: str, tables: duckdb.DuckDBPyConnection) -> None:
    manifest, query = QUERIES[name]
    joins = {one.name for one in plan(tables, query, manifest) if "JOIN" in one.name or "PRODUCT" in one.name}
    allowed = {"HASH_JOIN", "CROSS_PRODUCT"} if name in {"single_rows", "no_metrics"} else {"HASH_JOIN"}
    assert joins <= allowed


def test_sources_meet_by_a_hash_join_in_which_null_meets_null(tables: duckdb.DuckDBPyConnection) -> None:
    query = MetricQuery(("revenue", "customer_count", "goal"), (*MONTH, "customer__country"))
    full = [one for one in plan(tables, query) if one.said.get("Join Type") == "FULL"]
    assert [one.name for one in full] == ["HASH_JOIN", "HASH_JOIN"]
    assert all("IS NOT DISTINCT FROM" in said for one in full for said in one.said["Conditions"])


def test_a_time_constraint_and_filters_reach_every_scan(tables: duckdb.DuckDBPyConnection) -> None:
    query = MetricQuery(
        ("revenue", "customer_count"),
        (*MONTH, "customer__country"),
        ("{{ TimeDimension('metric_time', 'month') }} >= '2026-02-01'",),
        time_constraint=("2026-01-01", "2026-12-31"),
    )
    found = scans(plan(tables, query))
    assert "ordered_at" in found["orders"][0]["Filters"]
    assert any("joined_at" in one.get("Filters", "") for one in found["customers"])


def test_a_filter_on_a_joined_model_is_applied_where_it_is_read(tables: duckdb.DuckDBPyConnection) -> None:
    where = ("{{ Dimension('customer__country') }} = 'de'",)
    found = scans(plan(tables, MetricQuery(("revenue",), MONTH, where)))
    assert "country" in found["customers"][0]["Filters"]


def test_only_columns_that_are_needed_are_read(tables: duckdb.DuckDBPyConnection) -> None:
    found = scans(plan(tables, MetricQuery(("paid_revenue",), ("customer__country",))))
    assert {name: {*one[0]["Projections"]} for name, one in found.items()} == {
        "orders": {"amount", "customer_id"},
        "customers": {"country", "id"},
    }
    assert "status = 'paid'" in found["orders"][0]["Filters"]
