"""Each rule over a semantic manifest finds what it is there for, at its place, and nothing in a sound one."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from metrics_shop import CUSTOMERS, ORDERS, PAID, SHOP, derived, ratio, simple

from catalog.domain.finding import Place
from catalog.domain.metric import Metric, MetricInput, MetricType, SavedQuery, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    CustomGranularity,
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
from catalog.metrics.validation import ANSWERABLE, RULES, WHOLE, validate, validate_to_serve

HERE = Place("metrics/orders.yaml", 7, 3)
SUM = Aggregation.SUM


def codes(*models: SemanticModel, metrics: tuple[Metric, ...] = ()) -> list[str]:
    return [one.code for one in validate_to_serve(SemanticManifest(models, metrics))]


def orders(**changed: Any) -> SemanticModel:
    return replace(ORDERS, **changed)


def test_a_sound_manifest_has_no_findings() -> None:
    assert validate(SHOP) == ()


def test_every_rule_has_its_own_file() -> None:
    modules = [rule.__module__ for rule in (*RULES, *ANSWERABLE, *WHOLE)]
    assert len(set(modules)) == len(modules)
    assert all(module.startswith("catalog.metrics.validations.") for module in modules)


def test_findings_carry_the_place_of_what_they_judge() -> None:
    bad = replace(simple("Revenue", "amount"), place=HERE)
    found = validate(SemanticManifest((ORDERS, CUSTOMERS), (bad,)))
    assert [(one.code, one.place) for one in found] == [("NAME_INVALID", HERE)]


@pytest.mark.parametrize(
    "name", ["Revenue", "a__b", "_a", "1a", "a-b", "a_", "", "metric_time", "month", "a" * 200]
)
def test_a_name_that_queries_cannot_use_is_found(name: str) -> None:
    assert codes(ORDERS, CUSTOMERS, metrics=(simple(name, "amount"),)) == ["NAME_INVALID"]


def test_names_given_twice_are_found() -> None:
    twice = (simple("revenue", "amount"), simple("revenue", "orders"))
    assert codes(ORDERS, CUSTOMERS, metrics=twice) == ["DUPLICATE_NAME"]
    assert codes(ORDERS, CUSTOMERS, replace(CUSTOMERS, measures=())) == ["DUPLICATE_NAME"]
    again = (*ORDERS.dimensions, Dimension("customer", DimensionType.CATEGORICAL))
    assert set(codes(orders(dimensions=again), CUSTOMERS)) == {"DUPLICATE_NAME"}
    assert codes(orders(measures=(ORDERS.measures[0], ORDERS.measures[0]))) == ["DUPLICATE_NAME"]


def test_a_model_says_in_one_way_what_its_rows_are() -> None:
    two = (*ORDERS.entities, Entity("basket", EntityType.PRIMARY))
    assert codes(orders(entities=two)) == ["ENTITY_AMBIGUOUS"]
    assert codes(orders(primary_entity="basket")) == ["ENTITY_AMBIGUOUS"]
    assert codes(orders(entities=())) == ["ENTITY_AMBIGUOUS"]
    assert codes(orders(entities=(), primary_entity="order")) == []


def test_a_measure_without_a_time_dimension_is_found() -> None:
    alone = orders(default_agg_time_dimension="", measures=(Measure("amount", SUM),))
    assert codes(alone) == ["AGG_TIME_DIMENSION_MISSING"]
    wrong = orders(measures=(Measure("amount", SUM, agg_time_dimension="status"),))
    assert codes(wrong) == ["AGG_TIME_DIMENSION_MISSING"]


@pytest.mark.parametrize("params", [{}, {"percentile": 99}, {"percentile": "0.5"}, {"percentile": True}])
def test_a_percentile_that_says_not_which_is_found(params: dict[str, Any]) -> None:
    measure = Measure("p90", Aggregation.PERCENTILE, "amount", agg_params=params)
    assert codes(orders(measures=(measure,))) == ["AGGREGATION_INVALID"]


def test_a_window_over_what_is_no_time_or_entity_is_found() -> None:
    for over in (
        NonAdditiveDimension("status"),
        NonAdditiveDimension("nothing"),
        NonAdditiveDimension("ordered_at", "last"),
        NonAdditiveDimension("ordered_at", "max", ("status",)),
    ):
        measure = Measure("stock", SUM, "amount", non_additive_dimension=over)
        assert codes(orders(measures=(measure,))) == ["AGGREGATION_INVALID"]


def test_an_expression_that_is_not_allowed_is_found_wherever_it_stands() -> None:
    evil = "random()"
    assert codes(orders(measures=(Measure("amount", SUM, evil),))) == ["EXPRESSION_NOT_ALLOWED"]
    dimensions = (*ORDERS.dimensions, Dimension("evil", DimensionType.CATEGORICAL, evil))
    assert codes(orders(dimensions=dimensions)) == ["EXPRESSION_NOT_ALLOWED"]
    entities = (*ORDERS.entities, Entity("evil", EntityType.FOREIGN, evil))
    assert codes(orders(entities=entities)) == ["EXPRESSION_NOT_ALLOWED"]
    metrics = (simple("revenue", "amount"), derived("evil", evil, MetricInput("revenue")))
    assert codes(ORDERS, metrics=metrics) == ["EXPRESSION_NOT_ALLOWED"]


def test_inputs_that_are_missing_unknown_or_circular_are_found() -> None:
    revenue = simple("revenue", "amount")
    assert codes(ORDERS, metrics=(simple("lost", "nothing"),)) == ["MEASURE_UNKNOWN"]
    assert codes(ORDERS, metrics=(Metric("none", MetricType.SIMPLE),)) == ["METRIC_INPUT_MISSING"]
    half = ratio("half", MetricInput("revenue"), MetricInput("nowhere"))
    assert codes(ORDERS, metrics=(revenue, half)) == ["METRIC_UNKNOWN"]
    odd = derived("odd", "revenue + other", MetricInput("revenue"))
    assert codes(ORDERS, metrics=(revenue, odd)) == ["METRIC_UNKNOWN"]
    circle = (derived("aa", "bb", MetricInput("bb")), derived("bb", "aa", MetricInput("aa")))
    assert codes(ORDERS, metrics=circle) == ["METRIC_CYCLE", "METRIC_CYCLE"]


def test_a_chain_of_thousands_of_metrics_is_judged_in_its_length() -> None:
    def chain(length: int) -> list[Metric]:
        links = [(f"metric_{n}", f"metric_{n - 1}") for n in range(1, length)]
        return [
            simple("metric_0", "amount"),
            *(derived(name, before, MetricInput(before)) for name, before in links),
        ]

    def judged(length: int, losses: int = 0) -> set[str]:
        lost = [derived(f"lost_{n}", f"gone_{n}", MetricInput(f"gone_{n}")) for n in range(losses)]
        return set(codes(ORDERS, metrics=(*chain(length), *lost)))

    assert judged(3000) == set()
    assert judged(3000, 2000) == {"METRIC_UNKNOWN"}
    assert calls(lambda: judged(900)) < 4 * calls(lambda: judged(300)), "thrice as long is thrice the work"
    assert calls(lambda: judged(300, 600)) < 4 * calls(lambda: judged(300, 200))


def calls(act: Callable[[], object]) -> int:
    """How often a function is called meanwhile: work that no machine makes longer."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted


