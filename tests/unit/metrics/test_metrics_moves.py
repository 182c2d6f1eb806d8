"""Moves in time and ways through models on a few rows; each number is worked out by hand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from catalog.metrics import MetricQuery, QueryRefused, compile_query, read_semantic_manifest

ROWS = """
CREATE TABLE days AS SELECT CAST(d AS DATE) AS day, 'P' || CAST(month(d) // 2 AS TEXT) AS period
FROM generate_series(DATE '2025-12-01', DATE '2026-07-31', INTERVAL 1 DAY) s(d);
CREATE TABLE hours AS SELECT h AS hour
FROM generate_series(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-02 23:00', INTERVAL 1 HOUR) s(h);
CREATE TABLE sales AS SELECT * FROM (VALUES
  (1, 'n', 1, DATE '2026-01-30'), (2, 'n', 10, DATE '2026-01-31'), (3, 's', 100, DATE '2026-02-28'),
  (4, 's', 1000, DATE '2026-03-31')
) t(sale_id, region, amount, day);
CREATE TABLE calls AS SELECT * FROM (VALUES
  (1, TIMESTAMP '2026-01-01 22:30'), (2, TIMESTAMP '2026-01-01 23:10'), (3, TIMESTAMP '2026-01-02 00:20')
) t(call_id, called);
CREATE TABLE regions AS SELECT * FROM (VALUES ('n', 'one', 'x'), ('s', 'two', 'y'), ('s', 'three', 'z'))
  t(region, zone, land);
CREATE TABLE zones AS SELECT * FROM (VALUES ('one', 'cold'), ('two', 'warm'), ('three', 'hot')) t(zone, climate);
CREATE TABLE lands AS SELECT * FROM (VALUES ('x', 'p'), ('y', 'q'), ('z', 'r')) t(land, speech);
"""


def measured(name: str, measure: str, agg: str = "sum") -> dict[str, Any]:
    return {"name": name, "agg": agg, "expr": measure, "create_metric": True}


def model(name: str, key: str, joins: list[str], *dimensions: str, **said: Any) -> dict[str, Any]:
    entities = [{"name": key, "type": "primary"}, *({"name": one, "type": "foreign"} for one in joins)]
    categories = [{"name": one, "type": "categorical"} for one in dimensions]
    return {"name": name, "model": name, "entities": entities, "dimensions": categories, **said}


def timed(name: str, key: str, joins: list[str], time: str, grain: str, **said: Any) -> dict[str, Any]:
    found = model(name, key, joins, defaults={"agg_time_dimension": time}, **said)
    found["entities"][0]["expr"] = f"{key}_id"
    found["dimensions"].append({"name": time, "type": "time", "type_params": {"time_granularity": grain}})
    return found


def metric(name: str, kind: str, **params: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "type_params": params}


def moved(name: str, of: str, **said: str) -> dict[str, Any]:
    return metric(name, "derived", expr="v", metrics=[{"name": of, "alias": "v", **said}])


def spine(name: str, column: str, *custom: str) -> dict[str, Any]:
    grains = [{"name": one} for one in custom]
    declared = {"standard_granularity_column": column, "custom_granularities": grains}
    return {"name": name, "time_spine": declared, "columns": [{"name": column, "granularity": column}]}


CONTENT = {
    "semantic_models": [
        timed("sales", "sale", ["region"], "day", "day", measures=[measured("amount", "amount")]),
        timed("calls", "call", [], "called", "hour", measures=[measured("call_count", "1")]),
        model("regions", "region", ["zone", "land"]),
        model("zones", "zone", [], "climate"),
        model("lands", "land", [], "speech"),
    ],
    "metrics": [
        moved("month_ago", "amount", offset_window="1 month"),
        moved("weeks_ago", "amount", offset_window="2 weeks"),
        moved("month_start", "amount", offset_to_grain="month"),
        moved("hour_ago", "call_count", offset_window="1 hour"),
        metric("last_two_hours", "cumulative", measure="call_count", cumulative_type_params={"window": "2 hours"}),
        metric("running", "cumulative", measure="amount"),
        metric("known", "simple", measure={"name": "amount", "fill_nulls_with": 0}),
        moved("doubled", "known"),
    ],
    "models": [spine("days", "day", "period"), spine("hours", "hour")],
}  # fmt: skip
MANIFEST = read_semantic_manifest(CONTENT)


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection


@pytest.fixture
def ask(shop: duckdb.DuckDBPyConnection) -> Any:
    def asked(*metrics: str, by: Any = (), **said: Any) -> list[tuple[Any, ...]]:
        rows = shop.execute(compile_query(MANIFEST, MetricQuery(metrics, by, **said)).sql).fetchall()
        return sorted((tuple(shown(value) for value in row) for row in rows), key=str)

    return asked


def shown(value: Any) -> Any:
    return value.strftime("%m-%d") if isinstance(value, datetime) else value


def refused(*metrics: str, **query: Any) -> list[str]:
    with pytest.raises(QueryRefused) as raised:
        compile_query(MANIFEST, MetricQuery(metrics, **query))
    assert all(one.remedy for one in raised.value.findings)
    return [one.code for one in raised.value.findings]


def test_a_move_by_a_month_takes_each_month_once_whatever_its_length(ask: Any) -> None:
    assert ask("month_ago", by="metric_time__month") == [("02-01", 11), ("03-01", 100), ("04-01", 1000)]


def test_a_quarter_of_moved_months_is_the_sum_of_those_months(ask: Any) -> None:
    assert ask("month_ago", by="metric_time__quarter") == [("01-01", 111), ("04-01", 1000)]


def test_a_day_has_the_value_of_the_same_day_a_month_before(ask: Any) -> None:
    found = ask("month_ago", by="metric_time__day")
    assert found == [(f"03-{day}", 100) for day in (28, 29, 30, 31)]


@pytest.mark.parametrize("item", ["metric_time__week", "metric_time__period"])
def test_a_move_by_a_month_is_refused_for_periods_that_months_do_not_fit(item: str) -> None:
    assert refused("month_ago", group_by=[item]) == ["GRAIN_NOT_APPLICABLE"]


def test_a_move_by_weeks_acts_on_days_where_months_are_asked_for(ask: Any) -> None:
    assert ask("weeks_ago", by="metric_time__month") == [("02-01", 11), ("03-01", 100), ("04-01", 1000)]


def test_a_move_to_the_start_of_a_month_is_that_month_by_month_and_its_first_day_by_day(ask: Any) -> None:
    assert ask("month_start", by="metric_time__month") == [("01-01", 11), ("02-01", 100), ("03-01", 1000)]
    assert ask("month_start", by="metric_time__day") == []


def test_what_accumulates_over_hours_is_known_at_the_first_hour_of_a_day(ask: Any) -> None:
    assert ask("last_two_hours", by="metric_time__day") == [("01-01", 1), ("01-02", 2)]


def test_a_move_by_an_hour_crosses_midnight(ask: Any) -> None:
    assert ask("hour_ago", by="metric_time__day") == [("01-01", 1), ("01-02", 2)]


def test_a_move_finer_than_the_data_is_refused_and_not_empty() -> None:
    content = {**CONTENT, "metrics": [moved("hour_before", "amount", offset_window="1 hour")]}
    with pytest.raises(QueryRefused) as raised:
        compile_query(read_semantic_manifest(content), MetricQuery("hour_before", "metric_time__day"))
    assert [one.code for one in raised.value.findings] == ["GRAIN_TOO_FINE"]


def test_a_part_of_the_date_is_refused_for_what_has_a_value_at_each_moment() -> None:
    by_year = "TimeDimension('metric_time', date_part_name='year')"
    assert refused("running", group_by=by_year) == ["GRAIN_NOT_APPLICABLE"]
    assert refused("month_start", group_by=by_year) == ["GRAIN_NOT_APPLICABLE"]
    of_may = "{{ TimeDimension('metric_time', date_part_name='month') }} = 5"
    assert refused("running", group_by="metric_time", where=of_may) == ["GRAIN_NOT_APPLICABLE"]


def test_a_constraint_is_widened_to_the_grain_that_is_asked_for(ask: Any) -> None:
    said = {"time_constraint": ["2026-01-31", "2026-02-03"]}
    assert ask("amount", **said) == [(10,)]
    assert ask("amount", by="metric_time__month", **said) == [("01-01", 11), ("02-01", 100)]
    assert ask("amount", time_constraint=[None, "2026-01-30"]) == [(1,)]


def test_a_constraint_without_any_time_is_refused_and_not_passed_over() -> None:
    said = {"group_by": "zone__climate", "time_constraint": ("2026-01-01", "2026-01-31")}
    assert refused(**said) == ["TIME_CONSTRAINT_INVALID"]


def test_a_value_for_missing_rows_stays_within_the_groups_of_its_metric(ask: Any) -> None:
    found = ask("known", "doubled", "call_count", by="metric_time__month")
    assert found == [("01-01", 11, 11, 3), ("02-01", 100, 100, None), ("03-01", 1000, 1000, None)]
    found = ask(
        "known", "doubled", "call_count", by="metric_time__day", time_constraint=("2026-01-01", "2026-01-30")
    )
    assert found == [("01-01", 0, None, 2), ("01-02", 0, None, 1), ("01-30", 1, 1, None)]


def test_ways_that_part_are_joined_apart_so_that_a_broken_key_does_not_pair_what_is_not_one_row(
    ask: Any,
) -> None:
    by = ["region__zone__climate", "region__land__speech"]
    rows = ask("amount", by=by)
    assert [row for row in rows if row[0] == "cold"] == [("cold", "p", 11)]
    assert {row[:2] for row in rows if row[0] != "cold"} == {
        (c, s) for c in ("warm", "hot") for s in ("q", "r")
    }
    alone = ask("amount", by=by[0])
    assert alone == [("cold", 11), ("hot", 1100), ("warm", 1100)]


def test_an_item_that_is_asked_for_twice_is_refused() -> None:
    assert refused("amount", group_by=["metric_time", "metric_time__day"]) == ["QUERY_INVALID"]


def test_a_range_of_values_takes_neither_order_nor_limit() -> None:
    assert refused(group_by="zone__climate", min_max_only=True, limit=3) == ["QUERY_INVALID"]


def test_a_query_takes_single_texts_lists_and_mappings_and_is_one_key() -> None:
    query = MetricQuery("amount", [{"name": "metric_time", "grain": "month"}], where=None)  # type: ignore[arg-type]
    assert query == MetricQuery(("amount",), ("metric_time__month",))
    assert hash(query) == hash(MetricQuery(["amount"], ["metric_time__month"]))
    part = MetricQuery([], [{"name": "metric_time", "date_part": "year"}])
    assert part.group_by == ("metric_time__extract_year",)


def test_a_metric_may_be_filtered_by_its_own_value_for_an_entity(ask: Any) -> None:
    assert ask("amount", where="{{ Metric('amount', group_by=['region']) }} > 20") == [(1100,)]


def test_time_without_a_metric_may_be_filtered_without_being_asked_for(ask: Any) -> None:
    before = "{{ TimeDimension('metric_time', 'day') }} < '2026-01-01'"
    assert ask(by="zone__climate", where=before) == [("cold",), ("hot",), ("warm",)]
    never = "{{ TimeDimension('metric_time', 'day') }} < '2020-01-01'"
    assert ask(by="zone__climate", where=never) == []
