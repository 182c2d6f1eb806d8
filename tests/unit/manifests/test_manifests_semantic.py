"""dbt semantic layer YAML as semantic models and metrics."""

import pytest

from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    DimensionType,
    EntityType,
    NonAdditiveDimension,
    SemanticModel,
    TimeGranularity,
)
from catalog.manifests.read import read

MODEL = """\
version: 2
semantic_models:
- name: orders
  description: Orders as placed.
  model: ref('orders')
  defaults: {agg_time_dimension: ordered_at}
  primary_entity: order
  entities:
  - {name: order, type: primary, expr: order_id}
  - {name: customer, type: foreign, role: buyer}
  dimensions:
  - name: ordered_at
    type: time
    description: When.
    expr: ordered_ts
    is_partition: true
    type_params: {time_granularity: hour, validity_params: {is_start: true, is_end: false}}
  - {name: state, type: categorical}
  measures:
  - {name: revenue, agg: sum, expr: amount, create_metric: true, description: Money in.}
  - {name: orders, agg: sum, expr: 1, agg_time_dimension: ordered_at}
  - name: p95
    agg: percentile
    agg_params: {percentile: 0.95, use_discrete_percentile: true}
    non_additive_dimension: {name: ordered_at, window_choice: max, window_groupings: [customer]}
  config: {meta: {domain: sales, product: sales.orders, version: 1.10}}
"""

METRICS = """\
metrics:
- name: revenue_eu
  label: Revenue EU
  description: Money in, EU.
  type: simple
  type_params: {measure: {name: revenue, filter: "a = 1", fill_nulls_with: 0, join_to_timespine: true}}
  filter: ["x = 1", "  y = 2\\n"]
  time_granularity: month
  config: {meta: {domain: sales, owner: ann, tier: north_star, version: 2.0}}
- name: average_order_value
  type: ratio
  type_params:
    numerator: revenue
    denominator: {name: orders, alias: n, filter: {where_filters: [{where_sql_template: "z = 1"}, "w = 2"]}}
- name: growth
  type: derived
  type_params:
    expr: revenue - before
    metrics:
    - revenue
    - {name: revenue, alias: before, offset_window: 1 month}
    - {name: revenue, alias: begin, offset_to_grain: year}
- name: revenue_ytd
  type: cumulative
  type_params: {measure: revenue, cumulative_type_params: {grain_to_date: year, period_agg: last}}
- name: revenue_7d
  type: cumulative
  type_params: {measure: {name: revenue}, window: 7 days}
- name: conversion
  type: conversion
  type_params:
    conversion_type_params:
      base_measure: visits
      conversion_measure: {name: buys}
      entity: user
      calculation: conversion_rate
      window: 7 days
  meta: {domain: web}
"""


def manifest(*texts: str) -> SemanticManifest:
    found = read(Document(f"m{index}.yaml", text.encode()) for index, text in enumerate(texts))
    assert found.findings == ()
    return found.semantic


def faults(text: str) -> tuple[Finding, ...]:
    found = read([Document("m.yaml", text.encode())])
    assert found.semantic == SemanticManifest()
    return found.findings


def model(text: str) -> SemanticModel:
    (found,) = manifest(text).semantic_models
    return found


def metrics() -> dict[str, Metric]:
    return {one.name: one for one in manifest(METRICS).metrics}


def test_a_semantic_model_is_read_whole() -> None:
    found = model(MODEL)
    assert (found.name, found.relation, found.description) == ("orders", "orders", "Orders as placed.")
    assert (found.default_agg_time_dimension, found.primary_entity) == ("ordered_at", "order")
    assert (found.governance.domain, found.product) == ("sales", "sales.orders")
    assert found.governance.custom["version"] == "1.10"
    assert (found.place.file, found.place.line, found.place.field) == ("m0.yaml", 3, "/semantic_models/0")


def test_entities_say_what_may_be_joined() -> None:
    order, customer = model(MODEL).entities
    assert (order.name, order.type, order.expr, order.place.line) == (
        "order",
        EntityType.PRIMARY,
        "order_id",
        9,
    )
    assert (customer.type, customer.expr, customer.role) == (EntityType.FOREIGN, "", "buyer")


