"""Ossie documents of other tools are read as semantic models and metrics, and tell what was lost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.domain.document import Document, DocumentKind
from catalog.domain.finding import Level
from catalog.domain.metric import Metric, MetricType
from catalog.domain.semantic_model import Aggregation, DimensionType, EntityType, SemanticModel
from catalog.manifests.json_schema import VERSIONS, validator
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read
from catalog.manifests.yaml_text import yaml_text
from catalog.metrics.validation import validate_to_serve


def said(expression: str, dialect: str = "ANSI_SQL") -> dict[str, Any]:
    return {"dialects": [{"dialect": dialect, "expression": expression}]}


def field(name: str, expression: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "expression": said(expression or name), **more}


SALES = {
    "name": "Sales",
    "source": "shop.public.sales",
    "primary_key": ["item_id", "ticket"],
    "ai_context": {"synonyms": ["receipts"]},
    "fields": [
        field("sold_on", datatype="Date", dimension={}),
        field("item_id", dimension={"is_time": False}),
        field("net", "price - rebate", datatype="Decimal"),
    ],
}
BUYERS = {
    "name": "buyers",
    "source": "shop.public.buyers",
    "primary_key": ["buyer_id"],
    "unique_keys": [["buyer_id"], ["email"]],
    "fields": [
        field("buyer_id", dimension={"is_time": False}),
        field("full_name", "first || ' ' || last", dimension={"is_time": False}),
        field("birth_year", datatype="Integer", dimension={"is_time": True}),
        field("seen_at", dimension={"is_time": True}),
    ],
}
RELATIONSHIPS = [
    {"name": name, "from": "Sales", "to": "buyers", "from_columns": [column], "to_columns": ["buyer_id"]}
    for name, column in (("sale_to_buyer", "buyer_id"), ("sale_to_payer", "payer_id"))
]


def imported(*metrics: dict[str, Any], version: str = "0.2.0.dev0", **more: Any) -> Manifest:
    model = {
        "name": "retail",
        "datasets": [SALES, BUYERS],
        "relationships": RELATIONSHIPS,
        "metrics": list(metrics),
        **more,
    }
    document = {"version": version, "semantic_model": [model]}
    return read([Document("retail.yaml", yaml_text(document).encode())])


def metric(name: str, expression: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "expression": said(expression), **more}


def model_named(manifest: Manifest, name: str) -> SemanticModel:
    return next(one for one in manifest.semantic.semantic_models if one.name == name)


def told(manifest: Manifest, code: str = "INTERCHANGE_LOSS") -> list[str]:
    return [one.message for one in manifest.findings if one.code == code]


def test_a_dataset_is_a_semantic_model_over_its_table() -> None:
    manifest = imported()
    sales, buyers = manifest.semantic.semantic_models
    assert (sales.relation, sales.default_agg_time_dimension) == ("shop.public.sales", "sold_on")
    assert sales.primary_entity == "sales"
    assert sales.governance.custom == {"aiContext": {"synonyms": ["receipts"]}}
    assert [(one.name, one.type, one.expr) for one in buyers.dimensions] == [
        ("buyer_id", DimensionType.CATEGORICAL, ""),
        ("full_name", DimensionType.CATEGORICAL, "first || ' ' || last"),
        ("birth_year", DimensionType.CATEGORICAL, ""),
        ("seen_at", DimensionType.TIME, ""),
    ]
    assert validate_to_serve(manifest.semantic) == ()


def test_relationships_become_entities_on_both_sides_and_a_second_one_its_own() -> None:
    manifest = imported()
    assert [(one.name, one.type, one.expr) for one in model_named(manifest, "sales").entities] == [
        ("buyers", EntityType.FOREIGN, "buyer_id"),
        ("sale_to_payer", EntityType.FOREIGN, "payer_id"),
    ]
    assert [(one.name, one.type, one.expr) for one in model_named(manifest, "buyers").entities] == [
        ("buyers", EntityType.PRIMARY, "buyer_id"),
        ("buyers_email", EntityType.UNIQUE, "email"),
        ("sale_to_payer", EntityType.UNIQUE, "buyer_id"),
    ]


def test_one_aggregate_is_a_simple_metric_and_the_same_one_has_one_measure() -> None:
    manifest = imported(
        metric("total sales", "SUM(Sales.net)", description="Sold."), metric("by_brand", "sum(net)")
    )
    total, brand = manifest.semantic.metrics
    assert (total.name, total.description, total.type) == ("total_sales", "Sold.", MetricType.SIMPLE)
    assert total.measure
    assert brand.measure
    assert total.measure.name == brand.measure.name == "total_sales"
    (measure,) = model_named(manifest, "sales").measures
    assert (measure.agg, measure.expr) == (Aggregation.SUM, "(price - rebate)")


def test_several_aggregates_are_a_derived_metric_over_their_parts() -> None:
    manifest = imported(
        metric("total", "SUM(Sales.net)"),
        metric("per_buyer", "SUM(Sales.net) / NULLIF(COUNT(DISTINCT buyers.buyer_id), 0)"),
    )
    names = {one.name: one for one in manifest.semantic.metrics}
    derived = names["per_buyer"]
    assert derived.type is MetricType.DERIVED
    assert derived.expr == "total / NULLIF(per_buyer_part_1, 0)"
    assert {one.name for one in derived.inputs} == {"total", "per_buyer_part_1"}
    assert model_named(manifest, "buyers").measures[0].agg is Aggregation.COUNT_DISTINCT
    assert "The metric per_buyer takes rows of several datasets; each is aggregated apart." in told(
        manifest, "INTERCHANGE_ASSUMED"
    )
    assert validate_to_serve(manifest.semantic) == ()


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("SUM((SELECT secret FROM keys))", "an aggregate holds another, a window or a query"),
        ("SUM(net) OVER ()", "SUM(net) OVER () stands outside an aggregate"),
        ("SUM(SUM(net))", "an aggregate holds another, a window or a query"),
        ("SUM(net); DROP TABLE sales", "no expression of it is read"),
        ("SUM(" * 300 + "net" + ")" * 300, "no expression of it is read"),
        ("this is ( no SQL", "no expression of it is read"),
        ("COUNT(*)", "COUNT(*) does not say of which dataset"),
        (
            "SUM(Sales.net * buyers.discount)",
            "an aggregate reads columns of one dataset, no more and no less",
        ),
        ("SUM(nowhere)", "nowhere is no field of a dataset that is read"),
        ("SUM(DISTINCT net)", "DISTINCT is read in a COUNT of one expression only"),
        ("net * 2", "net stands outside an aggregate"),
        ("pg_sleep(9) * SUM(net)", "PG_SLEEP(9) stands outside an aggregate"),
        ("1 + 1", "it aggregates nothing"),
        ("SUM(1)", "an aggregate reads columns of one dataset, no more and no less"),
    ],
)
def test_an_expression_that_cannot_be_taken_apart_is_left_out_with_its_reason(
    expression: str, reason: str
) -> None:
    manifest = imported(metric("odd", expression))
    assert manifest.semantic.metrics == ()
    (loss,) = [one for one in manifest.findings if "odd" in one.message]
    assert (loss.code, loss.level) == ("INTERCHANGE_LOSS", Level.WARNING)
    assert loss.message == f"The metric odd is left out: {reason}."
    assert loss.place.field == "/semantic_model/0/metrics/0"


def test_a_function_that_no_measure_may_call_is_refused_by_validation() -> None:
    manifest = imported(metric("leak", "MAX(read_text(Sales.net))"))
    assert "EXPRESSION_NOT_ALLOWED" in {one.code for one in validate_to_serve(manifest.semantic)}


PIECES = [
    "SUM(", "COUNT(", "DISTINCT ", "Sales.net", "net", "buyers.buyer_id", "*", ")", "(", "/", "+", "CASE WHEN ",
    " THEN ", " END", "1", "'x'", "SELECT ", " FROM t", " OVER ()", "NULLIF(", ",", "--", "/*", "[", "]", "{", "}",
    "::int", " AND ", " FILTER (WHERE net > 1)", "read_text('x')", "INTERVAL '1 day'", ";", "MEDIAN(net)", "€",
]  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_no_expression_breaks_the_reader(expression: str, in_a_field: bool) -> None:
    asked = {"datasets": [{**SALES, "fields": [field("net", expression or " ", dimension={})]}, BUYERS]}
    manifest = imported(
        metric("odd", "SUM(net)" if in_a_field else expression), **(asked if in_a_field else {})
    )
    findings = (*manifest.findings, *validate_to_serve(manifest.semantic))
    assert manifest.semantic.metrics or any("odd" in one.message for one in findings)


def test_what_has_no_place_in_a_semantic_model_is_told_with_its_place() -> None:
    odd = {
        **SALES,
        "name": "odd",
        "fields": [{"name": "cube", "expression": said("[x].[y]", "MDX"), "dimension": {}}],
    }
    view = {"name": "recent", "source": "SELECT * FROM sales"}
    together = {**RELATIONSHIPS[0], "name": "both", "from_columns": ["a", "b"], "to_columns": ["a", "b"]}
    gone = {**RELATIONSHIPS[0], "name": "gone", "to": "nobody"}
    manifest = imported(
        datasets=[odd, view, SALES, BUYERS],
        relationships=[together, gone],
        custom_extensions=[{"vendor_name": "SNOWFLAKE", "data": "{}"}],
    )
    assert told(manifest) == [
        "What SNOWFLAKE says of retail is not read.",
        "The field odd.cube is left out: no expression of it is read.",
        "The key of odd has several columns; nothing joins to it.",
        "The dataset recent is left out: its source is a query, and a semantic model reads a table.",
        "The key of Sales has several columns; nothing joins to it.",
        "The relationship both is left out: an entity is one expression, and this joins on several columns.",
        "The relationship gone is left out: a dataset is not there.",
    ]
    assert all(one.place.line for one in manifest.findings)


def test_what_the_document_leaves_open_is_told() -> None:
    assert told(imported(), "INTERCHANGE_ASSUMED") == [
        "The grain of Sales.sold_on is not told; it is taken as day.",
        "buyers.birth_year is Integer in the role of a time; it is taken as a category.",
        "The grain of buyers.seen_at is not told; it is taken as day.",
    ]


def test_a_version_that_does_not_exist_is_refused_at_its_place() -> None:
    manifest = imported(version="1.0")
    (finding,) = manifest.findings
    assert (finding.code, finding.place.field, finding.place.line) == ("SCHEMA_VIOLATED", "/version", 1)


def test_an_unknown_field_is_refused_as_the_standard_has_it() -> None:
    manifest = imported(owner="ann")
    assert [one.code for one in manifest.findings] == ["SCHEMA_VIOLATED"]
    assert manifest.semantic.metrics == ()


def test_a_document_with_data_types_is_no_0_1_1() -> None:
    faults = imported(version="0.1.1").findings
    assert {one.message for one in faults} == {"The field `datatype` is unknown."}


def test_a_document_of_metricflow_with_one_semantic_model_is_none_of_ossies() -> None:
    text = b"semantic_model: {name: orders, model: orders}\n"
    assert [one.name for one in read([Document("m.yaml", text)]).semantic.semantic_models] == ["orders"]


@pytest.mark.parametrize("version", VERSIONS[DocumentKind.OSSIE])
def test_the_schemas_know_the_dialects_of_their_version(version: str) -> None:
    def valid(dialect: str) -> bool:
        table = {"name": "t", "source": "t", "fields": [{"name": "f", "expression": said("f", dialect)}]}
        document = {"version": version, "semantic_model": [{"name": "m", "datasets": [table]}]}
        return validator(DocumentKind.OSSIE, version).is_valid(document)

    assert valid("SNOWFLAKE")
    assert not valid("ORACLE")
    assert valid("BIGQUERY") is (version != "0.1.1")


def test_metrics_keep_their_context_for_ai() -> None:
    (one,) = imported(metric("total", "SUM(Sales.net)", ai_context="Ask me.")).semantic.metrics
    assert isinstance(one, Metric)
    assert one.governance.custom == {"aiContext": "Ask me."}
