"""Queries without metrics: all combinations that exist, where two models and time meet."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest

ROWS = """
CREATE TABLE days AS SELECT CAST(d AS DATE) AS day FROM range(DATE '2026-01-01', DATE '2026-01-03', INTERVAL 1 DAY) s(d);
CREATE TABLE sales AS SELECT * FROM (VALUES (1, 7, 'web'), (2, 9, 'till')) t(sale_id, shop_id, channel);
CREATE TABLE shops AS SELECT * FROM (VALUES (7, 'north'), (8, 'south')) t(shop_id, region);
"""
MANIFEST = read_semantic_manifest(
    {
        "semantic_models": [
            {
                "name": "sales",
                "model": "sales",
                "entities": [
                    {"name": "sale", "type": "primary", "expr": "sale_id"},
                    {"name": "shop", "type": "foreign", "expr": "shop_id"},
                ],
                "dimensions": [{"name": "channel", "type": "categorical"}],
            },
            {
                "name": "shops",
                "model": "shops",
                "entities": [{"name": "shop", "type": "primary", "expr": "shop_id"}],
                "dimensions": [{"name": "region", "type": "categorical"}],
            },
        ],
        "models": [
            {
                "name": "days",
                "time_spine": {"standard_granularity_column": "day"},
                "columns": [{"name": "day", "granularity": "day"}],
            }
        ],
    }
)


@pytest.fixture
def ask() -> Iterator[Any]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(ROWS)
        yield lambda *by: sorted(
            connection.execute(compile_query(MANIFEST, MetricQuery(group_by=by)).sql).fetchall(), key=str
        )


def test_rows_without_a_match_on_either_side_are_combinations_too(ask: Any) -> None:
    assert ask("sale__channel", "shop__region") == [("till", None), ("web", "north"), (None, "south")]


def test_what_answers_fewer_items_than_time_is_met_after_it_and_brings_rows_without_a_moment(
    ask: Any,
) -> None:
    one_of_time = ask("sale__channel", "shop__region", "metric_time__day")
    assert len(one_of_time) == 6
    two_of_time = ask("sale__channel", "shop__region", "metric_time__day", "metric_time__month")
    assert len(two_of_time) == 5
    assert (None, "south", None, None) in two_of_time


def test_a_name_is_that_of_the_nearest_model(ask: Any) -> None:
    assert compile_query(MANIFEST, MetricQuery(group_by=("shop", "shop__region"))).models == ("shops",)
