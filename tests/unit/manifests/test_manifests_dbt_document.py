"""A manifest is written as dbt YAML and read again as the same manifest."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.manifests.semantic_examples import MANIFESTS, PLAIN, TEXTS, WITHOUT_MEASURES, bare, read_again

from catalog.domain.document import Document
from catalog.domain.metric import Metric, MetricInput, SavedQuery, SemanticManifest
from catalog.domain.semantic_model import Dimension, Entity, Measure, SemanticModel, TimeSpine
from catalog.manifests.dbt_document import dbt_document
from catalog.manifests.folder import read_folder
from catalog.manifests.loader import read_yaml
from catalog.manifests.read import read
from catalog.manifests.yaml_text import yaml_text

ROOT = Path(__file__).resolve().parents[3]


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(MANIFESTS)
def test_any_manifest_that_is_written_is_read_as_the_same(manifest: SemanticManifest) -> None:
    assert bare(read_again(yaml_text(dbt_document(manifest)))) == bare(manifest)


@pytest.mark.fixtures
def test_every_authored_manifest_comes_back_from_its_written_form(fixtures_folder: Path) -> None:
    documents = read_folder(fixtures_folder / "metricflow" / "manifests")
    assert len(documents) == 13
    for document in documents:
        manifest = read([document]).semantic
        assert bare(read_again(yaml_text(dbt_document(manifest)))) == bare(manifest), document.path


def test_metrics_that_aggregate_by_themselves_are_written_as_such() -> None:
    manifest = read_again(WITHOUT_MEASURES)
    written = dbt_document(manifest)
    assert bare(read_again(yaml_text(written))) == bare(manifest)
    by_name = {one["name"]: one["type_params"] for one in written["metrics"]}
    assert "measures" not in written["semantic_models"][0]
    assert by_name["revenue"]["metric_aggregation_params"] == {"semantic_model": "orders", "agg": "sum"}
    assert by_name["so_far"] == {"cumulative_type_params": {"window": "7 days", "metric": "revenue"}}
    assert by_name["bought"]["conversion_type_params"]["base_metric"] == {"name": "visits", "alias": "v"}


def test_the_same_manifest_is_written_in_the_same_bytes() -> None:
    manifest = read(read_folder(ROOT / "examples" / "mesh" / "sales")).semantic
    once = yaml_text(dbt_document(manifest))
    assert yaml_text(dbt_document(read_again(once))) == once


def test_no_field_of_a_definition_is_forgotten_by_the_writer() -> None:
    known = {
        SemanticManifest: "semantic_models metrics time_spines saved_queries",
        SemanticModel: "name relation description default_agg_time_dimension primary_entity entities dimensions"
        " measures governance label place",
        Entity: "name type expr role label place",
        Dimension: "name type expr description is_partition granularity validity_start validity_end label"
        " granularity_declared in_validity_window place",
        Measure: "name agg expr description agg_time_dimension agg_params non_additive_dimension create_metric"
        " label metric approximate place",
        Metric: "name type description label measure numerator denominator inputs expr filters time_granularity"
        " params governance hidden place",
        MetricInput: "name filters alias fill_nulls_with join_to_timespine offset_window offset_to_grain place",
        TimeSpine: "name relation column granularity custom_granularities governance place",
        SavedQuery: "name description metrics group_by where order_by limit exports place",
    }
    for kind, names in known.items():
        assert [one.name for one in fields(kind)] == names.split(), f"write the new field of {kind.__name__}"


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(TEXTS, PLAIN, max_size=4))
def test_yaml_text_is_read_back_as_the_same_values(value: dict[str, Any]) -> None:
    document, findings = read_yaml(Document("x.yaml", yaml_text(value).encode()))
    assert findings == ()
    assert document is not None
    assert document.value == value
