"""Different values by an estimate: as near as it says, the same from parts as from rows, and never unsaid."""

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from typing import Any

import duckdb
import pytest
from metrics_shop import ORDERS, SHOP, simple
from postgresql_tables import connected
from unit.manifests.semantic_examples import bare

from catalog.domain.metric import Metric, SemanticManifest
from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest, validate
from catalog.metrics.definition import definition_of
from catalog.metrics.difference import differences
from catalog.metrics.estimate import STANDARD_ERROR
from catalog.metrics.ossie_export import ossie_document
from catalog.metrics.reconcile import duplicates, state
from catalog.metrics.validation import validate_to_serve

EVENTS: dict[str, Any] = {
    "semantic_models": [
        {
            "name": "events",
            "model": "events",
            "defaults": {"agg_time_dimension": "day"},
            "entities": [{"name": "event", "type": "primary", "expr": "id"}],
            "dimensions": [
                {"name": "day", "type": "time", "type_params": {"time_granularity": "day"}},
                {"name": "kind", "type": "categorical"},
            ],
            "measures": [
                {
                    "name": "people",
                    "agg": "count_distinct",
                    "expr": "person",
                    "config": {"meta": {"approximate": True}},
                },
                {"name": "hits", "agg": "count", "expr": "id"},
            ],
        }
    ],
    "metrics": [
        {"name": "people", "type": "simple", "type_params": {"measure": "people"}},
        {"name": "so_far", "type": "cumulative", "type_params": {"measure": "people"}},
        {"name": "hits", "type": "simple", "type_params": {"measure": "hits"}},
        {
            "name": "first_kind",
            "type": "simple",
            "type_params": {"measure": "people"},
            "filter": "{{ Dimension('event__kind') }} = 'a'",
        },
        {
            "name": "many",
            "type": "simple",
            "type_params": {"measure": "hits"},
            "filter": "{{ Metric('people', group_by=['event']) }} > 0",
        },
        {"name": "hits_each", "type": "ratio", "type_params": {"numerator": "hits", "denominator": "people"}},
    ],
    "models": [
        {
            "name": "days",
            "time_spine": {"standard_granularity_column": "day"},
            "columns": [{"name": "day", "granularity": "day"}],
        }
    ],
}
MANIFEST = read_semantic_manifest(EVENTS)
SIZES = (1, 2, 50, 700, 5_000, 8_000, 9_000, 40_000)


@pytest.fixture
def events() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("CREATE TABLE events (id BIGINT, person VARCHAR, kind VARCHAR, day DATE)")
        connection.execute(
            "CREATE TABLE days AS SELECT CAST(d AS DATE) AS day"
            " FROM generate_series(DATE '2026-01-01', DATE '2026-01-10', INTERVAL 1 DAY) s(d)"
        )
        yield connection


def fill(connection: Any, people: int, seed: int = 0) -> None:
    """So many people, each twice, over ten days and two kinds."""
    connection.execute("DELETE FROM events")
    connection.execute(
        "INSERT INTO events SELECT i, concat('person ', (i % $1) * 31 + $2 * 1000003), CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END,"
        " DATE '2026-01-01' + CAST(i % 10 AS INTEGER) FROM range(2 * $1) s(i)",
        [people, seed],
    )


def asked(connection: duckdb.DuckDBPyConnection, *metrics: str, **query: Any) -> list[tuple[Any, ...]]:
    return connection.execute(compile_query(MANIFEST, MetricQuery(metrics, **query)).sql).fetchall()


def test_the_estimate_is_as_near_as_it_says(events: duckdb.DuckDBPyConnection) -> None:
    for people in SIZES:
        errors = []
        for seed in range(12):
            fill(events, people, seed)
            ((found,),) = asked(events, "people")
            errors.append(found / people - 1)
        assert sqrt(sum(one * one for one in errors) / len(errors)) <= 1.5 * STANDARD_ERROR, people
        assert max(map(abs, errors)) <= 4 * STANDARD_ERROR, people


