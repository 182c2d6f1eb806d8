"""The SQL and the plan of every kind of query in every dialect, word for word; `make snapshots` writes them anew."""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from metrics_shop import SHOP
from sqlglot import exp
from test_metrics_over_time import CONTENT, metric

from catalog.metrics import read_semantic_manifest
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.dialect import NAMES
from catalog.metrics.errors import QueryRefused
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.query import MetricQuery

SNAPSHOTS = Path(__file__).resolve().parents[2] / "snapshots" / "metrics"
TO_DATE = metric(
    "month_to_date", "cumulative", measure="amount", cumulative_type_params={"grain_to_date": "month"}
)
WEEK_BEFORE = metric(
    "week_before", "derived", expr="amount - a",
    metrics=[{"name": "amount"}, {"name": "amount", "alias": "a", "offset_window": "1 week"}],
)  # fmt: skip
BUYS = read_semantic_manifest({**CONTENT, "metrics": [*CONTENT["metrics"], TO_DATE, WEEK_BEFORE]})
DAY, MONTH = ("metric_time__day",), ("metric_time__month",)
OVER_TIME = {
    "cumulative_all_time": MetricQuery(("all_time",), DAY, time_constraint=("2026-01-02", "2026-01-05")),
    "cumulative_window": MetricQuery(("two_days",), DAY),
    "cumulative_grain_to_date": MetricQuery(("month_to_date",), DAY),
    "cumulative_by_month": MetricQuery(("last_all_time", "mean_all_time"), MONTH),
    "conversion_rate": MetricQuery(("rate",), ("metric_time__day", "visit__source")),
    "conversion_window": MetricQuery(("within_two_days", "same_session"), MONTH),
    "offset_window": MetricQuery(("week_before",), DAY),
    "offset_to_grain": MetricQuery(("at_start",), DAY),
    "offset_calendar": MetricQuery(("third_before",), DAY),
    "filled": MetricQuery(("filled",), DAY),
    "custom_grain": MetricQuery(("amount",), ("metric_time__third",)),
    "validity": MetricQuery(("amount",), ("visitor__tier",)),
    "metric_filter": MetricQuery(("amount",), DAY, ("{{ Metric('visit_count', group_by=['visitor']) }} > 1",)),
    "no_metrics": MetricQuery((), ("visit__source", "metric_time__day")),
    "min_max": MetricQuery((), ("visit__source",), min_max_only=True),
    "week_and_quarter": MetricQuery(("amount",), ("metric_time__week", "metric_time__quarter")),
}  # fmt: skip
IN_SHOP = {
    "simple": MetricQuery(("revenue",), MONTH),
    "joined": MetricQuery(
        ("revenue",),
        ("customer__country", "customer__region__region_name"),
        ("{{ Dimension('customer__country') }} IN ('de', 'fr')",),
        ("-revenue",),
        10,
    ),
    "filtered_ratio": MetricQuery(("paid_share", "paid_orders"), MONTH),
    "several_sources": MetricQuery(
        ("revenue_per_customer", "goal"),
        ("metric_time__month", "customer__country"),
        ("{{ TimeDimension('metric_time', 'month') }} >= '2026-01-15'",),
        ("metric_time__month",),
        time_constraint=("2026-01-01", "2026-12-31"),
    ),
    "single_rows": MetricQuery(("revenue", "goal")),
    "semi_additive": MetricQuery(("closing_balance",), MONTH),
    "semi_additive_by_group": MetricQuery(("latest_balance",), MONTH),
    "percentiles": MetricQuery(
        ("typical_order", "p90_order", "d90_order", "a90_order"), ("order__is_large",)
    ),
    "estimate": MetricQuery(("a90_order",), ("order__is_large",)),
    "distinct_estimate": MetricQuery(("about_buyers", "about_paid_buyers", "revenue"), ("order__is_large",)),
    "date_part": MetricQuery(("cash",), ("metric_time__extract_dow", "order__paid_at__hour")),
}
QUERIES = {
    **{name: (SHOP, query) for name, query in IN_SHOP.items()},
    **{name: (BUYS, query) for name, query in OVER_TIME.items()},
}
REFUSED = {("percentiles", "bigquery"), ("percentiles", "trino"), ("percentiles", "redshift")}


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_written_as_it_was(name: str, dialect: str) -> None:
    manifest, query = QUERIES[name]
    file = SNAPSHOTS / dialect / f"{name}.sql"
    if (name, dialect) in REFUSED:
        with pytest.raises(QueryRefused) as refused:
            compile_query(manifest, query, dialect=dialect)
        assert [one.code for one in refused.value.findings] == ["DIALECT_CANNOT_SAY"]
        assert not file.exists()
        return
    written = text(compile_query(manifest, query, dialect=dialect))
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written)
    assert file.read_text() == written


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_one_statement_of_its_dialect(name: str, dialect: str) -> None:
    if (name, dialect) in REFUSED:
        return
    compiled = compile_query(QUERIES[name][0], QUERIES[name][1], dialect=dialect)
    statements = sqlglot.parse(compiled.sql, read=dialect)
    assert [type(one) for one in statements] == [exp.Select]
    if (name, dialect) != ("percentiles", "spark"):  # sqlglot itself would write estimates
        assert sqlglot.parse_one(statements[0].sql(dialect), read=dialect) == statements[0]
    assert [one.alias_or_name for one in statements[0].expressions] == [*compiled.columns]


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
    where = "{{ Dimension('customer__country') }} = 'de' AND LENGTH({{ Dimension('order__status') }}) = 1.5"
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
    first, second = (compile_query(*QUERIES["several_sources"]) for _ in range(2))
    assert (first.sql, first.parameters) == (second.sql, second.parameters)


def test_an_identical_query_is_compiled_once_for_a_manifest_and_dialect() -> None:
    query = QUERIES["simple"][1]
    first = compile_query(SHOP, query)
    assert compile_query(SHOP, MetricQuery(("revenue",), MONTH)) is first
    assert compile_query(replace(SHOP), query) is not first
    assert compile_query(SHOP, query, dialect="trino") is not first
    assert compile_query(SHOP, query, relations={"orders": "o"}) is not first
    assert compile_query(SHOP, query, bind=True) is not first
    for limit in range(1_000):
        compile_query(SHOP, replace(query, limit=limit))
    assert compile_query(SHOP, query) is not first
    assert compile_query(SHOP, query) == first


def test_a_query_made_of_lists_is_compiled_too() -> None:
    lists: dict[str, Any] = {"metrics": ["revenue"], "group_by": [*MONTH]}
    assert compile_query(SHOP, MetricQuery(**lists)).sql == compile_query(SHOP, QUERIES["simple"][1]).sql
