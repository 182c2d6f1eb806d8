"""Metrics over windows of time, by hand: each number is worked out in the test, on a few rows."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from catalog.domain.metric import SemanticManifest
from catalog.metrics import MetricQuery, QueryRefused, compile_query, read_semantic_manifest

ROWS = """
CREATE TABLE days AS SELECT CAST(d AS DATE) AS day, 'W' || CAST(day(d) // 3 AS TEXT) AS third
FROM generate_series(DATE '2026-01-01', DATE '2026-01-06', INTERVAL 1 DAY) s(d);
CREATE TABLE visits AS SELECT * FROM (VALUES
  (1, 'ann', 'ad', 's1', DATE '2026-01-01'), (2, 'ann', 'mail', 's2', DATE '2026-01-02'),
  (3, 'bob', 'ad', 's3', DATE '2026-01-02'), (4, 'cid', 'ad', 's4', DATE '2026-01-05')
) t(visit_id, visitor, source, session, day);
CREATE TABLE buys AS SELECT * FROM (VALUES
  (1, 'ann', 's1', 10, DATE '2026-01-03'), (2, 'bob', 's9', 5, DATE '2026-01-06'), (3, 'dan', 's5', 7, DATE '2026-01-04')
) t(buy_id, visitor, session, amount, day);
CREATE TABLE tiers AS SELECT * FROM (VALUES
  ('ann', 'silver', DATE '2026-01-01', DATE '2026-01-02'), ('ann', 'gold', DATE '2026-01-02', NULL)
) t(visitor, tier, since, until);
"""


def time(name: str, **said: Any) -> dict[str, Any]:
    return {"name": name, "type": "time", "type_params": {"time_granularity": "day", **said}}


def model(name: str, key: str, measures: list[dict[str, Any]], *dimensions: str) -> dict[str, Any]:
    entities = [{"name": key, "type": "primary", "expr": f"{key}_id"}, {"name": "visitor", "type": "foreign"}]
    return {
        "name": name,
        "model": name,
        "defaults": {"agg_time_dimension": "day"},
        "entities": entities,
        "dimensions": [time("day"), *({"name": one, "type": "categorical"} for one in dimensions)],
        "measures": measures,
    }


def metric(name: str, kind: str, **params: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "type_params": params}


def conversion(name: str, **said: Any) -> dict[str, Any]:
    params = {"base_measure": "visit_count", "conversion_measure": "buy_count", "entity": "visitor", **said}
    return metric(name, "conversion", conversion_type_params=params)


S1 = "{{ Dimension('buy__session') }} = 's1'"

CONTENT = {
    "semantic_models": [
        model(
            "visits", "visit", [{"name": "visit_count", "agg": "count", "expr": "visit_id", "create_metric": True}],
            "source", "session",
        ),
        model(
            "buys", "buy",
            [
                {"name": "amount", "agg": "sum", "create_metric": True},
                {"name": "buy_count", "agg": "count", "expr": "buy_id", "create_metric": True},
            ],
            "session",
        ),
        {
            "name": "tiers", "model": "tiers", "primary_entity": "visitor",
            "entities": [{"name": "visitor", "type": "natural"}],
            "dimensions": [
                {"name": "tier", "type": "categorical"},
                time("since", validity_params={"is_start": True}),
                time("until", validity_params={"is_end": True}),
            ],
        },
    ],
    "metrics": [
        metric("all_time", "cumulative", measure="amount"),
        metric("two_days", "cumulative", measure="amount", cumulative_type_params={"window": "2 days"}),
        metric("last_all_time", "cumulative", measure="amount", cumulative_type_params={"period_agg": "last"}),
        metric("mean_all_time", "cumulative", measure="amount", cumulative_type_params={"period_agg": "average"}),
        metric("filled", "simple", measure={"name": "amount", "join_to_timespine": True, "fill_nulls_with": 0}),
        metric("filled_s1", "simple", measure={"name": "amount", "join_to_timespine": True, "filter": S1}),
        {**metric("filled_above", "derived", expr="f", metrics=[{"name": "filled", "alias": "f"}]), "filter": S1},
        metric("day_before", "derived", expr="a", metrics=[{"name": "amount", "alias": "a", "offset_window": "1 day"}]),
        metric("at_start", "derived", expr="v", metrics=[{"name": "visit_count", "alias": "v", "offset_to_grain": "month"}]),
        metric("third_before", "derived", expr="a", metrics=[{"name": "amount", "alias": "a", "offset_window": "1 third"}]),
        conversion("rate"),
        conversion(
            "every_day", calculation="conversions", conversion_measure={"name": "buy_count", "fill_nulls_with": 0},
            base_measure={"name": "visit_count", "join_to_timespine": True},
        ),
        conversion(
            "every_moment", calculation="conversions", base_measure={"name": "visit_count", "join_to_timespine": True},
            conversion_measure={"name": "buy_count", "join_to_timespine": True, "fill_nulls_with": 0},
        ),
        conversion("within_two_days", window="2 days", calculation="conversions"),
        conversion(
            "same_session", calculation="conversions",
            constant_properties=[{"base_property": "session", "conversion_property": "session"}],
        ),
    ],
    "models": [
        {
            "name": "days",
            "time_spine": {"standard_granularity_column": "day", "custom_granularities": [{"name": "third"}]},
            "columns": [{"name": "day", "granularity": "day"}],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest() -> SemanticManifest:
    return read_semantic_manifest(CONTENT)


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection


@pytest.fixture
def ask(manifest: SemanticManifest, shop: duckdb.DuckDBPyConnection) -> Any:
    def asked(
        *metrics: str, by: tuple[str, ...] = ("metric_time__day",), **said: Any
    ) -> list[tuple[Any, ...]]:
        compiled = compile_query(manifest, MetricQuery(metrics, by, **said))
        rows = shop.execute(compiled.sql).fetchall()
        return sorted((tuple(plain(value) for value in row) for row in rows), key=str)

    return asked


def plain(value: Any) -> Any:
    """The day of January for a date."""
    return value.day if isinstance(value, date | datetime) else value


def test_all_time_goes_on_over_days_without_rows(ask: Any) -> None:
    assert ask("all_time") == [(3, 10), (4, 17), (5, 17), (6, 22)]
    assert ask("all_time", by=()) == [(22,)]


def test_a_window_holds_its_last_days(ask: Any) -> None:
    assert ask("two_days") == [(3, 10), (4, 17), (5, 7), (6, 5)]
    limited = ask("two_days", time_constraint=("2026-01-04", "2026-01-05"))
    assert limited == [(4, 17), (5, 7)]


def test_a_period_is_its_first_last_or_average_moment(ask: Any) -> None:
    months = ("metric_time__month",)
    assert ask("all_time", by=months) == [(1, 10)]
    assert ask("last_all_time", by=months) == [(1, 22)]
    assert ask("mean_all_time", by=months) == [(1, 16.5)]


def test_days_without_rows_are_filled(ask: Any) -> None:
    assert ask("filled") == [(1, 0), (2, 0), (3, 10), (4, 7), (5, 0), (6, 5)]
    where = ("{{ TimeDimension('metric_time', 'day') }} >= '2026-01-05'",)
    assert ask("filled", where=where) == [(5, 0), (6, 5)]


def test_a_filter_of_groups_holds_for_moments_without_rows_too(ask: Any) -> None:
    groups = ("metric_time__day", "buy__session")
    assert ask("filled", by=groups, where=(S1,)) == [(3, "s1", 10)]
    time_too = f"{S1} OR {{{{ TimeDimension('metric_time', 'day') }}}} = '2026-01-02'"
    assert ask("filled", by=groups, where=(time_too,)) == [(2, None, 0), (3, "s1", 10)]
    unknown = "{{ Dimension('buy__session') }} IS NULL"
    assert ask("filled", by=groups, where=(unknown,)) == [(day, None, 0) for day in range(1, 7)]
    assert ask("filled_above", by=groups) == [(3, "s1", 10)]


def test_a_filter_of_rows_alone_leaves_the_moments(ask: Any) -> None:
    assert ask("filled", where=(S1,)) == [(1, 0), (2, 0), (3, 10), (4, 0), (5, 0), (6, 0)]
    own = ask("filled_s1", by=("metric_time__day", "buy__session"))
    assert own == [(day, "s1" if day == 3 else None, 10 if day == 3 else None) for day in range(1, 7)]


def test_the_same_filter_in_a_metric_and_above_it_means_two_things(ask: Any) -> None:
    both = ask("filled_s1", "filled_above", by=("metric_time__day", "buy__session"))
    days = [(day, None, None, None) for day in range(1, 7) if day != 3]
    assert both == sorted([*days, (3, "s1", 10, 10)], key=str)


def test_offsets_move_rows_and_filters_see_the_time_they_moved_to(ask: Any) -> None:
    assert ask("day_before") == [(4, 10), (5, 7)]
    where = ("{{ TimeDimension('metric_time', 'day') }} = '2026-01-04'",)
    assert ask("day_before", where=where) == [(4, 10)]
    assert ask("at_start") == [(day, 1) for day in range(1, 7)]


def test_a_conversion_counts_for_the_last_visit_before_it(ask: Any) -> None:
    by = ("visit__source",)
    assert ask("rate", by=by) == [("ad", 1 / 3), ("mail", 1.0)]
    assert ask("within_two_days", by=by) == [("ad", None), ("mail", 1)]
    assert ask("same_session", by=by) == [("ad", 1), ("mail", None)]


def test_conversions_fill_what_is_missing_beside_other_metrics_too(ask: Any) -> None:
    assert ask("every_day", "buy_count") == [
        (1, 0, None), (2, 2, None), (3, 0, 1), (4, 0, 1), (5, 0, None), (6, 0, 1),
    ]  # fmt: skip
    groups = ("metric_time__day", "visit__source")
    alone, beside = ask("every_moment", by=groups), ask("every_moment", "visit_count", by=groups)
    assert alone == [row[:3] for row in beside]
    assert beside == [
        (1, "ad", 0, 1), (1, None, 0, None), (2, "ad", 1, 1), (2, "mail", 1, 1), (3, None, 0, None), (4, None, 0, None),
        (5, "ad", 0, 1), (5, None, 0, None), (6, None, 0, None),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["amount", "third_before", "filled", "all_time", "rate"])
def test_a_custom_period_is_compared_with_values_of_its_own_type(
    manifest: SemanticManifest, name: str
) -> None:
    where = ("{{ TimeDimension('metric_time', 'third') }} = 'W1'",)
    compiled = compile_query(manifest, MetricQuery((name,), ("metric_time__third",), where), bind=True)
    compiled.refuse_misfits({"days": {"third": "VARCHAR"}})
    for named in ("DATE", "INTEGER"):
        with pytest.raises(QueryRefused) as refused:
            compiled.refuse_misfits({"days": {"third": named}})
        assert {one.code for one in refused.value.findings} == {"FILTER_TYPE_MISMATCH"}


def test_a_row_meets_what_was_valid_at_its_time(ask: Any) -> None:
    assert ask("visit_count", by=("visitor__tier",)) == [("gold", 1), ("silver", 1), (None, 2)]


def test_a_metric_filters_by_its_value_for_each_entity(ask: Any) -> None:
    where = ("{{ Metric('amount', group_by=['visitor']) }} > 6",)
    assert ask("visit_count", by=("visit__source",), where=where) == [("ad", 1), ("mail", 1)]


def test_custom_periods_come_from_the_spine(ask: Any) -> None:
    assert ask("amount", by=("metric_time__third",)) == [("W1", 17), ("W2", 5)]


def test_an_offset_by_a_custom_period_keeps_the_position_or_takes_whole_periods(ask: Any) -> None:
    # W0 is the 1st and 2nd, W1 the 3rd to 5th, W2 the 6th: the 3rd stands first in W1 as the 6th does in W2.
    assert ask("third_before") == [(6, 10)]
    assert ask("third_before", by=("metric_time__third",)) == [("W2", 17)]


def test_values_are_asked_for_without_metrics(ask: Any) -> None:
    assert ask(by=("visit__source",)) == [("ad",), ("mail",)]
    assert ask(by=("metric_time__day",)) == [(day,) for day in range(1, 7)]
    assert ask(by=("visit__source",), min_max_only=True) == [("ad", "mail")]


@pytest.mark.parametrize("metric", [one["name"] for one in CONTENT["metrics"]])
def test_every_plan_explains_itself_and_is_written_for_postgresql(
    metric: str, manifest: SemanticManifest
) -> None:
    compiled = compile_query(manifest, MetricQuery((metric,), ("metric_time__day",)), dialect="postgres")
    assert compiled.sql.startswith("SELECT")
    assert len(compiled.plan.explain().splitlines()) >= 3


def test_a_metric_may_be_asked_for_beside_one_whose_filter_looks_at_it() -> None:
    looks = {
        **metric("of_regulars", "simple", measure="amount"),
        "filter": "{{ Metric('visit_count', ['visitor']) }} > 1",
    }
    manifest = read_semantic_manifest({**CONTENT, "metrics": [*CONTENT["metrics"], looks]})
    compiled = compile_query(manifest, MetricQuery(("visit_count", "of_regulars")))
    assert compiled.columns == ("visit_count", "of_regulars")
