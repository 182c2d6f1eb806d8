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
from star_engines import DuckDb
from test_metrics_against_naive import EXAMPLES, HEALTH

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
    custom = {"pre_aggregations": DECLARED[model.name]}
    return replace(model, governance=replace(model.governance, custom=custom))


ROLLED = replace(MANIFEST, semantic_models=tuple(map(with_rollups, MANIFEST.semantic_models)))
NAMES = tuple(f"{model}__{one['name']}" for model, each in DECLARED.items() for one in each)
RELATIONS = {model.name: model.name for model in ROLLED.semantic_models}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDb]:
    one = DuckDb(SCHEMA)
    yield one
    one.close()


def built(engine: DuckDb, model: SemanticModel, one: PreAggregation) -> Candidate:
    """The pre-aggregation as a table beside the rows."""
    query = rollup_query(model, one)
    relation = engine.connection.sql(query.sql)
    types = {
        query.columns.get(name, name): str(kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    }
    inexact = engine.connection.execute(
        f'SELECT coalesce(sum("{INEXACT}"), 0), count(*) FROM ({query.sql})'
    ).fetchone()
    assert inexact
    kept = ", ".join(f'"{old}" AS "{new}"' for old, new in query.columns.items())
    table = f"{one.model}__{one.name}"
    engine.connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS SELECT {kept} FROM ({query.sql})')
    rollup = BuiltRollup("", "", one.name, "", "", tuple(types.items()), inexact[0] == 0, inexact[1], NOW)
    return Candidate(one, rollup)


def chosen_for(engine: DuckDb, query: MetricQuery, offered: frozenset[str]) -> tuple[CompiledQuery, Chosen]:
    compiled = compile_query(ROLLED, query, relations=RELATIONS, bind=True)
    candidates = [
        built(engine, model, one)
        for model in ROLLED.semantic_models
        for one in declared(model)
        if f"{one.model}__{one.name}" in offered
    ]
    return compiled, choose(ROLLED, query, compiled, RELATIONS, candidates)


def test_an_answer_from_rollups_is_the_answer_from_the_rows(engine: DuckDb) -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=HEALTH)
    @given(tables=stars(), asked=queries(), offered=st.frozensets(st.sampled_from(NAMES), min_size=1))
    def compared(tables: Tables, asked: Asked, offered: frozenset[str]) -> None:
        engine.load(tables)
        texts = tuple(CONDITIONS[number].text for number in asked.conditions)
        query = MetricQuery(asked.metrics, asked.keys, texts, time_constraint=asked.between)
        compiled, chosen = chosen_for(engine, query, offered)
        met.update(map(relation_of, chosen.rollups.values()))
        assert exactly(engine.run(chosen.compiled)) == exactly(engine.run(compiled)), chosen.compiled.sql

    compared()
    assert met.keys() >= {"orders__by_day", "orders__by_month"}


def exactly(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The very values, types included; the order of rows alone does not count."""
    return sorted(((*row, *(type(value).__name__ for value in row)) for row in rows), key=repr)
