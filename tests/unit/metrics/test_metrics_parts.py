"""Values over time are put together from groups of rows: the same values, types and lineage as from the rows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from postgresql_tables import connected, copy_tables

from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest
from catalog.metrics.dialect import NAMES, dialect_named
from catalog.metrics.lookup import lookup_of
from catalog.metrics.parts import with_parts
from catalog.metrics.plan.node import Node
from catalog.metrics.plan.pre_aggregate import PreAggregate
from catalog.metrics.planner import plan_query
from catalog.metrics.query_lineage import outputs_of
from catalog.metrics.render import render, tree_of

ROWS = """
CREATE TABLE days AS SELECT CAST(d AS DATE) AS day
FROM generate_series(DATE '2026-01-01', DATE '2026-03-01', INTERVAL 1 DAY) s(d);
CREATE TABLE sales AS SELECT * FROM (VALUES
  (1, 'a', TIMESTAMP '2026-01-02 09:00', 2000000000, 1.10, 'nan'::DOUBLE), (2, 'a', TIMESTAMP '2026-01-02 11:00', 2000000000, NULL, 1.5),
  (3, 'b', TIMESTAMP '2026-01-02 11:00', NULL, NULL, NULL), (4, 'b', TIMESTAMP '2026-02-03 00:00', NULL, NULL, 2.5),
  (5, NULL, TIMESTAMP '2026-02-03 01:00', 7, 2.25, 0.5), (6, 'a', NULL, 7, 2.25, 0.5)
) t(sale_id, kind, sold, whole, price, weight);
"""
SPANS: dict[str, dict[str, str]] = {
    "all": {},
    "week": {"window": "7 days"},
    "month": {"grain_to_date": "month"},
}
MEASURES = {
    "wholes": ("sum", "whole"), "prices": ("sum", "price"), "weights": ("sum", "weight"), "known": ("count", "whole"),
    "cheap": ("sum_boolean", "price < 2"), "lightest": ("min", "weight"), "heaviest": ("max", "weight"),
    "mean": ("average", "whole"), "kinds": ("count_distinct", "kind"), "middle": ("median", "whole"), "about": ("count_distinct", "kind"),
}  # fmt: skip
BIGINT, NUMERIC = 20, 1700
WHOLE_ONLY = ("mean", "kinds", "middle")


def metric(measure: str, span: str, *, only_a: bool = False) -> dict[str, Any]:
    params = {"measure": measure, "cumulative_type_params": SPANS[span]}
    said = {"filter": "{{ Dimension('sale__kind') }} = 'a'"} if only_a else {}
    name = f"{measure}_{span}{'_a' if only_a else ''}"
    return {"name": name, "type": "cumulative", "type_params": params, **said}


MANIFEST = read_semantic_manifest(
    {
        "semantic_models": [
            {
                "name": "sales",
                "model": "sales",
                "defaults": {"agg_time_dimension": "sold"},
                "entities": [{"name": "sale", "type": "primary", "expr": "sale_id"}],
                "dimensions": [
                    {"name": "sold", "type": "time", "type_params": {"time_granularity": "day"}},
                    {"name": "kind", "type": "categorical"},
                ],
                "measures": [
                    {
                        "name": name,
                        "agg": agg,
                        "expr": expr,
                        "config": {"meta": {"approximate": name == "about"}},
                    }
                    for name, (agg, expr) in MEASURES.items()
                ],
            }
        ],
        "metrics": [
            metric(one, span, only_a=only_a) for one in MEASURES for span in SPANS for only_a in (False, True)
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
GROUPS = (
    ("metric_time__day",),
    ("metric_time__day", "sale__kind"),
    ("sale__kind", "metric_time__month"),
)
TOGETHER = tuple(f"{one}_all{end}" for one in MEASURES if one not in WHOLE_ONLY for end in ("", "_a"))
QUERIES = [MetricQuery((name,), by) for name in (each.name for each in MANIFEST.metrics) for by in GROUPS] + [
    MetricQuery(TOGETHER, by) for by in GROUPS
]


@pytest.fixture(scope="module")
def sales() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection


def answer(sales: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[str]]:
    """The types of the columns and the rows, which hold NaN, as texts."""
    result = sales.sql(sql)
    return [str(one) for one in result.types], sorted(map(repr, result.fetchall()))


def has_parts(query: MetricQuery, dialect: str = "duckdb") -> bool:
    plan = compile_query(MANIFEST, query, dialect=dialect).plan
    return any(isinstance(one, PreAggregate) for one in plan.walk())


def test_parts_give_the_values_and_types_and_lineage_of_rows(sales: duckdb.DuckDBPyConnection) -> None:
    for query in QUERIES:
        rows = plan_query(lookup_of(MANIFEST), query, {}).plan
        parts = with_parts(rows, dialect_named("duckdb"))
        assert answer(sales, render(parts, "duckdb", ())) == answer(sales, render(rows, "duckdb", ())), query
        assert outputs_of(tree_of(parts, "duckdb")) == outputs_of(tree_of(rows, "duckdb"))


def test_sums_counts_and_extremes_have_parts_and_others_do_not() -> None:
    by = ("metric_time__day",)
    having = {name for name in MEASURES for span in SPANS if has_parts(MetricQuery((f"{name}_{span}",), by))}
    assert having == {*MEASURES} - {*WHOLE_ONLY}
    assert has_parts(MetricQuery(TOGETHER, by))
    assert not has_parts(MetricQuery(("wholes_all", "kinds_all"), by))
    assert not has_parts(MetricQuery(("wholes_all",)))


@pytest.mark.parametrize("name", NAMES)
def test_every_dialect_has_the_same_parts(name: str) -> None:
    for one in {*MEASURES} - {"middle"}:  # which some refuse
        assert has_parts(MetricQuery((f"{one}_all",), ("metric_time__day",)), name) is (one not in WHOLE_ONLY)


@pytest.mark.postgresql
def test_parts_give_the_values_of_rows_on_postgresql(
    postgresql_url: str, sales: duckdb.DuckDBPyConnection
) -> None:
    spoken = dialect_named("postgres")
    with connected(postgresql_url) as server:
        copy_tables(sales, server)

        def found(plan: Node) -> tuple[list[int], list[str]]:
            result = server.execute_unnamed(render(plan, "postgres", ()))
            return [one["type_oid"] for one in result.columns or ()], sorted(
                repr(row) for row in plain(result)
            )

        for query in QUERIES:
            rows = plan_query(lookup_of(MANIFEST), query, {}).plan
            (types, values), (wide, others) = found(rows), found(with_parts(rows, spoken))
            assert others == values, query
            pairs = {pair for pair in zip(types, wide, strict=True) if pair[0] != pair[1]}
            assert pairs <= {(BIGINT, NUMERIC)}
            assert not pairs or any("wholes" in name for name in query.metrics), query


def plain(result: Any) -> Iterator[list[Any]]:
    """A whole number is the same as an exact decimal without fraction."""
    for row in result.rows or ():
        yield [
            int(one) if isinstance(one, Decimal) and one == one.to_integral_value() else one for one in row
        ]


def test_conditions_on_rows_choose_parts_and_those_on_moments_choose_moments() -> None:
    where = (
        "{{ Dimension('sale__kind') }} = 'b'",
        "{{ TimeDimension('metric_time', 'day') }} > '2026-01-03'",
    )
    compiled = compile_query(MANIFEST, MetricQuery(("wholes_all",), ("metric_time__day",), where=where))
    told = [line.strip() for line in compiled.plan.explain().splitlines()]
    parts = next(
        number for number, line in enumerate(told) if line.startswith("Take the groups of sales as parts")
    )
    assert "metric_time" in next(line for line in told[:parts] if line.startswith("Keep rows"))
    assert "kind" in next(line for line in told[parts:] if line.startswith("Keep rows"))