def test_a_million_values_are_estimated_as_near(events: duckdb.DuckDBPyConnection) -> None:
    fill(events, 1_000_000)
    ((found,),) = asked(events, "people")
    assert abs(found / 1_000_000 - 1) <= 3 * STANDARD_ERROR


@pytest.mark.postgresql
def test_postgresql_estimates_as_near(postgresql_url: str) -> None:
    query = compile_query(MANIFEST, MetricQuery(("people",)), dialect="postgres")
    with connected(postgresql_url) as server:
        server.run("CREATE TEMPORARY TABLE events (id BIGINT, person VARCHAR, kind VARCHAR, day DATE)")
        assert server.run(query.sql) == [[0]]
        for people in (1, 50, 5_000, 9_000, 200_000):
            server.run("TRUNCATE events")
            server.run(f"INSERT INTO events (id, person) SELECT i, concat('p', i % {people}) FROM generate_series(1, 2 * {people}) s(i)")  # fmt: skip
            ((found,),) = server.run(query.sql)
            assert abs(found / people - 1) <= 3 * STANDARD_ERROR, people


def test_nothing_is_counted_as_an_exact_count_counts_it(events: duckdb.DuckDBPyConnection) -> None:
    assert asked(events, "people") == [(0,)]
    assert asked(events, "people", group_by=("event__kind",)) == []
    events.execute("INSERT INTO events VALUES (1, NULL, 'a', '2026-01-01'), (2, 'x', 'b', '2026-01-01')")
    found = asked(events, "people", "first_kind", group_by=("event__kind",), order_by=("event__kind",))
    assert found == [("a", 0, 0), ("b", 1, None)]


def test_parts_by_day_give_what_the_rows_give(events: duckdb.DuckDBPyConnection) -> None:
    fill(events, 20_000)
    day = ("metric_time__day",)
    for moment, found in asked(events, "so_far", group_by=day, order_by=day):
        ((counted,),) = asked(events, "people", time_constraint=("2026-01-01", moment.isoformat()[:10]))
        assert found == counted
    plan = compile_query(MANIFEST, MetricQuery(("so_far",), day)).plan.explain()
    assert "as parts" in plan


def test_the_compiled_query_says_which_metrics_are_estimates() -> None:
    def estimates(*names: str) -> dict[str, float | None]:
        return dict(compile_query(MANIFEST, MetricQuery(names, ("metric_time__day",))).estimates)

    assert estimates("hits") == {}
    assert estimates("hits", "people") == {"people": STANDARD_ERROR}
    assert estimates("hits_each", "so_far") == {"hits_each": STANDARD_ERROR, "so_far": STANDARD_ERROR}
    assert estimates("many") == {"many": STANDARD_ERROR}
    percentiles = compile_query(SHOP, MetricQuery(("a90_order", "p90_order", "d90_order")))
    assert percentiles.estimates == {"a90_order": None}


def test_an_estimate_depends_on_what_its_exact_count_depends_on() -> None:
    by = ("order__status", "metric_time__month")
    about, exact = (
        compile_query(SHOP, MetricQuery((name,), by)).lineage for name in ("about_buyers", "buyers")
    )
    assert [one.sources for one in about] == [one.sources for one in exact]


def measure(**said: Any) -> SemanticManifest:
    one = Measure("buyers", Aggregation.COUNT_DISTINCT, "customer_id")
    model = replace(ORDERS, measures=(replace(one, **said),))
    return SemanticManifest((model,), (simple("buyers", "buyers"),))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"approximate": "yes"}, "says approximate: 'yes'"),
        ({"approximate": 1}, "says approximate: '1'"),
        ({"approximate": True, "agg": Aggregation.SUM}, "is a sum that says approximate"),
        ({"approximate": True, "agg": Aggregation.MEDIAN}, "is a median that says approximate"),
    ],
)
def test_an_estimate_that_means_nothing_is_found_at_the_measure(said: dict[str, Any], message: str) -> None:
    (found,) = (one for one in validate_to_serve(measure(**said)) if one.code == "AGGREGATION_INVALID")
    assert message in found.message
    assert found.blocks
    assert found.remedy
    lowered = [one for one in validate(measure(**said)) if one.code == "AGGREGATION_INVALID"]
    assert [one.blocks for one in lowered] == [False]


