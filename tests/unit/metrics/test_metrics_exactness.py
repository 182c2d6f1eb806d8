"""Far joins and odd values: the answer is exact, or there is none."""

from typing import Any

import duckdb
import pytest

from catalog.metrics import MetricQuery, QueryRefused, compile_query, read_semantic_manifest

CHAIN = ("shop", "town", "county", "country", "planet")


def link(name: str, onward: str) -> dict[str, Any]:
    """One model of a chain: its key, and the key of the next."""
    entities = [{"name": name, "type": "primary"}]
    entities += [{"name": onward, "type": "foreign"}] if onward else []
    called = {"name": f"{name}_name", "type": "categorical", "expr": f"'{name} ' || {name}"}
    return {"name": name, "model": f"{name}s", "entities": entities, "dimensions": [called]}


SALES = {
    "name": "sales",
    "model": "sales",
    "defaults": {"agg_time_dimension": "day"},
    "entities": [{"name": "sale", "type": "primary"}, {"name": "shop", "type": "foreign"}],
    "dimensions": [{"name": "day", "type": "time", "type_params": {"time_granularity": "day"}}],
    "measures": [
        {"name": "amount", "agg": "sum", "create_metric": True},
        {"name": "mean", "agg": "average", "expr": "amount", "create_metric": True},
        {"name": "units", "agg": "sum", "create_metric": True},
    ],
}
MANIFEST = read_semantic_manifest(
    {"semantic_models": [SALES, *(link(*pair) for pair in zip(CHAIN, (*CHAIN[1:], ""), strict=True))]}
)
ROWS = """
CREATE TABLE shops AS SELECT 1 AS shop, 10 AS town; CREATE TABLE towns AS SELECT 10 AS town, 100 AS county;
CREATE TABLE countys AS SELECT 100 AS county, 7 AS country;
CREATE TABLE countrys AS SELECT 7 AS country, 3 AS planet; CREATE TABLE planets AS SELECT 3 AS planet;
CREATE TABLE sales AS SELECT * FROM (VALUES
  (1, 1, DATE '2026-01-01', 2.5::DOUBLE, 9223372036854775807), (2, 2, DATE '2026-01-02', 4.0::DOUBLE, 9223372036854775807)
) t(sale, shop, day, amount, units);
"""
FAR = "shop__town__county__country__planet__planet_name"


def ask(*metrics: str, by: Any = (), rows: str = "", **said: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute(ROWS + rows)
        compiled = compile_query(MANIFEST, MetricQuery(metrics, by, **said))
        return sorted(connection.execute(compiled.sql).fetchall(), key=str)


def test_a_written_path_leads_over_any_number_of_joins_and_loses_no_row() -> None:
    assert ask("amount", by=FAR) == [("planet 3", 2.5), (None, 4.0)]


def test_a_path_in_a_filter_is_the_same_path() -> None:
    written = ["shop", "town", "county", "country"]
    where = f"{{{{ Dimension('planet__planet_name', entity_path={written}) }}}} = 'planet 3'"
    assert ask("amount", where=where) == [(2.5,)]
    assert ask("amount", where=f"{{{{ Dimension('{FAR}') }}}} IS NULL") == [(4.0,)]


def test_a_path_that_leaves_out_more_than_two_joins_is_not_guessed() -> None:
    with pytest.raises(QueryRefused) as raised:
        ask("amount", by="planet__planet_name")
    assert [one.code for one in raised.value.findings] == ["DIMENSION_UNREACHABLE"]


def test_a_sum_beyond_the_type_of_its_column_is_exact() -> None:
    assert ask("units") == [(2 * (2**63 - 1),)]


@pytest.mark.parametrize("odd", ["nan", "infinity"])
def test_what_is_no_finite_number_shows_in_the_answer(odd: str) -> None:
    rows = f"INSERT INTO sales VALUES (3, 1, DATE '2026-01-03', '{odd}'::DOUBLE, 0);"
    assert str(ask("amount", rows=rows)) == str([(float(odd),)])
    assert ask("amount", rows=rows, where="{{ TimeDimension('metric_time', 'day') }} < '2026-01-03'") == [
        (6.5,)
    ]


def test_a_value_of_another_type_is_an_error_and_matches_nothing() -> None:
    with pytest.raises(duckdb.ConversionException):
        ask("amount", where="{{ Entity('shop') }} = 'one'")


def test_a_move_over_a_spine_that_does_not_reach_there_gives_no_row_instead_of_zero() -> None:
    spine = {
        "name": "days",
        "time_spine": {"standard_granularity_column": "day"},
        "columns": [{"name": "day", "granularity": "day"}],
    }
    before = {"name": "amount", "alias": "b", "offset_window": "1 day"}
    growth = {"name": "growth", "type": "derived", "type_params": {"expr": "b", "metrics": [before]}}
    manifest = read_semantic_manifest({"semantic_models": [SALES], "metrics": [growth], "models": [spine]})
    sql = compile_query(manifest, MetricQuery("growth", "metric_time")).sql
    with duckdb.connect() as connection:
        connection.execute(ROWS + "CREATE TABLE days AS SELECT DATE '2026-01-02' AS day")
        assert [row[1] for row in connection.execute(sql).fetchall()] == [2.5]