def test_filters_that_cannot_be_read_or_applied_are_found() -> None:
    assert codes(ORDERS, metrics=(simple("bad", "amount", "status = 'x'"),))[0] == "FILTER_INVALID"
    far = simple("far", "amount", "{{ Dimension('region__name') }} = 'x'")
    assert codes(ORDERS, CUSTOMERS, metrics=(far,)) == ["DIMENSION_UNREACHABLE"]
    fine = simple("fine", "amount", "{{ TimeDimension('metric_time', 'hour') }} > '2026-01-01'")
    assert codes(ORDERS, metrics=(fine,)) == ["GRAIN_TOO_FINE"]
    nested = ratio("nested", MetricInput("customer_count", filters=(PAID,)), MetricInput("customer_count"))
    counted = simple("customer_count", "customers")
    assert codes(ORDERS, CUSTOMERS, metrics=(counted, nested)) == ["JOIN_FAN_OUT"]


def test_a_window_goes_by_a_standard_grain() -> None:
    later = Metric(
        "later", MetricType.CUMULATIVE, measure=MetricInput("amount"), params={"window": "2 seasons"}
    )
    assert codes(ORDERS, metrics=(later,)) == ["TIME_WINDOW_INVALID"]
    season = (CustomGranularity("season", "season"),)
    spine = TimeSpine("days", "days", "day", TimeGranularity.DAY, season)
    found = [one for one in validate(SemanticManifest((ORDERS,), (later,), (spine,))) if one.blocks]
    assert [one.code for one in found] == ["TIME_WINDOW_INVALID"]
    assert "standard grain" in found[0].message


