"""Reading documents together: kinds, cross-checks, values, and nothing that raises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.document import Document
from catalog.domain.finding import Level
from catalog.manifests.manifest import Manifest
from catalog.manifests.read import read

CONTRACT = "apiVersion: v3.1.0\nkind: DataContract\nid: c-1\nversion: 1.0.0\nstatus: active\n"
PRODUCT = (
    "apiVersion: v1.0.0\nkind: DataProduct\nid: p-1\nname: orders\ndomain: sales\nstatus: active\n"
    "outputPorts:\n- {name: orders, version: 1.0.0, contractId: c-1}\n"
)
METRIC = (
    "metrics:\n- {name: gmv, type: simple, type_params: {measure: gmv}, config: {meta: {domain: sales}}}\n"
)


def manifest(**texts: str) -> Manifest:
    return read(Document(f"{name}.yaml", text.encode()) for name, text in texts.items())


def codes(found: Manifest) -> list[tuple[str, str]]:
    return [(finding.place.file, finding.code) for finding in found.findings]


def test_each_document_is_read_by_its_kind() -> None:
    found = manifest(a=CONTRACT, b=PRODUCT, c=METRIC)
    assert found.findings == ()
    assert [one.id for one in found.contracts] == ["c-1"]
    assert [one.id for one in found.products] == ["p-1"]
    assert [one.name for one in found.semantic.metrics] == ["gmv"]
    assert [one.path for one in found.documents] == ["a.yaml", "b.yaml", "c.yaml"]
    assert found.values["a.yaml"]["id"] == "c-1"
    assert set(found.values) == {"a.yaml", "b.yaml", "c.yaml"}


def test_values_of_a_semantic_file_with_several_documents_are_a_list() -> None:
    found = manifest(a=f"{METRIC}---\nsaved_queries: []\n")
    assert [list(value) for value in found.values["a.yaml"]] == [["metrics"], ["saved_queries"]]


def test_values_hold_text_where_the_standard_wants_text() -> None:
    found = manifest(a=CONTRACT.replace("1.0.0", "1.10"))
    assert found.values["a.yaml"]["version"] == "1.10"
    assert codes(found) == [("a.yaml", "TEXT_UNQUOTED")]


def test_empty_parts_between_markers_do_not_count() -> None:
    assert codes(manifest(a=f"---\n---\n{CONTRACT}---\n", c=f"---\n{METRIC}---\n")) == []
    assert codes(manifest(a="---\n---\n")) == [("a.yaml", "DOCUMENT_KIND_UNKNOWN")]


def test_no_documents_are_an_empty_manifest() -> None:
    assert read([]) == Manifest()


def test_several_documents_in_one_file_are_for_semantic_files_only() -> None:
    assert codes(manifest(a=f"{CONTRACT}---\n{PRODUCT}")) == [("a.yaml", "YAML_DOCUMENT_COUNT")]
    assert codes(manifest(a=f"{METRIC}---\n{PRODUCT}")) == [("a.yaml", "YAML_DOCUMENT_COUNT")]


@pytest.mark.parametrize(
    ("text", "level", "hint"),
    [
        ("kind: DataContrct\nid: 1\n", Level.ERROR, "Did you mean DataContract?"),
        ("metrcs: []\n", Level.ERROR, "Did you mean metrics?"),
        ("apiVersion: v1\nitems: []\n", Level.ERROR, ""),
        ("kind: [DataContract]\n", Level.ERROR, ""),
        ("kind:\n", Level.ERROR, ""),
        ("services: {db: {image: x}}\n", Level.WARNING, ""),
        ("just text\n", Level.WARNING, ""),
        ("- list\n", Level.WARNING, ""),
    ],
)
def test_a_document_of_no_known_kind_is_told_of(text: str, level: Level, hint: str) -> None:
    (finding,) = manifest(a=text).findings
    assert (finding.code, finding.level, finding.place.line) == ("DOCUMENT_KIND_UNKNOWN", level, 1)
    assert finding.message.endswith(hint or "metrics.")


@pytest.mark.parametrize("field", ["schema", "servers", "slaProperties", "inputPorts", "outputPorts"])
def test_a_forgotten_kind_is_a_missing_field(field: str) -> None:
    findings = manifest(a=f"apiVersion: v1.0.0\nid: x\n{field}: []\n").findings
    assert "The field `kind` is missing." in [finding.message for finding in findings]


def test_a_contract_that_is_not_here_is_warned_of_at_the_port() -> None:
    (finding,) = manifest(b=PRODUCT).findings
    assert (finding.code, finding.level, finding.place.line) == ("CONTRACT_MISSING", Level.WARNING, 8)


def test_a_refused_contract_is_not_missing() -> None:
    found = manifest(a=CONTRACT + "staus: x\n", b=PRODUCT)
    assert codes(found) == [("a.yaml", "SCHEMA_VIOLATED")]
    assert found.contracts == ()


def test_a_port_without_a_contract_misses_none() -> None:
    assert codes(manifest(b=PRODUCT.replace(", contractId: c-1", ""))) == []


def test_names_given_twice_are_refused_at_the_second() -> None:
    found = manifest(a=CONTRACT, b=CONTRACT, c=PRODUCT, d=PRODUCT.replace("p-1", "p-2"), e=METRIC, f=METRIC)
    assert codes(found) == [(name, "DUPLICATE_NAME") for name in ("d.yaml", "b.yaml", "f.yaml")]
    assert "c.yaml:1:1" in found.findings[0].message
    assert codes(manifest(c=PRODUCT, d=PRODUCT.replace("name: orders\n", "name: o2\n"), a=CONTRACT)) == [
        ("d.yaml", "DUPLICATE_NAME")
    ]


def test_the_same_metric_name_in_two_domains_is_no_duplicate() -> None:
    assert codes(manifest(e=METRIC, f=METRIC.replace("domain: sales", "domain: finance"))) == []


def test_one_bad_document_does_not_hide_the_others() -> None:
    found = manifest(a="a: [", b=CONTRACT, c="a: 1\na: 2\n")
    assert [one.id for one in found.contracts] == ["c-1"]
    assert codes(found) == [("a.yaml", "YAML_SYNTAX"), ("c.yaml", "YAML_DUPLICATE_KEY")]


@given(
    st.lists(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode(errors="replace")))
)
def test_no_documents_raise_anything(contents: list[bytes]) -> None:
    found = read(Document(f"{index}.yaml", data) for index, data in enumerate(contents))
    assert len(found.documents) == len(contents)


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(-2, 2)
    | st.sampled_from(["x", "v3.1.0", "simple"])
)
# fmt: off
FIELDS = [
    "apiVersion", "id", "version", "status", "name", "schema", "properties", "items", "logicalType",
    "quality", "metric", "mustBe", "servers", "server", "type", "team", "members", "username",
    "customProperties", "property", "value", "outputPorts", "contractId", "inputContracts", "tags", "enum",
    "relationships", "to", "description", "metrics", "semantic_models", "semantic_model", "type_params",
    "measure", "measures", "agg", "filter", "numerator", "dimensions", "entities", "config", "meta",
    "model", "node_relation", "alias", "support", "roles",
]
# fmt: on
shapes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=25,
)


@given(
    st.dictionaries(st.sampled_from(FIELDS), shapes, max_size=8),
    st.sampled_from([{}, {"kind": "DataContract"}, {"kind": "DataProduct"}, {"metrics": [{}]}, {"kind": 1}]),
)
def test_no_shape_of_known_fields_raises_anything(fields: dict[str, Any], kind: dict[str, Any]) -> None:
    found = read([Document("a.yaml", json.dumps({**fields, **kind}).encode())])
    assert all(finding.place.file == "a.yaml" for finding in found.findings)
