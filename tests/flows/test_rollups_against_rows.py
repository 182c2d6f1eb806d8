"""A query over pre-aggregations gives what the same query gives over the rows, or is not answered by them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics_star import CONDITIONS, MANIFEST, SCHEMA, Asked, Tables, queries, stars
from star_engines import DuckDb, PostgreSql
from test_metrics_against_naive import EXAMPLES, FEWER, HEALTH

from catalog.domain.rollup import BuiltRollup, PreAggregation
from catalog.domain.semantic_model import SemanticModel
from catalog.metrics.compile import CompiledQuery, compile_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.rollup.building import INEXACT, rollup_query
from catalog.metrics.rollup.choice import Candidate, Chosen, choose, relation_of
from catalog.metrics.rollup.declaration import declared

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DECLARED: dict[str, list[dict[str, Any]]] = {
    "orders": [
        {
            "name": f"by_{grain}",
            "measures": ["amount", "smallest", "largest", "mean", "priced", "gifts", "buyers", "about"],
            "dimensions": ["status", "gift", "customer"],
            "granularity": grain,
        }
        for grain in ("day", "month")
    ],
    "visits": [
        {
            "name": "by_month",
            "measures": ["pages", "visitors"],
            "dimensions": ["customer"],
            "granularity": "month",
        }
    ],
    "customers": [
        {"name": "by_day", "measures": ["customers"], "dimensions": ["country"], "granularity": "day"}
    ],
}


def with_rollups(model: SemanticModel) -> SemanticModel:
    custom = {"pre_aggregations": DECLARED.get(model.name, [])}
    return replace(model, governance=replace(model.governance, custom=custom))


# What PostgreSQL gives sums and counts of these tables, in DuckDB's words.
POSTGRESQL_TYPES = {20: "BIGINT", 23: "INTEGER", 1700: "DECIMAL(38,0)"}
ROLLED = replace(MANIFEST, semantic_models=tuple(map(with_rollups, MANIFEST.semantic_models)))
NAMES = tuple(f"{model}__{one['name']}" for model, each in DECLARED.items() for one in each)
RELATIONS = {model.name: model.name for model in ROLLED.semantic_models}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDb]:
    one = DuckDb(SCHEMA)
    yield one
    one.close()


@pytest.fixture(scope="module")
def server(postgresql_url: str) -> Iterator[PostgreSql]:
    one = PostgreSql(SCHEMA, postgresql_url)
    yield one
    one.close()


def built(engine: DuckDb | PostgreSql, model: SemanticModel, one: PreAggregation) -> Candidate:
    """The pre-aggregation as a table beside the rows."""
    query = rollup_query(model, one, engine.dialect)
    kept = ", ".join(f'"{old}" AS "{new}"' for old, new in query.columns.items())
    table = f'"{one.model}__{one.name}"'
    told = f'SELECT coalesce(sum("{INEXACT}"), 0), count(*) FROM ({query.sql}) AS built'
    create = f"SELECT {kept} FROM ({query.sql}) AS built"
    if isinstance(engine, PostgreSql):
        engine.connection.run(f"DROP TABLE IF EXISTS {table}")
        engine.connection.run(f"CREATE TEMPORARY TABLE {table} AS {create}")
        ((inexact, rows),) = engine.connection.run(told)
        columns = engine.connection.execute_unnamed(f"SELECT * FROM {table}").columns or ()
        types = {each["name"]: POSTGRESQL_TYPES.get(each["type_oid"], "") for each in columns}
    else:
        engine.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {create}")
        ((inexact, rows),) = engine.connection.execute(told).fetchall()
        relation = engine.connection.sql(f"SELECT * FROM {table}")
        types = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    rollup = BuiltRollup("", "", one.name, "", "", tuple(types.items()), inexact == 0, rows, NOW)
    return Candidate(one, rollup)


def chosen_for(
    engine: DuckDb | PostgreSql, query: MetricQuery, offered: frozenset[str]
) -> tuple[CompiledQuery, Chosen]:
    compiled = compile_query(ROLLED, query, dialect=engine.dialect, relations=RELATIONS, bind=True)
    candidates = [
        built(engine, model, one)
        for model in ROLLED.semantic_models
        for one in declared(model)
        if f"{one.model}__{one.name}" in offered
    ]
    return compiled, choose(ROLLED, query, compiled, RELATIONS, candidates, dialect=engine.dialect)


def test_an_answer_from_rollups_is_the_answer_from_the_rows(engine: DuckDb) -> None:
    compared(engine, EXAMPLES)


@pytest.mark.postgresql
def test_rollups_that_postgresql_keeps_give_its_answer_from_the_rows(server: PostgreSql) -> None:
    compared(server, FEWER)


def compared(engine: DuckDb | PostgreSql, examples: int) -> None:
    """Random queries over random rows, from rollups and without them."""
    met: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None, suppress_health_check=HEALTH)
    @given(tables=stars(), asked=queries(), offered=st.frozensets(st.sampled_from(NAMES), min_size=1))
    def compare(tables: Tables, asked: Asked, offered: frozenset[str]) -> None:
        engine.load(tables)
        texts = tuple(CONDITIONS[number].text for number in asked.conditions)
        query = MetricQuery(asked.metrics, asked.keys, texts, time_constraint=asked.between)
        compiled, chosen = chosen_for(engine, query, offered)
        met.update(map(relation_of, chosen.rollups.values()))
        assert exactly(engine.run(chosen.compiled)) == exactly(engine.run(compiled)), chosen.compiled.sql

    compare()
    assert met.keys() >= {"orders__by_day", "orders__by_month"}


def exactly(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The very values, types included; the order of rows alone does not count."""
    return sorted(((*row, *(type(value).__name__ for value in row)) for row in rows), key=repr)


def test_an_estimate_of_many_values_is_the_same_from_parts(engine: DuckDb) -> None:
    engine.load({name: [] for name in SCHEMA})
    engine.connection.execute(
        "INSERT INTO orders SELECT i, (i * 7919) % 20000, CASE WHEN i % 3 = 0 THEN 'paid' ELSE 'new' END, 1, i % 2 = 0,"
        " TIMESTAMP '2026-01-01' + INTERVAL (i % 60) DAY, NULL FROM range(60000) s(i)"
    )
    for keys in ((), ("metric_time__month",), ("order__status", "order__gift")):
        query = MetricQuery(("about_metric", "about_0", "buyers_metric", "amount_metric"), keys)
        compiled, chosen = chosen_for(engine, query, frozenset({"orders__by_day"}))
        assert list(chosen.rollups) == ["orders"]
        rows = engine.run(compiled)
        assert exactly(engine.run(chosen.compiled)) == exactly(rows)
        estimates, exact = ([row[number] for row in rows] for number in (len(keys), len(keys) + 2))
        assert all(abs(one / other - 1) < 0.06 for one, other in zip(estimates, exact, strict=True))
        assert estimates != exact
