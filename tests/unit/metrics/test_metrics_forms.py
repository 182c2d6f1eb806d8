"""The same metrics in each form of dbt semantic layer YAML are the same definitions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.domain.errors import Refused
from catalog.domain.metric import SemanticManifest
from catalog.domain.semantic_model import Aggregation, EntityType, TimeGranularity
from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest, validate
from catalog.metrics.definition import definition_of
from catalog.metrics.validation import validate_to_serve

OLDER = """
semantic_models:
- name: orders
  model: ref('fct_orders')
  defaults: {agg_time_dimension: ordered_at}
  entities:
  - {name: order, type: primary, expr: order_id}
  - {name: customer, type: foreign, expr: customer_id}
  dimensions:
  - {name: ordered_at, type: time, type_params: {time_granularity: day}}
  - {name: paid_at, type: time, type_params: {time_granularity: day}}
  - {name: state, type: categorical, expr: status}
  - {name: is_big, type: categorical, expr: amount > 100}
  measures:
  - {name: amount, agg: sum, expr: amount}
  - {name: orders, agg: count, expr: order_id}
  - {name: payments, agg: count, expr: order_id, agg_time_dimension: paid_at}
  - {name: p90, agg: percentile, expr: amount, agg_params: {percentile: 0.9, use_discrete_percentile: true}}
  - name: stock
    agg: sum
    expr: items
    non_additive_dimension: {name: ordered_at, window_choice: max, window_groupings: [customer]}
metrics:
- {name: revenue, type: simple, label: Revenue, type_params: {measure: {name: amount, fill_nulls_with: 0}}}
- name: big_revenue
  type: simple
  type_params: {measure: {name: amount, join_to_timespine: true}}
  filter: "{{ Dimension('order__is_big') }}"
- {name: order_count, type: simple, type_params: {measure: orders}}
- {name: payment_count, type: simple, type_params: {measure: payments}}
- {name: high, type: simple, type_params: {measure: p90}}
- {name: in_stock, type: simple, type_params: {measure: stock}}
- name: average
  type: ratio
  type_params: {numerator: {name: revenue, filter: "{{ Dimension('order__state') }} = 'paid'"}, denominator: order_count}
- name: growth
  type: derived
  type_params: {expr: revenue - before, metrics: [revenue, {name: revenue, alias: before, offset_window: 1 month}]}
- name: so_far
  type: cumulative
  type_params: {measure: {name: amount, fill_nulls_with: 0}, cumulative_type_params: {grain_to_date: year, period_agg: last}}
- name: big_week
  type: cumulative
  type_params:
    measure: {name: amount, join_to_timespine: true, filter: "{{ Dimension('order__is_big') }}"}
    cumulative_type_params: {window: 7 days}
- name: conversion
  type: conversion
  type_params:
    conversion_type_params:
      base_measure: orders
      conversion_measure: payments
      entity: customer
      calculation: conversion_rate
      window: 7 days
      constant_properties: [{base_property: state, conversion_property: state}]
"""

NEWER = """
models:
- name: fct_orders
  semantic_model: {name: orders}
  agg_time_dimension: ordered_at
  columns:
  - {name: order_id, entity: {name: order, type: primary}}
  - {name: customer_id, entity: {name: customer, type: foreign}}
  - {name: ordered_at, dimension: time, granularity: day}
  - {name: paid_at, granularity: day, dimension: {type: time}}
  - {name: status, dimension: {name: state, type: categorical, label: State}}
  - {name: amount, data_tests: [not_null]}
  derived_semantics:
    dimensions:
    - {name: is_big, type: categorical, expr: amount > 100}
  metrics:
  - {name: revenue, type: simple, label: Revenue, agg: sum, expr: amount, fill_nulls_with: 0}
  - name: big_revenue
    type: simple
    agg: sum
    expr: amount
    join_to_timespine: true
    filter: "{{ Dimension('order__is_big') }}"
  - {name: order_count, type: simple, agg: count, expr: order_id}
  - {name: payment_count, agg: count, expr: order_id, agg_time_dimension: paid_at, hidden: true}
  - {name: high, type: simple, agg: percentile, expr: amount, percentile: 0.9, percentile_type: discrete}
  - name: in_stock
    type: simple
    agg: sum
    expr: items
    non_additive_dimension: {name: ordered_at, window_agg: max, group_by: [customer]}
  - name: average
    type: ratio
    numerator: {name: revenue, filter: "{{ Dimension('order__state') }} = 'paid'"}
    denominator: order_count
  - {name: so_far, type: cumulative, input_metric: revenue, grain_to_date: year, period_agg: last}
- {name: stg_orders, columns: [{name: order_id, data_tests: [unique]}]}
metrics:
- {name: big_week, type: cumulative, input_metric: {name: big_revenue}, window: 7 days}
- name: growth
  type: derived
  expr: revenue - before
  input_metrics: [revenue, {name: revenue, alias: before, offset_window: 1 month}]
- name: conversion
  type: conversion
  entity: customer
  calculation: conversion_rate
  base_metric: order_count
  conversion_metric: {name: payment_count}
  window: 7 days
  constant_properties: [{base_property: state, conversion_property: state}]
