"""What queries on the shop give, row by row."""

# ruff: noqa: DTZ001 (the times of the data have no zone)
from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest
from metrics_shop import asked, shop

from catalog.metrics import QueryRefused
from catalog.metrics.query import OrderBy

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1) for month in (1, 2, 3))


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    with shop() as connection:
        yield connection


def test_a_metric_without_group_by_is_one_number(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "revenue", "order_count", "buyers") == [(400, 5, 3)]


def test_null_is_a_group_of_its_own(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "revenue", group_by=("order__status",)) == [("open", 50), ("paid", 310), (None, 40)]


def test_a_bare_dimension_is_refused_with_its_full_name(rows: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryRefused, match="status does not say whose it is") as refused:
        asked(rows, "revenue", group_by=("status",))
    assert refused.value.findings[0].remedy == "Ask for order__status."


def test_metric_time_is_each_measures_own_time(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "revenue", "cash", group_by=("metric_time__month",))
    assert answer == [(JANUARY, 150, None), (FEBRUARY, 210, 310), (None, 40, 90)]


def test_a_bare_metric_time_has_the_smallest_grain_that_all_metrics_have(
    rows: duckdb.DuckDBPyConnection,
) -> None:
    answer = asked(rows, "goal_gap", group_by=("metric_time",))
    assert answer == [(JANUARY, -30), (FEBRUARY, -60), (MARCH, None), (None, None)]


def test_a_joined_dimension_leaves_rows_without_a_match_in_the_null_group(
    rows: duckdb.DuckDBPyConnection,
) -> None:
    answer = asked(rows, "revenue", group_by=("customer__country",))
    assert answer == [("de", 150), ("fr", 200), (None, 50)]


def test_a_dimension_over_two_joins_may_leave_out_the_first_entity(rows: duckdb.DuckDBPyConnection) -> None:
    full = asked(rows, "revenue", group_by=("customer__region__region_name",))
    assert full == [("north", 150), ("south", 200), (None, 50)]
    assert asked(rows, "revenue", group_by=("region__region_name",)) == full


def test_an_entity_can_be_grouped_by(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "order_count", group_by=("customer",)) == [(1, 2), (2, 1), (9, 1), (None, 1)]


def test_metrics_of_one_source_keep_their_own_filters_in_one_scan(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "revenue", "paid_revenue", "paid_orders", group_by=("metric_time__month",))
    assert answer == [(JANUARY, 150, 100, 1), (FEBRUARY, 210, 210, 2), (None, 40, None, None)]


def test_a_group_that_no_metric_counts_is_no_group(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "paid_revenue", "german_revenue", group_by=("order__status",))
    assert answer == [("open", None, 50), ("paid", 310, 100)]


def test_a_ratio_divides_as_floating_point_and_is_null_over_zero(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "paid_share", group_by=("order__status",))
    assert answer == [("open", None), ("paid", 1.0), (None, None)]
    assert asked(rows, "order_value") == [(80.0,)]


def test_a_derived_metric_computes_from_aliased_inputs(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "open_revenue") == [(90,)]


def test_metrics_of_two_sources_meet_on_null_safe_groups(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "revenue", "customer_count", group_by=("customer__country",))
    assert answer == [("de", 150, 1), ("fr", 200, 1), (None, 50, 1)]


def test_three_sources_meet_on_the_same_groups(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(
        rows, "customer_count", "goal", "revenue", group_by=("customer__country", "metric_time__month")
    )
    assert answer == [
        ("de", JANUARY, 1, 120, 150),
        ("fr", FEBRUARY, 1, 150, 200),
        ("fr", MARCH, None, 70, None),
        (None, FEBRUARY, 1, None, 10),
        (None, None, None, None, 40),
    ]


def test_single_rows_of_two_sources_stand_side_by_side(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "revenue_per_customer", "goal") == [(400 / 3, 340)]


def test_a_time_constraint_includes_both_ends(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "revenue", time_constraint=("2026-01-31", "2026-02-01")) == [(250,)]


def test_a_time_constraint_covers_whole_periods_of_the_asked_grain(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(
        rows, "revenue", group_by=("metric_time__month",), time_constraint=("2026-01-31", "2026-01-31")
    )
    assert answer == [(JANUARY, 150)]


def test_filters_compare_times_at_their_grain(rows: duckdb.DuckDBPyConnection) -> None:
    after = "{{ TimeDimension('metric_time', 'month') }} > '2026-01-20'"
    assert asked(rows, "revenue", where=(after,)) == [(210,)]
    within = "{{ TimeDimension('order__paid_at', 'hour') }} BETWEEN '2026-02-01 09:00' AND '2026-02-01 10:00'"
    assert asked(rows, "revenue", where=(within,)) == [(300,)]


def test_all_filters_of_a_query_must_hold(rows: duckdb.DuckDBPyConnection) -> None:
    both = ("{{ Dimension('order__is_large') }}", "{{ Dimension('customer__country') }} = 'fr'")
    assert asked(rows, "order_count", where=both) == [(1,)]


def test_sub_daily_grains_and_date_parts_follow_the_time(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "cash", group_by=("metric_time__hour",))[:2] == [
        (datetime(2026, 2, 1, 9), 100),
        (datetime(2026, 2, 1, 10), 200),
    ]
    assert asked(rows, "revenue", group_by=("order__ordered_at__extract_dow",)) == [
        (1, 100), (2, 10), (6, 50), (7, 200), (None, 40),
    ]  # fmt: skip


def test_percentiles_are_exact(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "largest_order", "typical_order", "p90_order", "d90_order")
    assert answer == [(200, 50.0, pytest.approx(160.0), 200)]


def test_a_balance_is_taken_at_the_end_of_each_asked_period(rows: duckdb.DuckDBPyConnection) -> None:
    assert asked(rows, "closing_balance") == [(3,)]
    assert asked(rows, "closing_balance", group_by=("metric_time__month",)) == [(JANUARY, 8), (FEBRUARY, 3)]
    assert asked(rows, "latest_balance") == [(19,)]


def test_a_filled_metric_is_zero_where_only_another_has_the_group(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "revenue_or_zero", "goal", group_by=("metric_time__month",))
    assert (MARCH, 0, 70) in answer


def test_rows_come_in_the_asked_order_with_nulls_last_and_a_limit(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(
        rows, "paid_revenue", group_by=("order__status", "metric_time__month"), order_by=("-paid_revenue",)
    )
    assert [row[2] for row in answer] == [210, 100]
    down = asked(
        rows,
        "revenue",
        group_by=("metric_time",),
        order_by=(OrderBy("metric_time", descending=True),),
        limit=2,
    )
    assert [row[0] for row in down] == [datetime(2026, 2, 10), FEBRUARY]
    assert asked(rows, "revenue", group_by=("order__status",), order_by=("order__status",))[-1] == (None, 40)


def test_object_forms_name_the_same_groups(rows: duckdb.DuckDBPyConnection) -> None:
    answer = asked(rows, "revenue", group_by=("TimeDimension('metric_time', 'month')", "Entity('customer')"))
    assert answer == asked(rows, "revenue", group_by=("metric_time__month", "customer"))
