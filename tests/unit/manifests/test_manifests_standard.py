"""Documents are held against the version they declare, then the newest; faults have words and places."""

import pytest

from catalog.domain.document import Document, DocumentKind
from catalog.domain.finding import Finding, Level
from catalog.manifests.json_schema import VERSIONS, merged, schema
from catalog.manifests.loader import read_yaml
from catalog.manifests.standard import check
from catalog.manifests.yaml_document import YamlDocument

CONTRACT = "apiVersion: v3.1.0\nkind: DataContract\nid: orders\nversion: 1.0.0\nstatus: active\n"
PRODUCT = "apiVersion: v1.0.0\nkind: DataProduct\nid: orders\nstatus: active\n"
METRIC = "metrics:\n- name: gmv\n  type: simple\n  type_params: {measure: gmv}\n"


def loaded(text: str) -> YamlDocument:
    found, findings = read_yaml(Document("a.yaml", text.encode()))
    assert findings == ()
    assert found is not None
    return found


def faults(text: str, kind: DocumentKind = DocumentKind.DATA_CONTRACT) -> tuple[Finding, ...]:
    return check(loaded(text), kind)


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONTRACT, DocumentKind.DATA_CONTRACT),
        (PRODUCT, DocumentKind.DATA_PRODUCT),
        (METRIC, DocumentKind.SEMANTIC),
    ],
)
def test_a_valid_document_has_no_finding(text: str, kind: DocumentKind) -> None:
    assert faults(text, kind) == ()


@pytest.mark.parametrize(
    ("kind", "version"), [(kind, version) for kind in VERSIONS for version in VERSIONS[kind]]
)
def test_every_schema_refuses_an_empty_list(kind: DocumentKind, version: str) -> None:
    document = loaded("[]")
    assert check(document, kind)
    assert schema(kind, version)["type"] == "object"


def test_all_faults_come_at_once_in_the_order_of_the_document() -> None:
    text = CONTRACT + (
        "staus: x\n"
        "tags: sales\n"
        "schema:\n"
        "- name: o\n"
        "  properties:\n"
        "  - logicalType: text\n"
        "    quality:\n"
        "    - metric: nullValues\n"
        "    - {type: sql, mustBe: 1}\n"
        "    - {type: text, mustBe: 0}\n"
        "  - {name: n, logicalType: string, items: {}}\n"
    )
    assert [(f.place.line, f.place.column, f.place.field, f.message) for f in faults(text)] == [
        (6, 8, "/staus", "The field `staus` is unknown; did you mean `status`?"),
        (7, 7, "/tags", "`tags` is text where a list is meant."),
        (11, 5, "/schema/0/properties/0", "The field `name` is missing."),
        (11, 18, "/schema/0/properties/0/logicalType", "`logicalType` may not be 'text'."),
        (
            13,
            7,
            "/schema/0/properties/0/quality/0",
            "`quality[0]` has none of the forms that it may have.",
        ),
        (14, 7, "/schema/0/properties/0/quality/1", "The field `query` is missing."),
        (15, 28, "/schema/0/properties/0/quality/2/mustBe", "The field `mustBe` does not belong here."),
        (16, 43, "/schema/0/properties/1/items", "The field `items` does not belong here."),
    ]


@pytest.mark.parametrize(
    ("addition", "remedy"),
    [
        ("staus: x", "Write `status`."),
        ("zzz: x", "Remove it, or say it in the extension point."),
        ("price: {priceAmount: much}", "Write a number."),
        ("slaProperties: [{property: latency}]", "Add `value`."),
        ("servers: [{server: s, type: postgress}]", "Write postgres."),
        (
            "schema: [{name: o, quality: [{metric: rowCount}]}]",
            "Write exactly one operator, as `mustBe: 0`.",
        ),
        ("support: [{channel: c, id: 'a b'}]", "Use letters, digits, `_` and `-` only."),
        (
            "schema: [{name: o, properties: [{name: p, relationships: [{to: 'no'}]}]}]",
            "Write `object.property`, or a path as `contract.yaml#/schema/id/properties/id`.",
        ),
        (
            "schema: [{name: o, properties: [{name: p, relationships: [{to: a.b, from: c.d}]}]}]",
            "Remove it, or say it in the extension point.",
        ),
    ],
)
def test_a_fault_says_what_would_make_it_right(addition: str, remedy: str) -> None:
    assert only(faults(CONTRACT + addition + "\n")).remedy == remedy