@pytest.mark.parametrize("said", [{}, {"approximate": True}, {"approximate": False}])
def test_true_and_false_are_what_an_exact_count_may_say(said: dict[str, Any]) -> None:
    assert [one for one in validate_to_serve(measure(**said)) if one.code == "AGGREGATION_INVALID"] == []


def test_only_true_means_an_estimate() -> None:
    for value, estimated in ((True, True), (False, False), ("yes", False), (1, False), (None, False)):
        found = compile_query(measure(approximate=value), MetricQuery(("buyers",)))
        assert bool(found.estimates) is estimated


def test_a_metric_or_model_that_counts_nothing_itself_cannot_say_it() -> None:
    meta = {"config": {"meta": {"approximate": True}}}
    (model,) = EVENTS["semantic_models"]
    people, *others = EVENTS["metrics"]
    for content in (
        {**EVENTS, "metrics": [{**people, **meta}, *others]},
        {**EVENTS, "semantic_models": [{**model, **meta}]},
    ):
        found = [
            one for one in validate(read_semantic_manifest(content)) if one.code == "AGGREGATION_INVALID"
        ]
        assert found
        assert all("config.meta of the measure" in one.remedy for one in found)


def test_a_metric_that_says_its_own_aggregation_says_it_too() -> None:
    (model,) = EVENTS["semantic_models"]
    own = {
        "name": "own",
        "type": "simple",
        "config": {"meta": {"approximate": True}},
        "type_params": {
            "metric_aggregation_params": {"semantic_model": "events", "agg": "count_distinct"},
            "expr": "person",
        },
    }
    manifest = read_semantic_manifest({**EVENTS, "semantic_models": [model], "metrics": [own]})
    assert compile_query(manifest, MetricQuery(("own",))).estimates == {"own": STANDARD_ERROR}
    assert [one for one in validate(manifest) if one.code == "AGGREGATION_INVALID"] == []


def buyers(approximate: bool) -> Metric:
    return simple("buyers", "about_buyers" if approximate else "buyers")


def test_the_exact_number_and_its_estimate_are_different_meanings() -> None:
    exact, estimated = (state(name, buyers(name == "b"), SHOP) for name in ("a", "b"))
    told = differences(exact.definition, estimated.definition)
    assert [(one.part, one.sentence) for one in told] == [
        (
            "aggregation",
            "{one} counts the different values of customer_id;"
            " {other} estimates the number of different values of customer_id.",
        )
    ]
    assert list(duplicates([exact, estimated])) == []
    assert definition_of(buyers(approximate=True), SHOP) != definition_of(buyers(approximate=False), SHOP)


def test_other_tools_are_told_the_exact_number_and_the_export_says_so() -> None:
    exported = ossie_document(MANIFEST)
    assert any("that people is estimated" in one.message for one in exported.findings)
    (people,) = (one for one in exported.document["semantic_model"][0]["metrics"] if one["name"] == "people")
    assert people["expression"]["dialects"][0]["expression"] == "COUNT(DISTINCT events.person)"
    assert bare(read_semantic_manifest(exported.document)) == bare(MANIFEST)


def test_conversions_are_always_counted() -> None:
    params = {"base_measure": "hits", "conversion_measure": "people", "entity": "event"}
    bought = {"name": "bought", "type": "conversion", "type_params": {"conversion_type_params": params}}
    manifest = read_semantic_manifest({**EVENTS, "metrics": [bought]})
    found = compile_query(manifest, MetricQuery(("bought",)))
    assert found.estimates == {}
    assert "COUNT(DISTINCT" in found.sql
