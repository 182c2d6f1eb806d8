"""Each rule finds its own fault in a sound manifest, and says whether it blocks."""

import pytest

from catalog.domain.errors import Refused
from catalog.domain.finding import Level
from catalog.metrics import read_semantic_manifest, validate
from catalog.metrics.validation import validate_to_serve

SOUND = """
project_configuration:
  time_spines:
  - node_relation: {alias: days, schema_name: shop}
    primary_column: {name: day, time_granularity: day}
    custom_granularities: [{name: fiscal_year}]
semantic_models:
- name: orders
  label: Orders
  node_relation: {alias: fct_orders, schema_name: shop}
  defaults: {agg_time_dimension: ordered_at}
  entities:
  - {name: order, type: primary, expr: order_id, label: Order}
  - {name: customer, type: foreign, expr: customer_id, label: Customer}
  dimensions:
  - {name: ordered_at, type: time, type_params: {time_granularity: day}, label: Day}
  - {name: paid_at, type: time, type_params: {time_granularity: month}}
  - {name: state, type: categorical}
  measures:
  - {name: amount, agg: sum, label: Sum}
  - {name: count_of_orders, agg: count, expr: order_id}
  - {name: typical, agg: median, expr: amount}
  - {name: stock, agg: sum, expr: items, non_additive_dimension: {name: ordered_at}}
  - {name: largest, agg: max, expr: amount, create_metric: true}
- name: customers
  node_relation: {alias: dim_customers, schema_name: shop}
  entities:
  - {name: customer, type: primary, expr: id, label: Customer}
  dimensions:
  - {name: country, type: categorical}
metrics:
- name: revenue
  label: Revenue
  type: simple
  type_params: {measure: amount}
  filter: "{{ Dimension('customer__country') }} = 'de'"
- {name: order_count, type: simple, type_params: {measure: count_of_orders}}
- name: large
  type: simple
  type_params: {measure: {name: amount, alias: large_amount, filter: "{{ Dimension('order__state') }} = 'x'"}}
- name: growth
  type: derived
  type_params: {expr: revenue - before, metrics: [{name: revenue}, {name: revenue, alias: before, offset_window: 1 month}]}
- {name: share, type: ratio, type_params: {numerator: large, denominator: order_count}}
- {name: last_week, type: cumulative, type_params: {measure: amount, cumulative_type_params: {window: 7 days}}}
- name: conversion
  type: conversion
  type_params:
    conversion_type_params: {base_measure: count_of_orders, conversion_measure: count_of_orders, entity: customer, window: 7 days}
saved_queries:
- name: daily
  query_params:
    metrics: [revenue]
    group_by: ["TimeDimension('metric_time', 'day')", "Dimension('customer__country')"]
    where: ["{{ Entity('customer') }} IS NOT NULL"]
    order_by: ["Metric('revenue').descending(True)"]
    limit: 5
"""

