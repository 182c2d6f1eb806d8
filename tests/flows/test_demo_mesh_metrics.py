"""Every metric of the demo mesh gives the number that SQL written by hand gives on the same data."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from test_demo_mesh_data import AS_OF, DOMAINS, EXAMPLES, generate, opened

from catalog.domain.metric import SemanticManifest
from catalog.manifests.folder import read_folder
from catalog.manifests.read import read
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.validation import validate_to_serve

MONTH = "metric_time__month"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(generate(tmp_path_factory.mktemp("data"), AS_OF, 0.02)) as connection:
        yield connection


def semantic(domain: str) -> SemanticManifest:
    return read(read_folder(EXAMPLES / "mesh" / domain)).semantic


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_semantic_models_of_a_domain_are_valid(domain: str) -> None:
    assert [str(finding) for finding in validate_to_serve(semantic(domain))] == []


BY_MONTH = [
    (
        "sales",
        "revenue",
        "orders",
        "ordered_at",
        "sum(gross_amount - discount_amount - refund_amount) FILTER (status <> 'cancelled')",
    ),
    ("sales", "order_count", "orders", "ordered_at", "count(*) FILTER (status <> 'cancelled')"),
    (
        "sales",
        "average_order_value",
        "orders",
        "ordered_at",
        "avg((gross_amount - discount_amount - refund_amount)::DOUBLE) FILTER (status <> 'cancelled')",
    ),
    (
        "sales",
        "gmv",
        "orders",
        "ordered_at",
        "sum(gross_amount - refund_amount) FILTER (status <> 'cancelled')",
    ),
    ("marketing", "gmv", "orders", "ordered_at", "sum(gross_amount) FILTER (campaign_id IS NOT NULL)"),
    ("finance", "gmv", "orders", "ordered_at", "sum(gross_amount)"),
    ("marketing", "campaign_spend", "campaign_spend", "spent_on", "sum(spend_amount)"),
    ("marketing", "new_customers", "acquired_customers", "acquired_on", "count(*)"),
    (
        "marketing",
        "nps",
        "survey_responses",
        "answered_at",
        "100.0 * (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / count(*)",
    ),
    ("finance", "arr", "subscription_months", "month_start", "12 * sum(monthly_amount)"),
    (
        "finance",
        "churn_rate",
        "subscription_months",
        "month_start",
        "count(*) FILTER (has_churned) / count(*) FILTER (was_open_at_start)",
    ),
    (
        "finance",
        "ltv",
        "subscription_months",
        "month_start",
        "sum(margin_amount)::DOUBLE / nullif(count(*) FILTER (has_churned), 0)",
    ),
    (
        "operations",
        "inference_latency",
        "inference_requests",
        "requested_at",
        "avg(latency_ms) FILTER (has_succeeded)",
    ),
    (
        "operations",
        "inference_latency_p95",
        "inference_requests",
        "requested_at",
        "quantile_cont(latency_ms, 0.95) FILTER (has_succeeded)",
    ),
]


@pytest.mark.parametrize(
    ("domain", "metric", "table", "time", "expression"),
    BY_MONTH,
    ids=[f"{one[0]}.{one[1]}" for one in BY_MONTH],
)
def test_a_metric_by_month_is_what_hand_written_sql_says(
    domain: str, metric: str, table: str, time: str, expression: str, tables: duckdb.DuckDBPyConnection
) -> None:
    hand = tables.execute(
        f"SELECT date_trunc('month', {time})::DATE AS month, {expression} FROM {table} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert len(hand) > 2
    assert asked(tables, domain, metric, MONTH) == rows(hand)


def test_acquisition_cost_by_channel_divides_what_two_tables_hold(tables: duckdb.DuckDBPyConnection) -> None:
    hand = tables.execute(
        """
        WITH
        spent AS (SELECT campaign_id, sum(spend_amount) AS spend FROM campaign_spend GROUP BY 1),
        won AS (SELECT campaign_id, count(*) AS customers FROM acquired_customers GROUP BY 1)
        SELECT channel, sum(spend)::DOUBLE / sum(customers)
        FROM campaigns LEFT JOIN spent USING (campaign_id) LEFT JOIN won USING (campaign_id)
        GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert len(hand) == 4
    assert asked(tables, "marketing", "cac", "campaign__channel") == rows(hand)


def test_revenue_by_region_comes_from_the_stores(tables: duckdb.DuckDBPyConnection) -> None:
    hand = tables.execute(
        """
        SELECT region, sum(gross_amount - discount_amount - refund_amount)
        FROM orders JOIN stores USING (store_id) WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert asked(tables, "sales", "revenue", "store__region") == rows(hand)


def test_weekly_active_buyers_count_a_buyer_once_a_week(tables: duckdb.DuckDBPyConnection) -> None:
    hand = tables.execute(
        """
        SELECT date_trunc('week', ordered_at)::DATE, count(DISTINCT customer_id)
        FROM orders WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert asked(tables, "sales", "weekly_active_buyers", "metric_time__week") == rows(hand)


def test_recurring_revenue_of_all_months_is_an_average_and_no_sum(tables: duckdb.DuckDBPyConnection) -> None:
    hand = tables.execute(
        "SELECT avg(arr) FROM (SELECT 12 * sum(monthly_amount) AS arr FROM subscription_months GROUP BY month_start)"
    ).fetchall()
    assert asked(tables, "finance", "arr") == rows(hand)


def asked(
    tables: duckdb.DuckDBPyConnection, domain: str, metric: str, *group_by: str
) -> list[tuple[Any, ...]]:
    query = MetricQuery(metrics=(metric,), group_by=group_by, order_by=group_by)
    compiled = compile_query(semantic(domain), query)
    assert compiled.columns == (*group_by, metric)
    return rows(tables.execute(compiled.sql).fetchall())


def rows(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Numbers as floats to nine digits, points in time as dates."""
    return [tuple(_comparable(value) for value in row) for row in found]


def _comparable(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(f"{float(value):.9g}")
    return value.date() if hasattr(value, "hour") else value
