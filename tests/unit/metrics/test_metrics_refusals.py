"""Queries that have no right answer are refused, with every reason and a remedy."""

from dataclasses import replace
from typing import Any

import pytest
from metrics_shop import ORDERS, SHOP, derived, ratio, simple

from catalog.domain.errors import Refused, UsageError
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import Aggregation, Measure
from catalog.metrics.compile import compile_query
from catalog.metrics.errors import QueryRefused
from catalog.metrics.query import MetricQuery


def refused(*metrics: str, manifest: SemanticManifest = SHOP, **query: Any) -> list[tuple[str, str]]:
    with pytest.raises(QueryRefused) as raised:
        compile_query(manifest, MetricQuery(metrics, **query))
    assert isinstance(raised.value, Refused)
    assert all(one.remedy for one in raised.value.findings)
    return [(one.code, f"{one.message} {one.remedy}") for one in raised.value.findings]


def only(found: list[tuple[str, str]], code: str, *words: str) -> None:
    assert [one[0] for one in found] == [code]
    assert all(word in found[0][1] for word in words), found[0][1]


def with_metrics(*metrics: Metric) -> SemanticManifest:
    return SemanticManifest(SHOP.semantic_models, (*SHOP.metrics, *metrics))


def test_an_unknown_metric_comes_with_what_was_probably_meant() -> None:
    only(refused("revenu"), "METRIC_UNKNOWN", "revenue")


def test_all_faults_of_a_query_come_together() -> None:
    found = refused("revenue", group_by=("order__colour", "metric_time__hour"), order_by=("nothing",))
    assert [code for code, _ in found] == ["DIMENSION_UNREACHABLE", "GRAIN_TOO_FINE", "ORDER_BY_UNKNOWN"]


def test_a_dimension_that_no_join_reaches_comes_with_the_nearest_names() -> None:
    only(refused("revenue", group_by=("customer__countri",)), "DIMENSION_UNREACHABLE", "customer__country")


@pytest.mark.parametrize("name", ["label__label_text", "customer__label_text"])
def test_a_join_that_would_repeat_rows_is_refused(name: str) -> None:
    only(refused("customer_count", group_by=(name,)), "JOIN_FAN_OUT", "labels", "repeat rows")
    only(refused("revenue", group_by=(name,)), "JOIN_FAN_OUT", "labels")


def test_a_name_that_two_metrics_reach_over_different_ways_is_not_guessed() -> None:
    short, full = "region__region_name", "customer__region__region_name for revenue"
    for query in ({"group_by": (short,)}, {"where": (f"{{{{ Dimension('{short}') }}}} = 'north'",)}):
        only(
            refused("revenue", "customer_count", **query),
            "JOIN_AMBIGUOUS",
            full,
            f"{short} for customer_count",
        )
        compile_query(SHOP, MetricQuery(("revenue",), **query))


def test_the_filter_of_a_metric_means_the_same_for_all_that_it_is_made_of() -> None:
    north = replace(
        ratio("north", MetricInput("revenue"), MetricInput("customer_count")),
        filters=("{{ Dimension('region__region_name') }} = 'north'",),
    )
    found = refused("north", manifest=with_metrics(north))
    only(found, "JOIN_AMBIGUOUS", "In the filter of north", "different things")


def test_an_entity_of_another_model_is_named_with_its_way() -> None:
    only(refused("revenue", group_by=("region",)), "DIMENSION_UNREACHABLE", "Ask for customer__region.")


def test_two_ways_to_one_name_are_ambiguous() -> None:
    twin = replace(SHOP.semantic_models[1], name="customers_again", measures=())
    both = SemanticManifest((*SHOP.semantic_models, twin), SHOP.metrics)
    only(
        refused("revenue", manifest=both, group_by=("customer__country",)),
        "JOIN_AMBIGUOUS",
        "customers_again",
    )


def test_a_grain_finer_than_the_data_is_refused_for_every_metric_that_lacks_it() -> None:
    only(refused("goal", group_by=("metric_time__day",)), "GRAIN_TOO_FINE", "metric_time__month")
    only(refused("goal", group_by=("metric_time__extract_dow",)), "GRAIN_TOO_FINE")
    found = refused("goal", "revenue", group_by=("metric_time__day",))
    only(found, "GRAIN_TOO_FINE", "goal")


def test_a_grain_of_what_is_no_time_is_refused() -> None:
    only(refused("revenue", group_by=("order__status__month",)), "GRAIN_NOT_APPLICABLE", "order__status")


def test_a_filter_that_one_metric_cannot_apply_is_refused_for_the_whole_query() -> None:
    found = refused("revenue", "customer_count", where=("{{ Dimension('order__status') }} = 'paid'",))
    only(found, "JOIN_FAN_OUT", "customer_count", "does not apply")


def test_a_malformed_filter_is_refused() -> None:
    only(refused("revenue", where=("status = 'paid'",))[:1], "FILTER_INVALID", "Dimension('entity__status')")