BLOCKS = {
    "name: order_count, type|name: order_count, label: Revenue, type": "LABEL_AMBIGUOUS",
    "- name: customers\n|- name: customers\n  label: Orders\n": "LABEL_AMBIGUOUS",
    "{name: customer, type: primary, expr: id, label: Customer}|{name: customer, type: primary, expr: id, label: X}": (
        "LABEL_AMBIGUOUS"
    ),
    "name: state, type: categorical|name: state, type: categorical, label: Day": "LABEL_AMBIGUOUS",
    "name: country,|name: select,": "NAME_INVALID",
    "alias: dim_customers|alias: from": "NAME_INVALID",
    "name: growth|name: g": "NAME_INVALID",
    "name: daily|name: month": "NAME_INVALID",
    "custom_granularities: [{name: fiscal_year}]|custom_granularities: [{name: revenue}]": "DUPLICATE_NAME",
    "name: country,|name: amount,": "DUPLICATE_NAME",
    "name: country, type: categorical|name: state, type: time, type_params: {time_granularity: day}": (
        "DUPLICATE_NAME"
    ),
    "name: growth\n|name: largest\n": "DUPLICATE_NAME",
    "  defaults: {agg_time_dimension: ordered_at}|  primary_entity: order\n  defaults: {agg_time_dimension: ordered_at}": (
        "ENTITY_AMBIGUOUS"
    ),
    "defaults: {agg_time_dimension: ordered_at}|defaults: {agg_time_dimension: state}": (
        "AGG_TIME_DIMENSION_MISSING"
    ),
    "agg: median, expr: amount|agg: median, expr: amount, agg_params: {percentile: 0.3}": "AGGREGATION_INVALID",
    "agg: sum, label: Sum|agg: sum, agg_params: {percentile: 0.3}": "AGGREGATION_INVALID",
    "agg: count, expr: order_id|agg: count": "AGGREGATION_INVALID",
    "agg: count, expr: order_id|agg: count, expr: distinct order_id": "AGGREGATION_INVALID",
    "non_additive_dimension: {name: ordered_at}|non_additive_dimension: {name: paid_at}": "AGGREGATION_INVALID",
    "window: 7 days}}}|window: 7 fiscal_years}}}": "TIME_WINDOW_INVALID",
    "window: 7 days}}}|window: 7 days, grain_to_date: month}}}": "TIME_WINDOW_INVALID",
    "window: 7 days}}}|window: 7 days}, window: 8 days}}": "TIME_WINDOW_INVALID",
    "offset_window: 1 month|offset_window: a month": "TIME_WINDOW_INVALID",
    "offset_window: 1 month|offset_to_grain: fiscal_year": "TIME_WINDOW_INVALID",
    "offset_window: 1 month|offset_window: 1 month, offset_to_grain: year": "TIME_WINDOW_INVALID",
    "alias: before|alias: revenue": "DUPLICATE_NAME",
    "alias: before|alias: year": "NAME_INVALID",
    "alias: large_amount|alias: stock": "MEASURE_ALIAS_AMBIGUOUS",
    "type_params: {measure: count_of_orders}}|type_params: {measure: nothing}}": "MEASURE_UNKNOWN",
    "denominator: order_count|denominator: nothing": "METRIC_UNKNOWN",
    "cumulative_type_params: {window: 7 days}}|cumulative_type_params: {window: 7 days}, fill_nulls_with: 0}": (
        "METRIC_FIELD_MISPLACED"
    ),
    "{measure: count_of_orders}}|{measure: count_of_orders}, time_granularity: hour}": "GRAIN_TOO_FINE",
    "{measure: count_of_orders}}|{measure: count_of_orders}, time_granularity: fortnight}": "GRAIN_NOT_APPLICABLE",
    "conversion_measure: count_of_orders|conversion_measure: amount": "METRIC_INPUT_MISSING",
    "entity: customer, window|entity: planet, window": "METRIC_INPUT_MISSING",
    "conversion_measure: count_of_orders|conversion_metric: share": "METRIC_INPUT_MISSING",
    "filter: \"{{ Dimension('customer__country') }} = 'de'\"|filter: \"{{ Dimension('country') }} = 'de'\"": (
        "FILTER_INVALID"
    ),
    "filter: \"{{ Dimension('customer__country') }} = 'de'\"|filter: \"{{ Dimension('customer__country') } = 'de'\"": (
        "FILTER_INVALID"
    ),
    "metrics: [revenue]|metrics: [nothing]": "SAVED_QUERY_INVALID",
    "Dimension('customer__country')\"]|Dimension('customer__planet')\"]": "SAVED_QUERY_INVALID",
    "Dimension('customer__country')\"]|customer__country\"]": "SAVED_QUERY_INVALID",
    "Metric('revenue').desc|Metric('order_count').desc": "SAVED_QUERY_INVALID",
    "Metric('revenue').descending(True)|-revenue": "SAVED_QUERY_INVALID",
    "{{ Entity('customer') }} IS|{{ Entity('customer__day') }} IS": "SAVED_QUERY_INVALID",
    "limit: 5|limit: -5": "SAVED_QUERY_INVALID",
}

