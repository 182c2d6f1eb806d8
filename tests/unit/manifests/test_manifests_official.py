"""Official documents are read with their known verdicts; our schemas judge as the official ones do."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from catalog.domain.document import Document, DocumentKind
from catalog.domain.finding import Level
from catalog.manifests.folder import read_folder
from catalog.manifests.json_schema import VERSIONS, validator
from catalog.manifests.loader import read_yaml
from catalog.manifests.read import read

pytestmark = pytest.mark.fixtures

VALID_ONLY_AS_NEWEST = {
    "data-types/all-data-types.odcs.yaml",
    "quality/column-completeness.odcs.yaml",
    "stakeholders/basic-four-dpo.odcs.yaml",
}


def test_every_official_contract_is_read_with_its_known_verdict(fixtures_folder: Path) -> None:
    documents = read_folder(fixtures_folder / "odcs" / "examples")
    assert len(documents) == 18
    for document in documents:
        manifest = read([document])
        codes = [(finding.code, finding.level) for finding in manifest.findings]
        newest = document.path in VALID_ONLY_AS_NEWEST
        assert codes == [("SCHEMA_VERSION", Level.WARNING)] * newest, document.path
        assert len(manifest.contracts) == 1


def test_the_full_example_keeps_what_it_says(fixtures_folder: Path) -> None:
    path = fixtures_folder / "odcs" / "examples" / "all" / "full-example.odcs.yaml"
    (contract,) = read([Document("full.yaml", path.read_bytes())]).contracts
    table = contract.schema[0]
    rule = next(rule for column in table.properties for rule in column.quality)
    assert (rule.type, rule.metric, rule.operators, rule.severity) == (
        "library",
        "nullValues",
        {"mustBe": 0},
        "error",
    )
    assert table.quality[0].operators == {"mustBeGreaterThan": 1000000}
    assert rule.place.line == 136
    assert contract.team
    assert contract.sla


def test_both_official_products_are_read(fixtures_folder: Path) -> None:
    manifest = read(read_folder(fixtures_folder / "odps" / "docs" / "examples"))
    assert len(manifest.products) == 2
    assert not [finding for finding in manifest.findings if finding.blocks]
    customer, simple = manifest.products
    assert [port.name for port in customer.output_ports][:2] == ["rawtransactions", "rawtransactions"]
    assert len(customer.output_ports[1].input_contracts) == 2
    assert [member.role for member in customer.team] == ["owner", "data steward"]
    assert simple.output_ports[0].contract_id
    (version,) = [one for one in manifest.findings if one.code == "SCHEMA_VERSION"]
    assert version.message == "The document declares v0.9.0 but is valid only as v1.0.0."


def test_every_authored_semantic_manifest_is_read(fixtures_folder: Path) -> None:
    documents = read_folder(fixtures_folder / "metricflow" / "manifests")
    assert len(documents) == 13
    for document in documents:
        manifest = read([document])
        assert manifest.findings == (), document.path
        authored = [
            part for part in manifest.values[document.path] if "metric" in part or "semantic_model" in part
        ]
        created = sum(
            one.create_metric for model in manifest.semantic.semantic_models for one in model.measures
        )
        read_parts = len(manifest.semantic.metrics) + len(manifest.semantic.semantic_models)
        assert len(authored) <= read_parts <= len(authored) + created


def official(fixtures: Path, kind: DocumentKind, version: str) -> jsonschema_rs.Validator:
    name = kind.value
    path = fixtures / name / "schema" / f"{name}-json-schema-{version}.json"
    return jsonschema_rs.validator_for(json.loads(path.read_text()))


def examples(fixtures: Path, kind: DocumentKind) -> list[Any]:
    folder = (
        fixtures / "odcs" / "examples" if kind is DocumentKind.DATA_CONTRACT else fixtures / "odps" / "docs"
    )
    values = []
    for document in read_folder(folder):
        found, _ = read_yaml(document)
        assert found is not None
        values.append(found.value)
    return values


BOTH = [
    (kind, version)
    for kind in (DocumentKind.DATA_CONTRACT, DocumentKind.DATA_PRODUCT)
    for version in VERSIONS[kind]
]


@pytest.mark.parametrize(("kind", "version"), BOTH)
def test_our_schema_judges_as_the_official_one_does(
    fixtures_folder: Path, kind: DocumentKind, version: str
) -> None:
    theirs, ours = official(fixtures_folder, kind, version), validator(kind, version)
    chance = random.Random(20261121)
    verdicts = set()
    values = examples(fixtures_folder, kind)
    names = sorted(set(words(values)) | set(words(VOCABULARY)))
    for value in values:
        for changed in (value, *(mutated(value, names, chance) for _ in range(400 // len(values) + 20))):
            declared = {"apiVersion": version} if chance.random() < 0.7 else {}
            verdict = theirs.is_valid(changed | declared)
            verdicts.add(verdict)
            assert ours.is_valid(changed | declared) == verdict, [
                str(fault) for fault in (ours if verdict else theirs).iter_errors(changed | declared)
            ]
    assert verdicts == {True, False}


def words(value: Any) -> Iterator[str]:
    for path in paths(value):
        if path and isinstance(path[-1], str):
            yield path[-1]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from paths(child, (*path, key))


def mutated(value: Any, names: list[str], chance: random.Random) -> Any:
    """A copy with one to three places removed, replaced or added to."""
    value = copy.deepcopy(value)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        *parents, last = chance.choice([path for path in paths(value) if path])
        parent = value
        for key in parents:
            parent = parent[key]
        step = chance.choice(["remove", "replace", "add"])
        if step == "replace":
            parent[last] = copy.deepcopy(chance.choice(VOCABULARY))
        elif step == "add" and isinstance(parent[last], dict):
            parent[last][chance.choice(names)] = copy.deepcopy(chance.choice(VOCABULARY))
        elif step == "add" and isinstance(parent, dict):
            parent[chance.choice(names)] = copy.deepcopy(chance.choice(VOCABULARY))
        else:
            del parent[last]
    return value


VOCABULARY: list[Any] = [
    "x",
    "a.b",
    "a b",
    "library",
    "sql",
    "custom",
    "text",
    "string",
    "array",
    "object",
    "map",
    "vector",
    "timestamp",
    "postgres",
    "kafka",
    "nullValues",
    "v3.1.0",
    5,
    1.5,
    -1,
    True,
    None,
    [],
    {},
    ["x"],
    [1, 2],
    [1, 1],
    [{}],
    {"name": "n"},
    {"logicalType": "string"},
    {"minLength": 1},
    {"maximum": "x"},
    {"exclusiveMaximum": True},
    {"dimensions": 3},
    {"key": {"logicalType": "string"}, "value": {"logicalType": "string"}},
    {"instructions": "i", "constraints": [{"constraint": "c"}]},
    {"members": [{"username": "u"}]},
    [{"username": "u"}],
    [{"name": "n", "logicalType": "string", "semanticType": "measure"}],
    [{"name": "n", "logicalType": "string", "classification": "pii", "examples": [1]}],
    [{"to": "a.b"}],
    [{"from": ["a.b"], "to": ["c.d"]}],
    [{"from": ["a.b"], "to": "c.d"}],
    [{"property": "p", "value": 1, "vendor": "v"}],
    [{"property": "p", "value": 1}],
    [{"value": "v", "label": "l"}],
    [{"metric": "nullValues", "mustBe": 0}],
    [{"metric": "rowCount", "mustBe": 0, "mustNotBe": 1}],
    [{"rule": "x", "mustBeGreaterThan": "y"}],
    [{"type": "sql", "query": "q", "mustBeBetween": [1, 2]}],
    [{"type": "custom", "engine": "e", "implementation": {}}],
    [{"type": "text", "description": "d", "mustBe": 1}],
    [{"server": "s", "type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s"}],
    [{"server": "s", "type": "local", "path": "p", "format": "f", "encoding": "e"}],
    [{"server": "s", "type": "iceberg", "catalog": "c", "catalogUrl": "u"}],
    [{"server": "s", "type": "sftp", "location": "x"}],
    [{"channel": "c"}],
    [{"url": "u", "type": "t", "description": "d"}],
    [{"synonym": "s"}],
]