"""

SPINE = """
models:
- name: days
  time_spine: {standard_granularity_column: day}
  columns: [{name: day, granularity: day}]
"""

SERIALISED = {
    "semantic_models": [
        {
            "name": "orders",
            "description": None,
            "defaults": {"agg_time_dimension": "ordered_at"},
            "node_relation": {
                "alias": "fct_orders",
                "schema_name": "shop",
                "database": None,
                "relation_name": '"shop"."fct_orders"',
            },
            "primary_entity": None,
            "entities": [
                {"name": "order", "description": None, "type": "primary", "role": None, "expr": "order_id"}
            ],
            "measures": [
                {"name": "amount", "agg": "sum", "expr": None, "agg_params": None, "create_metric": True}
            ],
            "dimensions": [
                {
                    "name": "ordered_at",
                    "type": "time",
                    "is_partition": False,
                    "type_params": {"time_granularity": "day", "validity_params": None},
                    "expr": None,
                    "metadata": None,
                }
            ],
            "metadata": {"repo_file_path": "m.yml", "file_slice": {"filename": "m.yml"}},
            "config": {"meta": {"domain": "sales"}},
        }
    ],
    "metrics": [
        {
            "name": "amount",
            "type": "simple",
            "type_params": {
                "measure": {"name": "amount", "filter": None, "alias": None, "join_to_timespine": False},
                "numerator": None,
                "expr": "amount",
                "metrics": [],
                "input_measures": [{"name": "amount", "filter": None}],
                "metric_aggregation_params": {"semantic_model": "orders", "agg": "sum", "agg_params": None},
                "is_private": False,
            },
            "filter": {"where_filters": [{"where_sql_template": "{{ Entity('order') }} > 1"}]},
            "metadata": None,
        },
        {
            "name": "items",
            "type": "simple",
            "type_params": {
                "measure": None,
                "expr": "items",
                "fill_nulls_with": 0,
                "metric_aggregation_params": {"semantic_model": "orders", "agg": "max"},
                "is_private": True,
            },
            "filter": None,
        },
        {
            "name": "amount_7d",
            "type": "cumulative",
            "type_params": {
                "measure": None,
                "window": None,
                "metrics": [],
                "cumulative_type_params": {
                    "window": {"count": 7, "granularity": "day"},
                    "grain_to_date": None,
                    "period_agg": "first",
                    "metric": {"name": "amount", "filter": None, "alias": None},
                },
            },
        },
    ],
    "project_configuration": {
        "time_spine_table_configurations": [],
        "metadata": None,
        "dsi_package_version": {"major_version": "0"},
        "time_spines": [
            {
                "node_relation": {"alias": "days", "schema_name": "shop", "database": None},
                "primary_column": {"name": "day", "time_granularity": "day"},
                "custom_granularities": [],
            }
        ],
    },
    "saved_queries": [
        {
            "name": "all_of_it",
            "query_params": {"metrics": ["amount"], "group_by": [], "where": None, "limit": None},
            "exports": [
                {"name": "out", "config": {"export_as": "table", "schema_name": None, "alias": None}}
            ],
            "tags": [],
        }
    ],
}


def manifest(*texts: str) -> SemanticManifest:
    return read_semantic_manifest({f"{number}.yml": text for number, text in enumerate(texts)})


def names(found: SemanticManifest) -> Iterator[str]:
    return (one.name for one in found.metrics)


def test_metrics_with_and_without_measures_are_the_same_definitions() -> None:
    older, newer = manifest(OLDER, SPINE), manifest(NEWER, SPINE)
    assert {*names(older)} == {*names(newer)}
    theirs = {one.name: definition_of(one, newer) for one in newer.metrics}
    for one in older.metrics:
        assert theirs[one.name] == definition_of(one, older), one.name


def test_metrics_with_and_without_measures_compile_to_the_same_sql() -> None:
    older, newer = manifest(OLDER, SPINE), manifest(NEWER, SPINE)
    assert [one for one in (*validate(older), *validate(newer)) if one.blocks] == []
    for name in names(older):
        query = MetricQuery((name,), ("metric_time__day", "order__state"))
        assert compile_query(older, query).sql == compile_query(newer, query).sql, name


def test_columns_of_a_dbt_model_are_entities_and_dimensions() -> None:
    (model,) = manifest(NEWER).semantic_models
    assert (model.name, model.relation) == ("orders", "fct_orders")
    assert [(one.name, one.type, one.expr) for one in model.entities] == [
        ("order", EntityType.PRIMARY, "order_id"),
        ("customer", EntityType.FOREIGN, "customer_id"),
    ]
    assert [(one.name, one.expr) for one in model.dimensions] == [
        ("ordered_at", ""),
        ("paid_at", ""),
        ("state", "status"),
        ("is_big", "amount > 100"),
    ]


def test_a_hidden_metric_is_marked() -> None:
    assert [one.name for one in manifest(NEWER).metrics if one.hidden] == ["payment_count"]


def test_a_metric_within_a_model_is_governed_as_its_model_is() -> None:
    text = """