WARNS = {
    "expr: revenue - before|expr: revenue + 1": "METRIC_INPUT_MISSING",
    "time_granularity: day}, label|time_granularity: hour}, label": "GRAIN_TOO_FINE",
}

# What dbt lets stand: a warning here, an error for what is to be served.
UNANSWERABLE = {
    "measure: amount, cumulative_type_params|cumulative_type_params": "METRIC_INPUT_MISSING",
    "expr: revenue - before, metrics|metrics": "METRIC_INPUT_MISSING",
    "expr: revenue - before|expr: revenue - before - other": "METRIC_UNKNOWN",
    "customer__country') }} = 'de'|customer__planet') }} = 'de'": "DIMENSION_UNREACHABLE",
    "{{ Dimension('customer__country') }} = 'de'|country = 'de'": "FILTER_INVALID",
}


def changed(change: str) -> str:
    old, _, new = change.partition("|")
    assert old in SOUND, old
    return SOUND.replace(old, new, 1)


def test_the_sound_manifest_has_no_findings() -> None:
    found = read_semantic_manifest({"m.yml": SOUND})
    assert validate(found) == ()
    assert validate_to_serve(found) == ()


@pytest.mark.parametrize(("change", "code"), BLOCKS.items())
def test_a_fault_is_found_by_its_rule_and_blocks(change: str, code: str) -> None:
    found = validate(read_semantic_manifest({"m.yml": changed(change)}))
    assert code in {one.code for one in found if one.blocks}
    assert all(one.remedy for one in found)
    assert all(one.place.line for one in found)


@pytest.mark.parametrize(("change", "code"), WARNS.items())
def test_what_is_allowed_and_odd_is_a_warning(change: str, code: str) -> None:
    found = validate_to_serve(read_semantic_manifest({"m.yml": changed(change)}))
    assert [(one.code, one.level) for one in found if one.code == code] == [(code, Level.WARNING)]


@pytest.mark.parametrize(("change", "code"), UNANSWERABLE.items())
def test_what_nobody_could_be_answered_from_warns_and_is_not_served(change: str, code: str) -> None:
    found = read_semantic_manifest({"m.yml": changed(change)})
    assert (code, Level.WARNING) in {(one.code, one.level) for one in validate(found)}
    assert code in {one.code for one in validate_to_serve(found) if one.blocks}
    assert not [one for one in validate(found) if one.blocks]


def test_a_manifest_without_metrics_is_not_whole_and_may_be_a_part() -> None:
    part = read_semantic_manifest({"m.yml": "metrics: []\n"})
    assert [one.code for one in validate(part)] == ["MANIFEST_INCOMPLETE"] * 2
    assert validate_to_serve(part) == ()


def test_a_time_dimension_of_a_metricflow_document_says_its_granularity() -> None:
    text = """
semantic_model:
  name: orders
  node_relation: {alias: o, schema_name: s}
  entities: [{name: order, type: primary}]
  dimensions: [{name: ordered_at, type: time}]
"""
    with pytest.raises(Refused):
        read_semantic_manifest({"m.yml": text})


def test_a_time_dimension_without_a_grain_is_an_error_from_a_day_on() -> None:
    document = {
        "semantic_models": [
            {
                "name": "orders",
                "model": "ref('orders')",
                "defaults": {"agg_time_dimension": "at"},
                "entities": [{"name": "order", "type": "primary"}],
                "dimensions": [{"name": "at", "type": "time"}],
                "measures": [{"name": "amount", "agg": "sum", "create_metric": True}],
            }
        ]
    }
    (found,) = [
        one for one in validate(read_semantic_manifest(document)) if one.code == "TIME_GRANULARITY_MISSING"
    ]
    assert found.level is Level.FUTURE_ERROR
    assert not found.blocks
    assert "2027-01-01" in found.message