def test_a_validity_window_has_both_ends_and_a_natural_entity() -> None:
    start = Dimension("since", DimensionType.TIME, validity_start=True)
    end = Dimension("until", DimensionType.TIME, validity_end=True)
    natural = Entity("shop", EntityType.NATURAL)
    right = SemanticModel(
        "shops", "shops", primary_entity="shop", entities=(natural,), dimensions=(start, end)
    )
    assert codes(right) == []
    for wrong in (
        replace(right, dimensions=(start,)),
        replace(right, entities=(Entity("city", EntityType.FOREIGN),)),
        replace(right, dimensions=()),
    ):
        assert set(codes(wrong)) == {"ENTITY_AMBIGUOUS"}


def test_a_conversion_counts_over_an_entity_of_both_models() -> None:
    def converted(measure: str, entity: str) -> Metric:
        sides = {"base_measure": MetricInput("orders"), "conversion_measure": MetricInput(measure)}
        params = {**sides, "entity": entity}
        return Metric("converted", MetricType.CONVERSION, params={"conversion_type_params": params})

    model = orders(measures=(Measure("amount", SUM), Measure("orders", Aggregation.COUNT, "order_id")))
    assert codes(model, metrics=(converted("orders", "customer"),)) == []
    assert codes(model, metrics=(converted("amount", "customer"),)) == ["METRIC_INPUT_MISSING"]
    assert set(codes(model, metrics=(converted("orders", "planet"),))) == {"METRIC_INPUT_MISSING"}


def test_saved_queries_and_time_spines_are_judged() -> None:
    saved = SavedQuery("saved", metrics=("nothing",), where=("{{ status }} = 'x'",), exports=("e", "e"))
    week = (CustomGranularity("week", "w"),)
    spines = (
        TimeSpine("days", "days", "day", TimeGranularity.DAY, week),
        TimeSpine("more", "more", "day", TimeGranularity.DAY),
    )
    found = validate(SemanticManifest((ORDERS,), (), spines, (saved, saved)))
    assert {(one.code, one.level.value) for one in found} == {
        ("MANIFEST_INCOMPLETE", "error"),
        ("SAVED_QUERY_INVALID", "error"),
        ("DUPLICATE_NAME", "error"),
        ("DUPLICATE_NAME", "warning"),
        ("GRAIN_TOO_FINE", "warning"),
        ("NAME_INVALID", "error"),
    }


def test_inputs_grains_and_shared_dimensions_are_told_apart() -> None:
    revenue = simple("revenue", "amount")
    twice = derived("twice", "revenue + revenue", MetricInput("revenue"), MetricInput("revenue"))
    assert codes(ORDERS, metrics=(revenue, twice)) == ["DUPLICATE_NAME"]
    fine = replace(revenue, name="fine", time_granularity=TimeGranularity.HOUR)
    assert codes(ORDERS, metrics=(fine,)) == ["GRAIN_TOO_FINE"]
    other = replace(ORDERS, name="other", measures=(), dimensions=(Dimension("status", DimensionType.TIME),))
    assert "DUPLICATE_NAME" in codes(ORDERS, other)