def test_dimensions_are_categorical_or_time() -> None:
    ordered_at, state = model(MODEL).dimensions
    assert (ordered_at.type, ordered_at.granularity, ordered_at.expr) == (
        DimensionType.TIME,
        TimeGranularity.HOUR,
        "ordered_ts",
    )
    assert ordered_at.is_partition
    assert ordered_at.validity_start
    assert not ordered_at.validity_end
    assert (state.type, state.granularity) == (DimensionType.CATEGORICAL, TimeGranularity.DAY)


def test_measures_keep_aggregation_and_parameters() -> None:
    revenue, orders, p95 = model(MODEL).measures
    assert (revenue.agg, revenue.expr, revenue.create_metric) == (Aggregation.SUM, "amount", True)
    assert (orders.expr, orders.agg_time_dimension, orders.create_metric) == ("1", "ordered_at", False)
    assert p95.agg_params == {"percentile": 0.95, "use_discrete_percentile": True}
    assert p95.non_additive_dimension == NonAdditiveDimension("ordered_at", "max", ("customer",))


@pytest.mark.parametrize(
    ("written", "relation"),
    [
        ("ref('orders')", "orders"),
        ('ref("shop", "orders")', "orders"),
        ("ref('orders', v=2)", "orders"),
        ("'{{ ref(\"orders\") }}'", "orders"),
        ("source('raw', 'orders')", "raw.orders"),
        ("orders", "orders"),
        ("db.raw.orders", "db.raw.orders"),
    ],
)
def test_the_relation_is_what_the_model_names(written: str, relation: str) -> None:
    assert model(MODEL.replace("ref('orders')", written)).relation == relation


def test_a_node_relation_is_a_dotted_name() -> None:
    node = "  node_relation: {alias: orders, schema_name: raw, database: db}\n"
    assert model(MODEL.replace("  model: ref('orders')\n", node)).relation == "db.raw.orders"
    assert (
        model(MODEL.replace("  model: ref('orders')\n", node.replace(", database: db", ""))).relation
        == "raw.orders"
    )


@pytest.mark.parametrize("written", ["ref()", "macro('x')", "ref('a'", "'a; drop table b'", "a.b.c.d"])
def test_a_relation_of_no_known_form_is_refused(written: str) -> None:
    (finding,) = faults(MODEL.replace("ref('orders')", written, 1))
    assert finding.place.field == "/semantic_models/0/model"
    assert "ref('model')" in finding.remedy


def test_a_model_names_its_relation_once() -> None:
    both = MODEL.replace("  defaults:", "  node_relation: {alias: x}\n  defaults:")
    neither = MODEL.replace("  model: ref('orders')\n", "")
    for text in (both, neither):
        (finding,) = faults(text)
        assert finding.remedy == "Write either `model` or `node_relation`."


def test_a_simple_metric_has_a_measure_with_its_own_filters() -> None:
    metric = metrics()["revenue_eu"]
    assert (metric.type, metric.label, metric.description) == (
        MetricType.SIMPLE,
        "Revenue EU",
        "Money in, EU.",
    )
    assert metric.measure is not None
    assert (metric.measure.name, metric.measure.filters) == ("revenue", ("a = 1",))
    assert (metric.measure.fill_nulls_with, metric.measure.join_to_timespine) == (0, True)
    assert (metric.filters, metric.time_granularity) == (("x = 1", "y = 2"), TimeGranularity.MONTH)
    assert (str(metric.key), metric.version) == ("metric:sales.revenue_eu", "2.0")
    assert (metric.governance.owner, metric.governance.tier) == ("ann", "north_star")
    assert (metric.place.file, metric.place.line) == ("m0.yaml", 2)


