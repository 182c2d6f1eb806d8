"""A shop's semantic manifest, and its rows in DuckDB."""

from typing import Any

import duckdb

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    NonAdditiveDimension,
    SemanticModel,
    TimeGranularity,
)
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery

A, CATEGORY, TIME = Aggregation, DimensionType.CATEGORICAL, DimensionType.TIME
PRIMARY, FOREIGN, UNIQUE = EntityType.PRIMARY, EntityType.FOREIGN, EntityType.UNIQUE


def simple(name: str, measure: str, *filters: str, **said: Any) -> Metric:
    return Metric(name, MetricType.SIMPLE, measure=MetricInput(measure, **said), filters=filters)


def ratio(name: str, numerator: MetricInput, denominator: MetricInput, *filters: str) -> Metric:
    return Metric(name, MetricType.RATIO, numerator=numerator, denominator=denominator, filters=filters)


def derived(name: str, expr: str, *inputs: MetricInput) -> Metric:
    return Metric(name, MetricType.DERIVED, expr=expr, inputs=inputs)


ORDERS = SemanticModel(
    "orders",
    "shop.orders",
    default_agg_time_dimension="ordered_at",
    entities=(Entity("order", PRIMARY, "order_id"), Entity("customer", FOREIGN, "customer_id")),
    dimensions=(
        Dimension("status", CATEGORY),
        Dimension("is_large", CATEGORY, "amount >= 100"),
        Dimension("ordered_at", TIME),
        Dimension("paid_at", TIME, granularity=TimeGranularity.HOUR),
        Dimension("batch", TIME, is_partition=True),
    ),
    measures=(
        Measure("amount", A.SUM),
        Measure("orders", A.COUNT, "order_id"),
        Measure("buyers", A.COUNT_DISTINCT, "customer_id"),
        Measure("about_buyers", A.COUNT_DISTINCT, "customer_id", approximate=True),
        Measure("paid_amount", A.SUM, "amount", agg_time_dimension="paid_at"),
        Measure("largest", A.MAX, "amount"),
        Measure("typical", A.MEDIAN, "amount"),
        Measure("p90", A.PERCENTILE, "amount", agg_params={"percentile": 0.9}),
        Measure(
            "d90", A.PERCENTILE, "amount", agg_params={"percentile": 0.9, "use_discrete_percentile": True}
        ),
        Measure(
            "a90", A.PERCENTILE, "amount", agg_params={"percentile": 0.9, "use_approximate_percentile": True}
        ),
    ),
)
CUSTOMERS = SemanticModel(
    "customers",
    "shop.customers",
    default_agg_time_dimension="joined_at",
    entities=(
        Entity("customer", PRIMARY, "id"),
        Entity("account", UNIQUE, "account_id"),
        Entity("region", FOREIGN, "region_id"),
    ),
    dimensions=(Dimension("country", CATEGORY), Dimension("joined_at", TIME)),
    measures=(Measure("customers", A.COUNT, "1"),),
)
REGIONS = SemanticModel(
    "regions",
    "shop.regions",
    entities=(Entity("region", PRIMARY, "region_id"),),
    dimensions=(Dimension("region_name", CATEGORY, "name"),),
)
LABELS = SemanticModel(
    "labels",
    "shop.labels",
    entities=(Entity("label", PRIMARY, "label_id"), Entity("customer", FOREIGN, "customer_id")),
    dimensions=(Dimension("label_text", CATEGORY),),
)
TARGETS = SemanticModel(
    "targets",
    "shop.targets",
    default_agg_time_dimension="month_start",
    primary_entity="target",
    entities=(Entity("customer", FOREIGN, "customer_id"),),
    dimensions=(Dimension("month_start", TIME, granularity=TimeGranularity.MONTH),),
    measures=(Measure("target", A.SUM, "goal"),),
)
BALANCES = SemanticModel(
    "balances",
    "shop.balances",
    default_agg_time_dimension="on_day",
    primary_entity="balance",
    entities=(Entity("customer", FOREIGN, "customer_id"),),
    dimensions=(Dimension("on_day", TIME, "day"),),
    measures=(
        Measure(
            "closing",
            A.SUM,
            "amount",
            agg_time_dimension="on_day",
            non_additive_dimension=NonAdditiveDimension("on_day", "max"),
        ),
        Measure(
            "latest_each",
            A.SUM,
            "amount",
            agg_time_dimension="on_day",
            non_additive_dimension=NonAdditiveDimension("on_day", "max", ("customer",)),
        ),
    ),
)
PAID = "{{ Dimension('order__status') }} = 'paid'"
METRICS = (
    simple("revenue", "amount"),
    simple("paid_revenue", "amount", PAID),
    simple("order_count", "orders"),
    simple("paid_orders", "orders", PAID),
    simple("buyers", "buyers"),
    simple("about_buyers", "about_buyers"),
    simple("about_paid_buyers", "about_buyers", PAID),
    simple("cash", "paid_amount"),
    simple("largest_order", "largest"),
    simple("typical_order", "typical"),
    simple("p90_order", "p90"),
    simple("d90_order", "d90"),
    simple("a90_order", "a90"),
    simple("german_revenue", "amount", "{{ Dimension('customer__country') }} = 'de'"),
    simple("revenue_or_zero", "amount", fill_nulls_with=0),
    simple("customer_count", "customers"),
    simple("goal", "target"),
    simple("closing_balance", "closing"),
    simple("latest_balance", "latest_each"),
    ratio("order_value", MetricInput("revenue"), MetricInput("order_count")),
    ratio("paid_share", MetricInput("revenue", filters=(PAID,)), MetricInput("revenue")),
    ratio("revenue_per_customer", MetricInput("revenue"), MetricInput("customer_count")),
    derived(
        "open_revenue", "revenue - paid", MetricInput("revenue"), MetricInput("paid_revenue", alias="paid")
    ),
    derived("goal_gap", "goal - revenue", MetricInput("goal"), MetricInput("revenue")),
)
SHOP = SemanticManifest((ORDERS, CUSTOMERS, REGIONS, LABELS, TARGETS, BALANCES), METRICS)

