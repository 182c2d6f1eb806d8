"""What decides a metric's number decides its definition, and nothing else does."""

import json
from dataclasses import replace
from typing import Any

from metrics_shop import CUSTOMERS, LABELS, ORDERS, PAID, REGIONS, SHOP, derived, ratio, simple

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import Aggregation, Measure, SemanticModel, TimeGranularity
from catalog.metrics.closure import closure
from catalog.metrics.compile import compile_query
from catalog.metrics.definition import definition_of, meaning_of
from catalog.metrics.query import MetricQuery
from catalog.metrics.read import read_semantic_manifest


def defined(metric: Metric, *others: Metric, model: SemanticModel = ORDERS) -> Any:
    manifest = SemanticManifest((model, CUSTOMERS, REGIONS), (metric, *others))
    definition = definition_of(metric, manifest)
    assert json.loads(json.dumps(definition)) == definition
    return definition


def changed(**measure: Any) -> SemanticModel:
    return replace(ORDERS, measures=(replace(ORDERS.measures[0], **measure),))


def test_names_and_descriptions_do_not_matter() -> None:
    renamed = replace(
        ORDERS, name="sales", description="x", measures=(Measure("turnover", Aggregation.SUM, "amount"),)
    )
    other = replace(simple("gmv", "turnover"), description="other words", label="GMV")
    assert defined(simple("revenue", "amount")) == defined(other, model=renamed)


def test_spacing_case_and_the_order_of_filters_do_not_matter() -> None:
    one = simple("a", "amount", PAID + " and {{ Dimension('customer__country') }} = 'de'")
    two = simple(
        "b",
        "amount",
        "{{Dimension('customer__country')}}='de'",
        "{{ Dimension( 'order__status' ) }} = 'paid'",
    )
    assert defined(one) == defined(two)
    assert defined(one, model=changed(expr="AMOUNT  -  Discount")) == defined(
        one, model=changed(expr="amount-discount")
    )


def test_where_a_filter_stands_does_not_matter() -> None:
    inside = ratio("a", MetricInput("paid"), MetricInput("all"))
    outside = ratio("b", MetricInput("all", filters=(PAID,)), MetricInput("all"))
    parts = (simple("paid", "amount", PAID), simple("all", "amount"))
    assert defined(inside, *parts) == defined(outside, *parts)


def test_the_alias_of_an_input_does_not_matter() -> None:
    parts = (simple("x", "amount"), simple("y", "orders"))
    one = derived("a", "x / y", MetricInput("x"), MetricInput("y"))
    two = derived("b", "p / q", MetricInput("y", alias="q"), MetricInput("x", alias="p"))
    assert defined(one, *parts) == defined(two, *parts)
    assert defined(derived("c", "y / x", MetricInput("x"), MetricInput("y")), *parts) != defined(one, *parts)


def test_everything_that_decides_the_number_matters() -> None:
    base = simple("revenue", "amount")
    definitions = [
        defined(base),
        defined(base, model=replace(ORDERS, relation="shop.other_orders")),
        defined(base, model=changed(agg=Aggregation.MAX)),
        defined(base, model=changed(expr="amount - 1")),
        defined(base, model=changed(agg_time_dimension="paid_at")),
        defined(simple("revenue", "amount", PAID)),
        defined(simple("revenue", "amount", "{{ Dimension('customer__country') }} = 'paid'")),
        defined(simple("revenue", "amount", fill_nulls_with=0)),
        defined(ratio("revenue", MetricInput("a"), MetricInput("a")), simple("a", "amount")),
        defined(derived("revenue", "a + 1", MetricInput("a")), simple("a", "amount")),
        defined(
            Metric(
                "revenue", MetricType.CUMULATIVE, measure=MetricInput("amount"), params={"window": "7 days"}
            )
        ),
        defined(
            Metric(
                "revenue", MetricType.CUMULATIVE, measure=MetricInput("amount"), params={"window": "8 days"}
            )
        ),
    ]
    assert len({json.dumps(one, sort_keys=True) for one in definitions}) == len(definitions)


def test_what_cannot_be_read_or_found_still_has_a_definition() -> None:
    assert defined(simple("lost", "nothing")) != defined(simple("lost", "nowhere"))
    bad = defined(simple("bad", "amount", "status = 'x'"))
    assert bad["type"] == "unclear"
    assert bad["written"]["filters"] == ["status = 'x'"]
    circle = derived("a", "b", MetricInput("b"))
    assert "cycle" in json.dumps(defined(circle, derived("b", "a", MetricInput("a"))))


def test_a_closure_holds_what_the_metric_needs_and_can_be_grouped_by() -> None:
    metric = next(one for one in SHOP.metrics if one.name == "paid_share")
    found = closure(metric, SHOP)
    assert {one.name for one in found.metrics} == {"paid_share", "revenue"}
    assert [one.name for one in found.semantic_models] == ["orders", "customers", "regions"]
    assert LABELS not in found.semantic_models
    query = MetricQuery(("paid_share",), ("customer__region__region_name",))
    assert compile_query(found, query).sql == compile_query(SHOP, query).sql
    assert definition_of(metric, found) == definition_of(metric, SHOP)


