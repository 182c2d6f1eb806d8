"""Each output of a compiled query names every column it depends on, and what the column does."""

import pytest
from metrics_shop import SHOP

from catalog.metrics import MetricQuery, compile_query


def sources(
    output: str, *metrics: str, group_by: tuple[str, ...] = (), where: tuple[str, ...] = ()
) -> set[str]:
    """`relation.column role` for one output of a query over the shop."""
    compiled = compile_query(SHOP, MetricQuery(metrics, group_by, where))
    (found,) = [one for one in compiled.lineage if one.name == output]
    return {f"{one.relation.removeprefix('shop.')}.{one.column} {one.role}" for one in found.sources}


def test_outputs_stand_in_the_order_of_the_columns() -> None:
    compiled = compile_query(SHOP, MetricQuery(("revenue", "goal"), ("metric_time__month",)))
    assert tuple(one.name for one in compiled.lineage) == compiled.columns


def test_a_plain_metric_depends_on_its_measure_alone() -> None:
    assert sources("revenue", "revenue") == {"orders.amount value"}


def test_a_filter_chooses_rows_and_its_joins_are_keys() -> None:
    assert sources("german_revenue", "german_revenue") == {
        "orders.amount value",
        "customers.country filter",
        "orders.customer_id key",
        "customers.id key",
    }


def test_a_condition_inside_of_an_aggregate_filters() -> None:
    assert sources("paid_share", "paid_share") == {"orders.amount value", "orders.status filter"}


def test_a_metric_that_counts_rows_depends_on_the_rows() -> None:
    assert sources("customer_count", "customer_count") == {"customers.* value"}


def test_a_time_that_is_grouped_by_is_no_value() -> None:
    group_by = ("metric_time__month", "order__status")
    assert sources("revenue", "revenue", group_by=group_by) == {
        "orders.amount value",
        "orders.ordered_at time",
        "orders.status group",
    }
    assert sources("metric_time__month", "revenue", group_by=group_by) == {"orders.ordered_at time"}


def test_metrics_of_several_sources_do_not_mix() -> None:
    group_by = ("metric_time__month",)
    assert "targets.goal value" not in sources("revenue", "revenue", "goal", group_by=group_by)
    assert "targets.month_start time" in sources("metric_time__month", "revenue", "goal", group_by=group_by)


@pytest.mark.parametrize("column", ["customer_id filter", "order_id filter"])
def test_a_filter_by_a_metric_depends_on_what_that_metric_is_made_of(column: str) -> None:
    where = ("{{ Metric('order_count', group_by=['customer']) }} > 2",)
    assert f"orders.{column}" in sources("revenue", "revenue", where=where)