def test_a_document_that_only_the_newest_version_allows_is_warned_of() -> None:
    text = CONTRACT.replace("v3.1.0", "v3.0.2") + "team: {members: [{username: ann}]}\n"
    finding = only(faults(text))
    assert (finding.code, finding.level, finding.place.line) == ("SCHEMA_VERSION", Level.WARNING, 1)
    assert finding.message == "The document declares v3.0.2 but is valid only as v3.2.0."


def test_a_version_without_a_schema_of_its_own_is_read_as_the_newest() -> None:
    finding = only(faults(CONTRACT.replace("v3.1.0", "v2.2.2")))
    assert (finding.code, finding.level) == ("SCHEMA_VERSION", Level.WARNING)


def test_a_version_that_nobody_knows_is_an_error() -> None:
    finding = only(faults(CONTRACT.replace("v3.1.0", "v9.0.0")))
    assert (finding.code, finding.level) == ("SCHEMA_VIOLATED", Level.ERROR)
    assert finding.place.field == "/apiVersion"


def test_a_document_that_no_version_allows_is_judged_by_the_one_it_declares() -> None:
    text = CONTRACT.replace("v3.1.0", "v3.0.2") + "team: {members: []}\nstaus: x\n"
    assert [finding.code for finding in faults(text)] == ["SCHEMA_VIOLATED", "SCHEMA_VIOLATED"]


def test_a_number_where_text_is_meant_is_read_as_it_was_written() -> None:
    document = loaded(CONTRACT.replace("1.0.0", "1.10").replace("orders", "007"))
    findings = check(document, DocumentKind.DATA_CONTRACT)
    assert [(f.code, f.level, f.place.line) for f in findings] == [
        ("TEXT_UNQUOTED", Level.WARNING, 3),
        ("TEXT_UNQUOTED", Level.WARNING, 4),
    ]
    assert (document.value["version"], document.value["id"]) == ("1.10", "007")


def test_unquoted_text_hides_no_other_fault() -> None:
    text = CONTRACT.replace("1.0.0", "1.10") + "support: [{channel: c, id: 1.5}]\nstaus: x\n"
    assert [f.code for f in faults(text)] == ["TEXT_UNQUOTED", "TEXT_UNQUOTED", "SCHEMA_VIOLATED"]
    fault = faults(CONTRACT + "support: [{channel: c, id: 1.5}]\n")
    assert [f.code for f in fault] == ["TEXT_UNQUOTED", "SCHEMA_VIOLATED"]


def test_true_is_no_text() -> None:
    assert only(faults(CONTRACT + "name: true\n")).message == "`name` is true or false where text is meant."


def test_a_semantic_word_may_be_written_in_capitals_but_is_offered_in_small_letters() -> None:
    assert faults(METRIC.replace("simple", "SIMPLE"), DocumentKind.SEMANTIC) == ()
    finding = only(faults(METRIC.replace("simple", "simpel"), DocumentKind.SEMANTIC))
    assert finding.remedy == "Write simple."
    finding = only(faults(METRIC.replace("simple", "x"), DocumentKind.SEMANTIC))
    assert finding.remedy == "Write one of simple, ratio, derived, cumulative, conversion."


def test_a_hundred_faults_are_told_of_many() -> None:
    text = CONTRACT + "tags: [" + "true," * 500 + "]\n"
    assert len(faults(text)) == 100


def test_long_values_are_not_repeated_in_messages() -> None:
    finding = only(faults(CONTRACT + f"slaProperties: {'x' * 5000}\n"))
    assert len(finding.message) < 300
    finding = only(faults(CONTRACT + f"servers: [{{server: s, type: {'x' * 5000}}}]\n"))
    assert len(finding.message) < 300


def test_a_merge_patch_follows_rfc_7396() -> None:
    target = {"a": "b", "c": {"d": "e", "f": "g"}}
    assert merged(target, {"a": "z", "c": {"f": None}}) == {"a": "z", "c": {"d": "e"}}
    assert merged(target, {"a": None, "x": {"y": None, "z": [None]}}) == {
        "c": {"d": "e", "f": "g"},
        "x": {"z": [None]},
    }
    assert merged([1], {"a": 1}) == {"a": 1}
    assert merged({"a": 1}, ["b"]) == ["b"]
    assert target == {"a": "b", "c": {"d": "e", "f": "g"}}