def test_a_derived_metric_that_is_its_input_is_that_input() -> None:
    one = derived("wrapper", "it", MetricInput("inner", alias="it"))
    assert defined(one, simple("inner", "amount", PAID)) == defined(simple("revenue", "amount", PAID))


def test_a_ratio_is_a_division_but_for_what_a_division_by_zero_gives() -> None:
    parts = (simple("x", "amount"), simple("y", "orders"))
    quotient = defined(ratio("a", MetricInput("x"), MetricInput("y")), *parts)
    division = defined(derived("b", "x / y", MetricInput("x"), MetricInput("y")), *parts)
    guarded = defined(derived("c", "x / nullif(y, 0)", MetricInput("x"), MetricInput("y")), *parts)
    filled = defined(derived("d", "coalesce(x / y, 0)", MetricInput("x"), MetricInput("y")), *parts)
    assert quotient == guarded != division
    assert meaning_of(quotient) == meaning_of(division) != meaning_of(filled)


def test_counting_where_is_adding_up_ones_but_for_what_is_said_of_nothing() -> None:
    counted = defined(simple("a", "orders", PAID))
    model = changed(expr="case when status = 'paid' and order_id is not null then 1 else 0 end")
    added = defined(simple("b", "amount"), model=model)
    assert meaning_of(counted) == meaning_of(added)
    assert counted != added


def test_nothing_and_zero_are_told_apart_where_they_are_added() -> None:
    plain, zero = changed(), changed(expr="coalesce(amount, 0)")
    alone = [meaning_of(defined(simple("a", "amount"), model=one)) for one in (plain, zero)]
    assert alone[0] == alone[1]
    plus = derived("b", "x + 1", MetricInput("x"))
    added = [meaning_of(defined(plus, simple("x", "amount"), model=one)) for one in (plain, zero)]
    assert added[0] != added[1]


def test_a_filter_that_looks_at_a_metric_means_what_that_metric_means() -> None:
    busy = simple("busy", "amount", "{{ Metric('turnover', ['customer']) }} > 2")
    one = defined(busy, simple("turnover", "orders"))
    assert one == defined(busy, replace(simple("turnover", "orders"), description="x"))
    assert one != defined(busy, simple("turnover", "orders", PAID))
    circle = simple("busy", "amount", "{{ Metric('busy', ['customer']) }} > 2")
    assert "unclear" in json.dumps(defined(circle))


def test_a_filter_before_an_offset_is_not_one_after_it() -> None:
    time = "{{ TimeDimension('metric_time', 'day') }} >= '2020-01-01'"
    before = derived("a", "x", MetricInput("x", filters=(time,), offset_window="1 month"))
    after = derived("b", "x", MetricInput("x", offset_window="1 month"))
    inside, outside = (replace(one, filters=which) for one, which in ((before, ()), (after, (time,))))
    assert defined(inside, simple("x", "amount")) != defined(outside, simple("x", "amount"))
    weeks = derived("c", "x", MetricInput("x", offset_window="2 weeks"))
    days = derived("d", "x", MetricInput("x", offset_window="14 days"))
    assert defined(weeks, simple("x", "amount")) == defined(days, simple("x", "amount"))


def test_what_a_bare_metric_time_means_is_part_of_the_definition() -> None:
    weekly = replace(simple("a", "amount"), time_granularity=TimeGranularity.WEEK)
    assert defined(weekly) != defined(simple("a", "amount"))


def test_the_form_of_the_document_does_not_matter() -> None:
    filtered = {"name": "gmv", "label": "GMV", "type": "simple", "filter": PAID}
    with_measures = {
        "semantic_models": [
            {
                "name": "orders",
                "model": "ref('orders')",
                "defaults": {"agg_time_dimension": "ordered_at"},
                "entities": [{"name": "order", "type": "primary", "expr": "order_id"}],
                "dimensions": [
                    {"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}},
                    {"name": "status", "type": "categorical"},
                ],
                "measures": [{"name": "total", "agg": "sum", "expr": "amount"}],
            }
        ],
        "metrics": [{**filtered, "type_params": {"measure": "total"}}],
    }
    without = {
        "models": [
            {
                "name": "orders",
                "semantic_model": {"enabled": True},
                "agg_time_dimension": "ordered_at",
                "columns": [
                    {"name": "order_id", "entity": {"name": "order", "type": "primary"}},
                    {"name": "ordered_at", "granularity": "day", "dimension": {"type": "time"}},
                    {"name": "status", "dimension": {"type": "categorical"}},
                ],
                "metrics": [{**filtered, "agg": "sum", "expr": "1.0 * amount"}],
            }
        ]
    }
    manifests = [read_semantic_manifest(form) for form in (with_measures, without)]
    first, second = (definition_of(one.metrics[0], one) for one in manifests)
    assert first == second
    assert first["filters"] == ["\"status\" = 'paid'"]