def test_a_time_compared_with_what_is_no_time_is_refused() -> None:
    for literal in ("yesterday", "2026-13-01", "2026-01-01T00:00:00+02:00"):
        where = "{{ TimeDimension('metric_time', 'day') }} >= '" + literal + "'"
        only(refused("revenue", where=(where,)), "FILTER_INVALID", "no date or time")


def test_a_number_that_cannot_be_bound_exactly_is_refused() -> None:
    where = "{{ Dimension('order__is_large') }} = 0.1234567890123456789012345678901234567890"
    only(refused("revenue", where=(where,)), "FILTER_INVALID", "digits")


def test_a_metric_whose_filter_leads_back_to_it_is_refused() -> None:
    looped = simple("looped", "orders", "{{ Metric('looped', group_by=['customer']) }} > 2")
    only(refused("looped", manifest=with_metrics(looped)), "METRIC_CYCLE", "looped")
    lost = "{{ Metric('nothing', group_by=['customer']) }} > 2"
    only(refused("revenue", where=(lost,)), "METRIC_UNKNOWN", "does not apply")


def test_what_is_moved_in_time_needs_a_time_and_a_time_spine() -> None:
    manifest = with_metrics(
        simple("spined", "amount", join_to_timespine=True),
        derived("shifted", "a", MetricInput("revenue", alias="a", offset_window="1 month")),
        Metric("trailing", MetricType.CUMULATIVE, measure=MetricInput("amount"), params={"window": "7 days"}),
        derived("odd", "a", MetricInput("revenue", alias="a", offset_window="2 fortnights")),
    )
    for name in ("spined", "shifted", "trailing"):
        found = refused(name, group_by=("metric_time__day",), manifest=manifest)
        only(found, "METRIC_TIME_SPINE_MISSING", "day")
    for name in ("shifted", "trailing"):
        only(refused(name, manifest=manifest), "METRIC_TIME_REQUIRED")
    only(refused("odd", manifest=manifest), "METRIC_FEATURE_UNSUPPORTED", "2 fortnights")


def test_a_grain_that_no_time_spine_declares_is_refused() -> None:
    where = "{{ TimeDimension('metric_time', 'fortnight') }} > '2026-01-01'"
    only(refused("revenue", where=(where,)), "GRAIN_NOT_APPLICABLE", "fortnight")


def test_a_metric_without_its_parts_is_refused() -> None:
    manifest = with_metrics(
        simple("lost", "nothing"),
        ratio("half", MetricInput("revenue"), MetricInput("nowhere")),
        Metric("empty", MetricType.RATIO),
        derived("odd", "revenue + other", MetricInput("revenue")),
        derived("circle", "circle + 1", MetricInput("circle")),
        derived("bad", "random()", MetricInput("revenue")),
    )
    only(refused("lost", manifest=manifest), "MEASURE_UNKNOWN", "nothing")
    only(refused("half", manifest=manifest), "METRIC_UNKNOWN", "nowhere")
    assert {code for code, _ in refused("empty", manifest=manifest)} == {"METRIC_INPUT_MISSING"}
    only(refused("odd", manifest=manifest), "METRIC_UNKNOWN", "other")
    only(refused("circle", manifest=manifest), "METRIC_CYCLE")
    only(refused("bad", manifest=manifest), "EXPRESSION_NOT_ALLOWED")


def test_a_query_must_be_well_formed() -> None:
    only(refused(), "QUERY_INVALID", "nothing")
    only(refused("revenue", "revenue"), "QUERY_INVALID", "2 times")
    only(refused("revenue", limit=-1), "QUERY_INVALID", "-1")
    only(refused("revenue", group_by=("a b",)), "QUERY_INVALID", "a b")
    only(refused("revenue", group_by=("Dimension(",)), "QUERY_INVALID")
    for constraint in (("2026-02-01", "2026-01-01"), ("x", "2026-01-01")):
        only(refused("revenue", time_constraint=constraint), "TIME_CONSTRAINT_INVALID")


def test_a_measure_that_is_not_allowed_is_found_once_for_all_metrics_of_it() -> None:
    orders = replace(ORDERS, measures=(Measure("amount", Aggregation.SUM, "random()"), *ORDERS.measures[1:]))
    manifest = SemanticManifest((orders, *SHOP.semantic_models[1:]), SHOP.metrics)
    only(refused("revenue", "paid_revenue", manifest=manifest), "EXPRESSION_NOT_ALLOWED", "RAND")


def test_a_metric_and_a_group_of_one_name_cannot_be_told_apart() -> None:
    manifest = with_metrics(simple("customer", "amount"))
    only(refused("customer", manifest=manifest, group_by=("customer",)), "QUERY_INVALID", "both")


def test_an_unknown_dialect_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        compile_query(SHOP, MetricQuery(("revenue",)), dialect="cobol")
