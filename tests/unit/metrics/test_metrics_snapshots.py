"""The SQL and the plan of typical queries, word for word; `make snapshots` writes them anew."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from metrics_shop import SHOP

from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.query import MetricQuery

SNAPSHOTS = Path(__file__).resolve().parents[2] / "snapshots" / "metrics"
QUERIES = {
    "simple": MetricQuery(("revenue",), ("metric_time__month",)),
    "joined": MetricQuery(
        ("revenue",),
        ("customer__country", "customer__region__region_name"),
        ("{{ Dimension('customer__country') }} IN ('de', 'fr')",),
        ("-revenue",),
        10,
    ),
    "filtered_ratio": MetricQuery(("paid_share", "paid_orders"), ("metric_time__month",)),
    "several_sources": MetricQuery(
        ("revenue_per_customer", "goal"),
        ("metric_time__month", "customer__country"),
        ("{{ TimeDimension('metric_time', 'month') }} >= '2026-01-15'",),
        ("metric_time__month",),
        time_constraint=("2026-01-01", "2026-12-31"),
    ),
    "single_rows": MetricQuery(("revenue", "goal")),
    "semi_additive": MetricQuery(("closing_balance",), ("metric_time__month",)),
    "percentiles": MetricQuery(
        ("typical_order", "p90_order", "d90_order", "a90_order"), ("order__is_large",)
    ),
    "date_part": MetricQuery(("cash",), ("metric_time__extract_dow", "order__paid_at__hour")),
}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_written_as_it_was(name: str, dialect: str) -> None:
    compiled = compile_query(SHOP, QUERIES[name], dialect=dialect)
    file = SNAPSHOTS / dialect / f"{name}.sql"
    written = text(compiled)
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written)
    assert file.read_text() == written


def text(compiled: CompiledQuery) -> str:
    plan = "\n".join(f"-- {line}" for line in compiled.plan.explain().splitlines())
    return f"{plan}\n{compiled.sql}\n"


def test_a_plan_names_the_only_columns_that_are_read() -> None:
    compiled = compile_query(SHOP, MetricQuery(("paid_revenue",), ("customer__country",)))
    read = {one.model: one.columns for one in compiled.plan.walk() if isinstance(one, ReadModel)}
    assert read == {"orders": ("amount", "customer_id", "status"), "customers": ("country", "id")}
    assert compiled.models == ("orders", "customers")
    assert compiled.columns == ("customer__country", "paid_revenue")


def test_a_relation_can_be_replaced_by_the_name_of_its_model() -> None:
    compiled = compile_query(SHOP, MetricQuery(("revenue",)), relations={"orders": "masked_orders"})
    assert 'FROM "masked_orders" AS "orders"' in compiled.sql


def test_the_literals_of_consumers_are_bound_where_that_is_asked_and_those_of_authors_stay() -> None:
    where = "{{ Dimension('customer__country') }} = 'de' AND {{ Dimension('order__is_large') }} = 1.5"
    query = MetricQuery(("paid_revenue",), where=(where,))
    compiled = compile_query(SHOP, query, bind=True)
    assert compiled.parameters == ("de", Decimal("1.5"))
    assert "= $1" in compiled.sql
    assert "= 'paid'" in compiled.sql
    unbound = compile_query(SHOP, query)
    assert unbound.parameters == ()
    assert "= 'de'" in unbound.sql
    assert "$" not in unbound.sql


def test_the_same_query_gives_the_same_sql() -> None:
    first, second = (compile_query(SHOP, QUERIES["several_sources"]) for _ in range(2))
    assert (first.sql, first.parameters) == (second.sql, second.parameters)
