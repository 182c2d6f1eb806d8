"""Metrics go out as Ossie documents that are true for other tools, and come back as they were."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from unit.manifests.semantic_examples import MANIFESTS, WITHOUT_MEASURES, bare, read_again

from catalog.domain.document import Document, DocumentKind
from catalog.domain.errors import Refused, UsageError
from catalog.domain.finding import Level
from catalog.domain.metric import SemanticManifest
from catalog.manifests.digest import digest_of
from catalog.manifests.folder import read_folder
from catalog.manifests.json_schema import VERSIONS, validator
from catalog.manifests.read import read
from catalog.manifests.yaml_text import yaml_text
from catalog.metrics.compile import compile_query
from catalog.metrics.definition import definition_of
from catalog.metrics.ossie_export import ossie_document
from catalog.metrics.query import MetricQuery
from catalog.metrics.read import read_semantic_manifest

ROOT = Path(__file__).resolve().parents[3]
BOTH = tuple(VERSIONS[DocumentKind.OSSIE])
STAR: dict[str, Any] = {
    "semantic_models": [
        {
            "name": "orders",
            "model": "shop.orders",
            "defaults": {"agg_time_dimension": "ordered_at"},
            "entities": [
                {"name": "order", "type": "primary", "expr": "id"},
                {"name": "customer", "type": "foreign", "expr": "customer_id"},
            ],
            "dimensions": [
                {"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}},
                {"name": "status", "type": "categorical"},
            ],
            "measures": [
                {"name": "amount", "agg": "sum"},
                {"name": "paid", "agg": "sum_boolean", "expr": "status = 'paid'"},
                {"name": "orders", "agg": "count", "expr": "id"},
                {"name": "stock", "agg": "sum", "non_additive_dimension": {"name": "ordered_at"}},
            ],
        },
        {
            "name": "customers",
            "model": "shop.customers",
            "entities": [{"name": "customer", "type": "primary", "expr": "id"}],
            "dimensions": [
                {"name": "country", "type": "categorical"},
                {"name": "age", "type": "categorical"},
            ],
        },
    ],
}


def star(*metrics: dict[str, Any], **more: Any) -> SemanticManifest:
    return read_semantic_manifest({**STAR, "metrics": list(metrics), **more})


def simple(name: str, measure: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "simple", "type_params": {"measure": measure}, **more}


def model_of(document: Any) -> dict[str, Any]:
    (model,) = document["semantic_model"]
    return dict(model)


def ansi(manifest: SemanticManifest, name: str) -> str:
    metrics = model_of(ossie_document(manifest).document)["metrics"]
    (found,) = [one for one in metrics if one["name"] == name]
    return str(found["expression"]["dialects"][0]["expression"])


def reason(manifest: SemanticManifest) -> str:
    """Why the one metric is not seen by others."""
    exported = ossie_document(manifest)
    assert "metrics" not in model_of(exported.document)
    (finding,) = [one for one in exported.findings if "metric " in one.message]
    assert (finding.code, finding.level) == ("INTERCHANGE_LOSS", Level.WARNING)
    return finding.message


def assert_round_trip(manifest: SemanticManifest, version: str) -> None:
    document = ossie_document(manifest, version=version).document
    assert list(validator(DocumentKind.OSSIE, version).iter_errors(document)) == []
    again = read_again(yaml_text(document))
    assert bare(again) == bare(manifest)
    for before, after in zip(manifest.metrics, again.metrics, strict=True):
        definitions = [definition_of(before, manifest), definition_of(after, again)]
        assert digest_of(definitions[0]) == digest_of(definitions[1])


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(MANIFESTS)
@pytest.mark.parametrize("version", BOTH)
def test_any_manifest_goes_out_valid_and_comes_back_as_it_was(
    version: str, manifest: SemanticManifest
) -> None:
    assert_round_trip(manifest, version)


@pytest.mark.fixtures
@pytest.mark.parametrize("version", BOTH)
def test_every_authored_manifest_goes_out_valid_and_comes_back(fixtures_folder: Path, version: str) -> None:
    documents = read_folder(fixtures_folder / "metricflow" / "manifests")
    assert len(documents) == 13
    for document in documents:
        assert_round_trip(read([document]).semantic, version)


@pytest.mark.parametrize("version", BOTH)
def test_metrics_that_aggregate_by_themselves_come_back_as_such(version: str) -> None:
    assert_round_trip(read_again(WITHOUT_MEASURES), version)


@pytest.mark.parametrize("domain", ["finance", "marketing", "operations", "sales"])
def test_the_metrics_of_each_demo_domain_come_back_with_their_governance(domain: str) -> None:
    manifest = read(read_folder(ROOT / "examples" / "mesh" / domain)).semantic
    assert all(one.governance.owner for one in manifest.metrics)
    for version in BOTH:
        assert_round_trip(manifest, version)


def test_metrics_of_one_name_in_two_domains_come_back_both() -> None:
    whole = read(read_folder(ROOT / "examples" / "mesh")).semantic
    again = read([Document("o.yaml", yaml_text(ossie_document(whole).document).encode())]).semantic
    assert bare(again) == bare(whole)


@pytest.mark.fixtures
def test_what_other_tools_compute_from_the_expression_is_our_number(fixtures_folder: Path) -> None:
    """Each exported metric, read as a tool that knows nothing but the standard would, against our own query."""
    path = fixtures_folder / "metricflow" / "manifests" / "simple_manifest.authored.yaml"
    manifest = read([Document(path.name, path.read_bytes())]).semantic
    model = model_of(ossie_document(manifest).document)
    estimated = {one.name for one in manifest.metrics if "approximate" in one.name}
    compared = 0
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute("CREATE SCHEMA mf")
        for file in sorted((fixtures_folder / "metricflow" / "tables").glob("*.parquet")):
            database.execute(f"CREATE TABLE mf.{file.stem} AS FROM read_parquet('{file}')")
        for metric in model["metrics"]:
            if metric["name"] not in estimated:
                ours = compile_query(manifest, MetricQuery(metrics=(metric["name"],))).sql
                theirs = naive_sql(metric, model)
                assert rounded(database, ours) == rounded(database, theirs), theirs
                compared += 1
    assert compared == 50


def rounded(database: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return [
        None if one is None else round(float(one), 6)
        for row in database.execute(sql).fetchall()
        for one in row
    ]


def naive_sql(metric: dict[str, Any], model: dict[str, Any]) -> str:
    """One SELECT over the datasets that the expression names, joined by the declared relationships."""
    expression = metric["expression"]["dialects"][0]["expression"]
    datasets = {one["name"]: one for one in model["datasets"]}
    named = [name for name in datasets if f"{name}." in expression]
    starts = [
        start for start in named if all(other == start or joins(model, start, other) for other in named)
    ]
    sql = f"SELECT {expression} FROM {rows(datasets[starts[0]])}"
    for other in named:
        if other != starts[0]:
            (join,) = joins(model, starts[0], other)
            left, right = join["from_columns"][0], join["to_columns"][0]
            sql += f" LEFT JOIN {rows(datasets[other])} ON {starts[0]}.{left} = {other}.{right}"
    return sql


def joins(model: dict[str, Any], start: str, other: str) -> list[dict[str, Any]]:
    return [one for one in model["relationships"] if (one["from"], one["to"]) == (start, other)]


def rows(dataset: dict[str, Any]) -> str:
    fields = ", ".join(
        f"{one['expression']['dialects'][0]['expression']} AS {one['name']}" for one in dataset["fields"]
    )
    return f"(SELECT {fields} FROM {dataset['source']}) AS {dataset['name']}"


def test_keys_are_named_as_their_columns_and_foreign_ones_lead_to_primary_ones() -> None:
    model = model_of(ossie_document(star()).document)
    orders, customers = model["datasets"]
    assert (orders["source"], orders["primary_key"], customers["primary_key"]) == (
        "shop.orders",
        ["id"],
        ["id"],
    )
    assert model["relationships"] == [
        {
            "name": "orders__customer__customers",
            "from": "orders",
            "to": "customers",
            "from_columns": ["customer_id"],
            "to_columns": ["id"],
        }
    ]
    assert [(one["name"], one.get("dimension")) for one in orders["fields"]] == [
        ("ordered_at", {"is_time": True}),
        ("status", {"is_time": False}),
        ("id", None),
        ("customer_id", None),
        ("amount", None),
        ("paid", None),
        ("stock", None),
    ]


def test_filters_of_the_dataset_and_of_one_it_joins_to_are_conditions_in_the_aggregate() -> None:
    filtered = simple(
        "big",
        {"name": "amount", "filter": "{{ Dimension('order__status') }} = 'paid'"},
        filter="{{ Dimension('customer__country') }} IN ('DE', 'FR')",
    )
    assert ansi(star(filtered), "big") == (
        "SUM(CASE WHEN customers.country IN ('DE', 'FR') AND orders.status = 'paid' THEN orders.amount END)"
    )


def test_a_ratio_is_a_quotient_that_never_cuts_and_is_null_over_zero() -> None:
    share = {"name": "share", "type": "ratio", "type_params": {"numerator": "paid", "denominator": "n"}}
    manifest = star(simple("paid", "paid"), simple("n", "orders"), share)
    assert ansi(manifest, "share") == (
        "CAST(SUM(CASE WHEN orders.paid THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / NULLIF(COUNT(orders.id), 0)"
    )
    metrics = model_of(ossie_document(manifest).document)["metrics"]
    dialects = [one["dialect"] for one in metrics[2]["expression"]["dialects"]]
    assert dialects == ["ANSI_SQL", "SNOWFLAKE", "DATABRICKS", "BIGQUERY"]
    older = model_of(ossie_document(manifest, version="0.1.1").document)["metrics"]
    assert [one["dialect"] for one in older[2]["expression"]["dialects"]] == dialects[:3]


def test_an_authored_quotient_is_written_in_the_same_meaning() -> None:
    derived = {
        "name": "mean",
        "type": "derived",
        "type_params": {"expr": "sum_ / n", "metrics": [{"name": "total", "alias": "sum_"}, "n"]},
    }
    manifest = star(simple("total", "amount"), simple("n", "orders"), derived)
    assert ansi(manifest, "mean") == (
        "CAST(SUM(orders.amount) AS DOUBLE PRECISION) / NULLIF(COUNT(orders.id), 0)"
    )


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        (simple("stock", "stock"), "the measure stock may not be added up over time"),
        (
            simple("gapless", {"name": "amount", "join_to_timespine": True}),
            "gapless has values for moments without rows",
        ),
        (
            {"name": "so_far", "type": "cumulative", "type_params": {"measure": "amount"}},
            "so_far is a cumulative metric",
        ),
        (
            simple("lately", "amount", filter="{{ TimeDimension('metric_time', 'day') }} > '2026-01-01'"),
            "a filter looks at metric_time__day",
        ),
        (
            simple("since", "amount", filter="{{ Dimension('order__ordered_at') }} > '2026-01-01'"),
            "a filter looks at the time order__ordered_at",
        ),
        (
            simple("lost", "amount", filter="{{ Dimension('store__city') }} = 'Bonn'"),
            "a filter looks at store__city, to which no single join leads",
        ),
    ],
)
def test_a_metric_that_no_expression_means_is_not_shown_to_other_tools(
    metric: dict[str, Any], told: str
) -> None:
    assert reason(star(metric)) == f"Other tools do not see the metric {metric['name']}: {told}."


def test_metrics_over_the_rows_of_two_datasets_are_not_one_expression() -> None:
    people = {
        **STAR["semantic_models"][1],
        "name": "people",
        "defaults": {"agg_time_dimension": "joined"},
        "dimensions": [{"name": "joined", "type": "time", "type_params": {"time_granularity": "day"}}],
        "measures": [{"name": "heads", "agg": "count", "expr": "id"}],
    }
    ratio = {"name": "each", "type": "ratio", "type_params": {"numerator": "total", "denominator": "heads"}}
    manifest = star(
        simple("total", "amount"),
        simple("heads", "heads"),
        ratio,
        semantic_models=[*STAR["semantic_models"], people],
    )
    told = [one.message for one in ossie_document(manifest).findings]
    assert told == ["Other tools do not see the metric each: it counts rows of orders and people apart."]


def test_governance_travels_in_our_extension_as_json() -> None:
    manifest = star(
        simple("total", "amount", config={"meta": {"owner": "ann", "tier": "north_star"}}, label="T")
    )
    exported = ossie_document(manifest)
    (metric,) = model_of(exported.document)["metrics"]
    (extension,) = metric["custom_extensions"]
    content = json.loads(extension["data"])["content"]
    assert extension["vendor_name"] == "CONCORD"
    assert content["metrics"][0]["config"]["meta"] == {"owner": "ann", "tier": "north_star"}
    assert metric["ai_context"] == {"synonyms": ["T"]}
    assert [one.message for one in exported.findings] == [
        "Other tools do not see the governance facts owner, tier."
    ]


def changed(part: str) -> tuple[Any, dict[str, Any]]:
    """A document to change, and its first item of that part."""
    document = json.loads(json.dumps(ossie_document(star(simple("total", "amount"))).document))
    return document, model_of(document)[part][0]


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("metrics", "expression", {"dialects": [{"dialect": "ANSI_SQL", "expression": "SUM(orders.id)"}]}),
        ("datasets", "source", "other.orders"),
        ("relationships", "to_columns", ["other"]),
    ],
)
def test_a_part_that_another_tool_changed_is_refused_and_not_half_believed(
    part: str, key: str, value: Any
) -> None:
    document, item = changed(part)
    item[key] = value
    found = read([Document("o.yaml", json.dumps(document).encode())])
    assert "INTERCHANGE_STALE" in {one.code for one in found.findings if one.blocks}
    assert found.semantic.metrics == ()


def test_without_our_extension_the_standard_part_counts() -> None:
    document, item = changed("metrics")
    item["expression"]["dialects"][0]["expression"] = "MAX(orders.amount)"
    del item["custom_extensions"]
    found = read([Document("o.yaml", json.dumps(document).encode())])
    assert not [one for one in found.findings if one.blocks]
    assert "total" in {one.name for one in found.semantic.semantic_models[0].measures}


@pytest.mark.parametrize(
    "data", ["no JSON {", "[" * 500, '{"content": {"metrics": [{"name": "x y"}]}, "standard": ""}', "{}"]
)
def test_an_extension_that_cannot_be_read_is_refused(data: str) -> None:
    document, item = changed("metrics")
    item["custom_extensions"][0]["data"] = data
    found = read([Document("o.yaml", json.dumps(document).encode())])
    assert "INTERCHANGE_STALE" in {one.code for one in found.findings if one.blocks}


def test_a_metric_that_another_tool_took_out_is_told() -> None:
    document, _ = changed("metrics")
    document["semantic_model"][0]["metrics"] = []
    found = read([Document("o.yaml", json.dumps(document).encode())])
    assert [one.message for one in found.findings] == ["The metric total is no longer in the document."]


def test_metrics_alone_make_no_ossie_document() -> None:
    manifest = read_semantic_manifest({"metrics": [simple("total", "amount")]})
    with pytest.raises(Refused) as refused:
        ossie_document(manifest)
    assert [one.code for one in refused.value.findings] == ["INTERCHANGE_LOSS"]


def test_a_version_that_is_not_written_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        ossie_document(star(), version="1.0")