def test_a_ratio_has_numerator_and_denominator_by_name_or_mapping() -> None:
    metric = metrics()["average_order_value"]
    numerator, denominator = metric.numerator, metric.denominator
    assert numerator is not None
    assert denominator is not None
    assert numerator == MetricInput("revenue", place=numerator.place)
    assert (numerator.place.line, numerator.place.column) == (13, 16)
    assert (denominator.name, denominator.alias, denominator.filters) == ("orders", "n", ("z = 1", "w = 2"))
    assert denominator.fill_nulls_with is None


def test_a_derived_metric_has_inputs_with_offsets() -> None:
    metric = metrics()["growth"]
    assert metric.expr == "revenue - before"
    assert [(one.name, one.alias, one.offset_window, one.offset_to_grain) for one in metric.inputs] == [
        ("revenue", "", "", ""),
        ("revenue", "before", "1 month", ""),
        ("revenue", "begin", "", "year"),
    ]
    assert [one.place.field for one in metric.inputs][2] == "/metrics/2/type_params/metrics/2"


def test_a_cumulative_metric_keeps_its_window_wherever_it_was_written() -> None:
    found = metrics()
    assert found["revenue_ytd"].measure is not None
    assert found["revenue_ytd"].params == {"grain_to_date": "year", "period_agg": "last"}
    assert found["revenue_7d"].params == {"window": "7 days"}


def test_a_conversion_metric_keeps_its_parameters() -> None:
    metric = metrics()["conversion"]
    assert metric.type is MetricType.CONVERSION
    assert metric.params["conversion_type_params"]["conversion_measure"].name == "buys"
    assert metric.governance.domain == "web"
    assert metric.version == "1.0.0"


def test_a_measure_may_create_its_metric() -> None:
    (created,) = manifest(MODEL).metrics
    assert (created.name, created.type, created.description) == ("revenue", MetricType.SIMPLE, "Money in.")
    assert created.measure == MetricInput("revenue", place=created.place)
    assert (created.governance.domain, created.place.line) == ("sales", 20)


def test_a_metric_that_is_written_out_is_not_created_again() -> None:
    written = "metrics: [{name: revenue, type: simple, type_params: {measure: revenue}, label: own}]\n"
    (only,) = manifest(MODEL, written).metrics
    assert only.label == "own"


def test_a_file_may_hold_one_document_for_each_model_and_metric() -> None:
    single = "metric: {name: a, type: simple, type_params: {measure: m}}\n"
    other = "semantic_model: {name: s, model: t}\n"
    spine = "project_configuration: {time_spines: []}\n"
    saved = "saved_query: {name: q, query_params: {metrics: [a]}}\n"
    found = manifest("---\n".join([single, other, spine, saved]))
    assert [one.name for one in found.metrics] == ["a"]
    assert [one.relation for one in found.semantic_models] == ["t"]
    assert found.metrics[0].place.field == "/metric"


def test_other_parts_of_a_dbt_project_are_let_stand() -> None:
    assert (
        manifest("models: [{name: m, columns: []}]\nsources: [{name: s}]\nversion: 2\n") == SemanticManifest()
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("type: ratio", "type: ration", "/metrics/1/type", "`type` may not be 'ration'."),
        (
            "numerator: revenue",
            "numertor: revenue",
            "/metrics/1/type_params/numertor",
            "The field `numertor` is unknown; did you mean `numerator`?",
        ),
        (
            "      entity: user\n",
            "",
            "/metrics/5/type_params/conversion_type_params",
            "The field `entity` is missing.",
        ),
        ("- name: growth", "- name: growth of x", "/metrics/2/name", "`name`"),
        ('["x = 1", ', "[{a: 1}, ", "/metrics/0/filter/0", "`filter[0]` is a mapping where text is meant."),
    ],
)
def test_a_structural_fault_is_found_where_it_is(old: str, new: str, field: str, message: str) -> None:
    findings = faults(METRICS.replace(old, new, 1))
    assert any(one.place.field == field and one.message.startswith(message) for one in findings)


def test_all_structural_faults_come_at_once() -> None:
    broken = (
        MODEL.replace("type: primary", "type: primry")
        .replace("agg: sum", "agg: sun")
        .replace("is_start", "start")
    )
    assert [one.place.line for one in faults(broken)] == [9, 17, 20, 21]
