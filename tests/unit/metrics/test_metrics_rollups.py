"""When a pre-aggregation answers a query, and when it must not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlglot

from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.rollup import BuiltRollup
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    NonAdditiveDimension,
    SemanticModel,
    TimeGranularity,
    TimeSpine,
)
from catalog.metrics.compile import compile_query
from catalog.metrics.query import MetricQuery
from catalog.metrics.rollup.building import rollup_query
from catalog.metrics.rollup.choice import Candidate, Chosen, choose
from catalog.metrics.rollup.declaration import declaration_faults, declared
from catalog.metrics.rollup.same_answer import divides

BY_MONTH = {
    "name": "by_month",
    "measures": ["amount", "orders", "mean"],
    "dimensions": ["status", "customer"],
    "granularity": "month",
}


def model(*pre_aggregations: Any, **changes: Any) -> SemanticModel:
    sales = SemanticModel(
        "sales",
        "sales",
        default_agg_time_dimension="sold_at",
        entities=(
            Entity("sale", EntityType.PRIMARY, "id"),
            Entity("customer", EntityType.FOREIGN, "customer_id"),
        ),
        dimensions=(
            Dimension("status", DimensionType.CATEGORICAL),
            Dimension("channel", DimensionType.CATEGORICAL),
            Dimension("sold_at", DimensionType.TIME),
            Dimension("paid_at", DimensionType.TIME),
        ),
        measures=(
            Measure("amount", Aggregation.SUM),
            Measure("orders", Aggregation.COUNT, "1"),
            Measure("mean", Aggregation.AVERAGE, "amount"),
            Measure("buyers", Aggregation.COUNT_DISTINCT, "customer_id"),
            Measure("middle", Aggregation.MEDIAN, "amount"),
            Measure("about", Aggregation.COUNT_DISTINCT, "customer_id", approximate=True),
            Measure("paid", Aggregation.SUM, "amount", agg_time_dimension="paid_at"),
            Measure("weight", Aggregation.SUM, "kilograms"),
            Measure(
                "stock",
                Aggregation.SUM,
                "pieces",
                non_additive_dimension=NonAdditiveDimension("sold_at", "max", ("customer",)),
            ),
        ),
        governance=Governance(custom={"pre_aggregations": [*(pre_aggregations or (BY_MONTH,))]}),
    )
    return replace(sales, **changes)


CUSTOMERS = SemanticModel(
    "customers",
    "customers",
    entities=(Entity("customer", EntityType.PRIMARY, "id"),),
    dimensions=(Dimension("country", DimensionType.CATEGORICAL),),
)


def simple(name: str, *filters: str) -> Metric:
    return Metric(name, MetricType.SIMPLE, measure=MetricInput(name.partition("_of_")[0]), filters=filters)


METRICS = (
    *(
        simple(name)
        for name in ("amount", "orders", "mean", "buyers", "about", "middle", "paid", "weight", "stock")
    ),
    simple("amount_of_paid", "{{ Dimension('sale__status') }} = 'paid'"),
    simple("amount_of_web", "{{ Dimension('sale__channel') }} = 'web'"),
    Metric("so_far", MetricType.CUMULATIVE, measure=MetricInput("amount")),
)
SPINE = TimeSpine("days", "days", "day", TimeGranularity.DAY)
TYPES = {
    "amount": "DECIMAL(38,2)",
    "orders": "BIGINT",
    "mean": "HUGEINT",
    "weight": "DOUBLE",
    "stock": "HUGEINT",
    "buyers": "INTEGER",
    "about": "BIGINT",
}


def asked(query: MetricQuery, one: SemanticModel | None = None, **built: Any) -> Chosen:
    sales = one or model()
    manifest = SemanticManifest((sales, CUSTOMERS), METRICS, (SPINE,))
    relations = {each.name: each.name for each in manifest.relations}
    compiled = compile_query(manifest, query, relations=relations, bind=True)
    rollup = BuiltRollup(
        "", "", "", "", "", tuple(TYPES.items()), exact_time=False, rows=1, built_at=datetime.now(UTC)
    )
    candidates = [Candidate(each, replace(rollup, **built)) for each in declared(sales)]
    return choose(manifest, query, compiled, relations, candidates)


JANUARY = ("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    "query",
    [
        MetricQuery(("amount",)),
        MetricQuery(("amount", "orders", "mean"), ("metric_time__month", "sale__status")),
        MetricQuery(("amount",), ("metric_time__quarter",)),
        MetricQuery(("amount",), ("metric_time__year", "customer")),
        MetricQuery(("amount",), ("customer__country",)),
        MetricQuery(("amount_of_paid",), ("metric_time__month",)),
        MetricQuery(("amount",), (), ("{{ Dimension('sale__status') }} = 'paid'",)),
        MetricQuery(("amount",), (), time_constraint=JANUARY),
        MetricQuery(("amount",), ("metric_time__month",), time_constraint=("2026-01-10", "2026-02-03")),
        MetricQuery(("amount",), (), ("{{ TimeDimension('sale__sold_at', 'month') }} >= '2026-02-01'",)),
    ],
    ids=lambda query: f"{query.metrics}{query.group_by}{query.where}{query.time_constraint}",
)
def test_whole_periods_by_what_it_has_are_answered_by_the_rollup(query: MetricQuery) -> None:
    chosen = asked(query)
    assert list(chosen.rollups) == ["sales"]
    assert '"sales__by_month"' in chosen.compiled.sql
    assert "from sales__by_month" in chosen.compiled.plan.explain()


@pytest.mark.parametrize(
    "query",
    [
        MetricQuery(("amount",), ("metric_time__day",)),
        MetricQuery(("amount",), ("metric_time__week",)),
        MetricQuery(("amount",), ("metric_time",)),
        MetricQuery(("amount",), ("sale__channel",)),
        MetricQuery(("amount",), ("sale__paid_at__month",)),
        MetricQuery(("amount",), ("sale",)),
        MetricQuery(("amount_of_web",)),
        MetricQuery(("buyers",)),
        MetricQuery(("paid",)),
        MetricQuery(("amount", "buyers")),
        MetricQuery(("middle",)),
        MetricQuery(("amount",), (), time_constraint=("2026-01-01", "2026-01-30")),
        MetricQuery(("amount",), (), time_constraint=("2026-01-02", "2026-01-31")),
        MetricQuery(("amount",), (), ("{{ TimeDimension('sale__sold_at', 'day') }} >= '2026-02-02'",)),
        MetricQuery(("amount",), (), ("{{ TimeDimension('sale__sold_at', 'day') }} = '2026-02-01'",)),
        MetricQuery(("so_far",), ("metric_time__month",)),
        MetricQuery((), ("sale__status",)),
    ],
    ids=lambda query: f"{query.metrics}{query.group_by}{query.where}{query.time_constraint}",
)
def test_what_looks_closer_than_the_rollup_is_answered_by_the_rows(query: MetricQuery) -> None:
    chosen = asked(query)
    assert chosen.rollups == {}
    assert "by_month" not in chosen.compiled.sql


def test_a_rollup_by_day_serves_what_accumulates_by_day() -> None:
    by_day = model({**BY_MONTH, "name": "by_day", "granularity": "day"})
    assert list(asked(MetricQuery(("so_far",), ("metric_time__month",)), by_day).rollups) == ["sales"]


def test_what_is_taken_at_the_last_day_needs_a_rollup_by_day_and_its_windows() -> None:
    query = MetricQuery(("stock",), ("metric_time__month",))
    by_day = {**BY_MONTH, "granularity": "day", "measures": ["stock"]}
    assert list(asked(query, model(by_day)).rollups) == ["sales"]
    assert asked(query, model({**by_day, "granularity": "month"})).rollups == {}
    assert asked(query, model({**by_day, "dimensions": ["status"]})).rollups == {}


def test_a_part_of_the_date_needs_a_rollup_that_cut_no_time() -> None:
    by_day = model({**BY_MONTH, "granularity": "day"})
    query = MetricQuery(("amount",), ("TimeDimension('metric_time', date_part_name='dow')",))
    assert asked(query, by_day).rollups == {}
    assert list(asked(query, by_day, exact_time=True).rollups) == ["sales"]


def test_sums_of_floating_point_numbers_are_never_added_again() -> None:
    weighed = model({**BY_MONTH, "measures": ["weight", "amount"]})
    assert asked(MetricQuery(("weight",)), weighed).rollups == {}
    assert list(asked(MetricQuery(("amount",)), weighed).rollups) == ["sales"]


@pytest.mark.parametrize(
    ("name", "said"), [("buyers", 'COUNT(DISTINCT "sales"."buyers")'), ("about", "about__register")]
)
def test_different_values_are_counted_from_a_rollup_that_keeps_them(name: str, said: str) -> None:
    keeping = model({**BY_MONTH, "measures": ["amount", name]})
    found = asked(MetricQuery((name, "amount"), ("metric_time__month", "sale__status")), keeping)
    assert list(found.rollups) == ["sales"]
    assert said in found.compiled.sql
    assert asked(MetricQuery((name,)), model()).rollups == {}


def test_a_rollup_keeps_values_or_registers_beside_its_dimensions() -> None:
    keeping = model({**BY_MONTH, "measures": ["amount", "buyers", "about"]})
    query = rollup_query(keeping, declared(keeping)[0])
    assert {"amount", "buyers", "about", "about__register"} <= set(query.columns.values())
    tree = sqlglot.parse_one(query.sql, dialect="duckdb")
    assert len(tree.args["group"].expressions) == len(query.columns) - len({"amount", "about"})
    assert not tree.find(sqlglot.exp.Distinct)


def test_the_smallest_rollup_that_answers_is_taken() -> None:
    both = model({**BY_MONTH, "name": "by_day", "granularity": "day"}, BY_MONTH)
    for grain, name in (("month", "by_month"), ("day", "by_day")):
        found = asked(MetricQuery(("amount",), (f"metric_time__{grain}",)), both).rollups
        assert [one.declared.name for one in found.values()] == [name]


@pytest.mark.parametrize(
    ("declaration", "said"),
    [
        ({"measures": ["middle"]}, "median that is not made of parts"),
        ({"measures": ["nothing"]}, "'nothing', which is no measure"),
        ({"measures": []}, "has no measures"),
        ({"measures": ["paid"]}, "counts by another time"),
        ({"dimensions": ["sale"]}, "'sale', which is neither"),
        ({"dimensions": ["paid_at"]}, "'paid_at', which is neither"),
        ({"granularity": "fortnight"}, "the granularity 'fortnight'"),
        ({"granularity": "hour"}, "finer than day"),
        ({"time_dimension": "status"}, "'status', which is no time dimension"),
        ({"name": ""}, "has no name"),
        ({"name": "a; DROP"}, "other characters"),
    ],
)
def test_a_declaration_that_cannot_keep_the_answers_is_an_error(
    declaration: dict[str, Any], said: str
) -> None:
    faulty = model({**BY_MONTH, **declaration})
    assert any(said in finding.message for finding in declaration_faults(faulty))
    assert declared(faulty) == ()


def test_rows_that_are_valid_for_a_time_are_not_aggregated_ahead() -> None:
    valid = Dimension("since", DimensionType.TIME, validity_start=True)
    assert declared(model(dimensions=(*model().dimensions, valid))) == ()


def test_weeks_make_no_months_and_days_make_everything_longer() -> None:
    made = {(one, other) for one in TimeGranularity for other in TimeGranularity if divides(one, other)}
    grain = TimeGranularity
    assert {(grain.DAY, grain.WEEK), (grain.DAY, grain.YEAR), (grain.MONTH, grain.QUARTER)} <= made
    assert all((one, one) in made for one in grain)
    assert not {(grain.WEEK, grain.MONTH), (grain.MONTH, grain.WEEK), (grain.YEAR, grain.MONTH)} & made
    assert all(one.rank <= other.rank for one, other in made)
