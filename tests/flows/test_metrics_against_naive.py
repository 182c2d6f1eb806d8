"""Random rows with random queries: the compiled SQL gives what plain Python gives row by row."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import metrics_moments
import metrics_star
import moments_by_hand
import pytest
from hypothesis import HealthCheck, given, settings
from star_engines import DuckDb, PostgreSql, differences

from catalog.domain.metric import SemanticManifest
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery

EXAMPLES = int(os.environ.get("CONCORD_PROPERTY_EXAMPLES", "200"))
FEWER = max(25, EXAMPLES // 4)
HEALTH = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
given_many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=HEALTH)
given_fewer = settings(max_examples=FEWER, deadline=None, suppress_health_check=HEALTH)


@pytest.fixture(scope="module")
def compared(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """How many queries were compared on each engine; told at the end."""
    count: Counter[str] = Counter()
    yield count
    told = ", ".join(f"{number} on {name}" for name, number in count.items())
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\nrandom queries compared with plain Python: {told}")


@pytest.fixture(scope="module")
def shop() -> Iterator[DuckDb]:
    engine = DuckDb(metrics_star.SCHEMA)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def calendar() -> Iterator[DuckDb]:
    engine = DuckDb(metrics_moments.SCHEMA)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def shop_server(postgresql_url: str) -> Iterator[PostgreSql]:
    engine = PostgreSql(metrics_star.SCHEMA, postgresql_url)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def calendar_server(postgresql_url: str) -> Iterator[PostgreSql]:
    engine = PostgreSql(metrics_moments.SCHEMA, postgresql_url)
    yield engine
    engine.close()


@given_many
@given(tables=metrics_star.stars(), asked=metrics_star.queries())
def test_duckdb_gives_what_plain_python_gives_in_a_shop(
    shop: DuckDb, compared: Counter[str], tables: metrics_star.Tables, asked: metrics_star.Asked
) -> None:
    in_shop(shop, compared, tables, asked)


@pytest.mark.postgresql
@given_fewer
@given(tables=metrics_star.stars(), asked=metrics_star.queries())
def test_postgresql_gives_what_plain_python_gives_in_a_shop(
    shop_server: PostgreSql, compared: Counter[str], tables: metrics_star.Tables, asked: metrics_star.Asked
) -> None:
    in_shop(shop_server, compared, tables, asked)


@given_many
@given(world=metrics_moments.worlds())
def test_duckdb_gives_what_plain_python_gives_over_a_calendar(
    calendar: DuckDb, compared: Counter[str], world: tuple[metrics_moments.Tables, metrics_moments.Asked]
) -> None:
    over_calendar(calendar, compared, *world)


@pytest.mark.postgresql
@given_fewer
@given(world=metrics_moments.worlds())
def test_postgresql_gives_what_plain_python_gives_over_a_calendar(
    calendar_server: PostgreSql,
    compared: Counter[str],
    world: tuple[metrics_moments.Tables, metrics_moments.Asked],
) -> None:
    over_calendar(calendar_server, compared, *world)


def in_shop(
    engine: DuckDb | PostgreSql,
    compared: Counter[str],
    tables: metrics_star.Tables,
    asked: metrics_star.Asked,
) -> None:
    where = tuple(metrics_star.CONDITIONS[number].text for number in asked.conditions)
    query = MetricQuery(asked.metrics, asked.keys, where, time_constraint=asked.between)
    expected = metrics_star.answer(tables, asked)
    agree(engine, compared, metrics_star.MANIFEST, query, tables, expected, bind=asked.bind)


def over_calendar(
    engine: DuckDb | PostgreSql,
    compared: Counter[str],
    tables: metrics_moments.Tables,
    asked: metrics_moments.Asked,
) -> None:
    query = MetricQuery(asked.metrics, asked.keys, asked.where, time_constraint=asked.between)
    expected = moments_by_hand.answer(tables, asked)
    agree(engine, compared, metrics_moments.MANIFEST, query, tables, expected)


def agree(
    engine: DuckDb | PostgreSql,
    compared: Counter[str],
    manifest: SemanticManifest,
    query: MetricQuery,
    tables: Any,
    expected: list[tuple[Any, ...]],
    *,
    bind: bool = False,
) -> None:
    compiled = compile_query(manifest, query, dialect=engine.dialect, bind=bind)
    engine.load(tables)
    assert compiled.columns == (*query.group_by, *query.metrics)
    assert differences(len(query.group_by), engine.run(compiled), expected) == [], compiled.sql
    compared[engine.dialect] += 1