ROWS = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
  order_id INTEGER, customer_id INTEGER, status VARCHAR, amount INTEGER,
  ordered_at TIMESTAMP, paid_at TIMESTAMP, batch DATE
);
INSERT INTO shop.orders VALUES
  (1, 1, 'paid', 100, '2026-01-05 10:00', '2026-02-01 09:30', '2026-01-01'),
  (2, 1, 'open', 50, '2026-01-31 23:59', NULL, '2026-01-01'),
  (3, 2, 'paid', 200, '2026-02-01 00:00', '2026-02-01 10:15', '2026-01-01'),
  (4, NULL, 'paid', 10, '2026-02-10 12:00', '2026-02-10 12:00', '2026-01-01'),
  (5, 9, NULL, 40, NULL, NULL, '2026-01-01');
CREATE TABLE shop.customers (
  id INTEGER, account_id INTEGER, region_id INTEGER, country VARCHAR, joined_at TIMESTAMP
);
INSERT INTO shop.customers VALUES
  (1, 11, 1, 'de', '2026-01-01'), (2, 12, 2, 'fr', '2026-02-03'), (3, 13, NULL, NULL, '2026-02-04');
CREATE TABLE shop.regions (region_id INTEGER, name VARCHAR);
INSERT INTO shop.regions VALUES (1, 'north'), (2, 'south');
CREATE TABLE shop.labels (label_id INTEGER, customer_id INTEGER, label_text VARCHAR);
CREATE TABLE shop.targets (customer_id INTEGER, month_start DATE, goal INTEGER);
INSERT INTO shop.targets VALUES (1, '2026-01-01', 120), (2, '2026-02-01', 150), (2, '2026-03-01', 70);
CREATE TABLE shop.balances (customer_id INTEGER, day DATE, amount INTEGER);
INSERT INTO shop.balances VALUES
  (1, '2026-01-30', 5), (1, '2026-01-31', 7), (2, '2026-01-31', 1), (2, '2026-02-02', 3), (NULL, '2026-01-30', 9);
"""


def shop() -> duckdb.DuckDBPyConnection:
    """A connection that holds the rows."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(ROWS)
    return connection


def asked(connection: duckdb.DuckDBPyConnection, *metrics: str, **query: Any) -> list[tuple[Any, ...]]:
    """The rows that a query gives, sorted where it names no order."""
    compiled = compile_query(SHOP, MetricQuery(metrics, **query))
    rows = connection.execute(compiled.sql).fetchall()
    return rows if "order_by" in query else sorted(rows, key=lambda row: [(one is None, one) for one in row])