models:
- name: m
  semantic_model: {config: {meta: {domain: sales}}}
  metrics:
  - {name: one, agg: count, expr: 1}
  - {name: two, agg: count, expr: 1, config: {meta: {domain: web}}}
"""
    assert [one.governance.domain for one in manifest(text).metrics] == ["sales", "web"]


def test_what_is_turned_off_is_not_read() -> None:
    text = """
models:
- {name: a, semantic_model: false, metrics: []}
- {name: b, semantic_model: {enabled: false}}
- {name: c, semantic_model: true}
metrics: [{name: off, type: derived, expr: x, input_metrics: [x], config: {enabled: false}}]
"""
    found = manifest(text)
    assert [one.name for one in found.semantic_models] == ["c"]
    assert found.metrics == ()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("granularity: day, dimension: {type: time}", "dimension: {type: time}", "columns/3"),
        ("agg: sum, expr: amount, fill", "aggr: sum, expr: amount, fill", "metrics/0/aggr"),
        ("window_agg: max", "window_choice: max", "non_additive_dimension"),
        ("entity: {name: order, type: primary}", "entity: main", "columns/0/entity"),
    ],
)
def test_a_fault_in_the_newer_form_is_found_where_it_is(old: str, new: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        manifest(NEWER.replace(old, new, 1))
    assert any(field in one.place.field for one in refused.value.findings)


def test_a_simple_metric_outside_of_any_model_has_no_rows() -> None:
    alone = manifest(NEWER, "metrics: [{name: lost, agg: sum, expr: amount}]")
    assert [one.code for one in validate(alone) if one.blocks] == []
    assert [one.code for one in validate_to_serve(alone) if one.blocks] == ["MEASURE_UNKNOWN"]


def test_a_manifest_that_dbt_wrote_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "semantic_manifest.json"
    file.write_text(json.dumps(SERIALISED))
    found = read_semantic_manifest(file)
    assert [one.name for one in found.metrics] == ["amount", "items", "amount_7d"]
    (model,) = found.semantic_models
    assert (model.relation, model.governance.domain) == ("shop.fct_orders", "sales")
    assert [(one.name, one.agg) for one in model.measures] == [
        ("amount", Aggregation.SUM),
        ("items", Aggregation.MAX),
    ]
    amount, items, week = found.metrics
    assert amount.filters == ("{{ Entity('order') }} > 1",)
    assert items.hidden
    assert items.measure
    assert items.measure.fill_nulls_with == 0
    assert week.params["window"] == "7 day"
    assert week.measure
    assert week.measure.filters == amount.filters
    assert found.time_spines[0].granularity is TimeGranularity.DAY
    assert (amount.place.line, amount.place.field) == (0, "/metrics/0")
    assert compile_query(found, MetricQuery(("amount_7d",), ("metric_time__day",))).sql


def test_a_serialised_manifest_may_be_given_as_a_mapping() -> None:
    found = read_semantic_manifest(SERIALISED)
    assert [one.name for one in found.saved_queries] == ["all_of_it"]
    assert [one.code for one in validate(found) if one.blocks] == []


def test_a_metric_that_differs_from_the_measure_of_its_name_has_its_own() -> None:
    other: dict[str, Any] = json.loads(json.dumps(SERIALISED))
    other["metrics"][0]["type_params"]["metric_aggregation_params"]["agg"] = "max"
    found = read_semantic_manifest(other)
    (model,) = found.semantic_models
    assert [(one.name, one.agg, one.expr) for one in model.measures][1] == (
        "amount__measure",
        Aggregation.MAX,
        "amount",
    )
    assert found.metrics[0].measure
    assert found.metrics[0].measure.name == "amount__measure"


def test_a_whole_dbt_project_is_read_for_its_metrics_alone(tmp_path: Path) -> None:
    files = {
        "dbt_project.yml": "name: shop\nmodels: {shop: {+materialized: table}}\nvars: {metrics: 1}\n",
        "packages.yml": "packages: [{package: dbt-labs/dbt_utils, version: 1.3.0}]\n# metrics\n",
        "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb}}}\n",
        "models/marts/orders.yml": NEWER,
        "models/sources.yml": "sources: [&s {name: raw, tables: []}]\nexposures: []\n",
        "macros/macros.yml": "macros: [{name: cents}]\n",
        "target/metrics.yml": "metrics: [{broken\n",
        "dbt_packages/other/models/m.yml": "metrics: [{broken\n",
        ".github/workflows/ci.yml": "metrics: [{broken\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "conversion" in names(read_semantic_manifest(tmp_path))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"metrics": [}', "YAML_SYNTAX"),
        ('{"metrics": [], "metrics": []}', "YAML_DUPLICATE_KEY"),
        ('{"metrics": NaN}', "YAML_SYNTAX"),
        ("[" * 100_000, "YAML_LIMIT"),
        ('"\udc80"', "YAML_ENCODING"),
    ],
)
def test_json_that_no_tool_would_write_is_refused(text: str, code: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    with pytest.raises(Refused) as refused:
        read_semantic_manifest({"m.json": data})
    assert [one.code for one in refused.value.findings] == [code]
