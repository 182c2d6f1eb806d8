"""What the loader promises: YAML 1.2 values, places, and every fault at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.document import Document
from catalog.domain.finding import Finding
from catalog.manifests.loader import MAX_DEPTH, MAX_FINDINGS, MAX_KEY, read_stream, read_yaml
from catalog.manifests.yaml_document import YamlDocument


def document(text: str | bytes) -> Document:
    return Document("a.yaml", text.encode() if isinstance(text, str) else text)


def loaded(text: str | bytes) -> YamlDocument:
    found, findings = read_yaml(document(text))
    assert findings == ()
    assert found is not None
    return found


def faults(text: str | bytes) -> tuple[Finding, ...]:
    found, findings = read_yaml(document(text))
    assert found is None
    return findings


def spots(findings: tuple[Finding, ...]) -> list[tuple[str, int, int]]:
    return [(finding.code, finding.place.line, finding.place.column) for finding in findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("nUll", "nUll"),
        ("12", 12),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1.10", 1.1),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.0.0", "1.0.0"),
        ("12:30:45", "12:30:45"),
        ("2026-11-21", "2026-11-21"),
        ("'12'", "12"),
        ('"NO"', "NO"),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("-", None),
        (".", "."),
        ("-x", "-x"),
        ("0b11", "0b11"),
    ],
)
def test_a_plain_scalar_follows_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    if written == "-":
        assert loaded("a:\n- \n").value == {"a": [None]}
        return
    found = loaded(f"a: {written}\n").value["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "written", [".inf", "-.INF", ".nan", "1e999", "9223372036854775808", "-9223372036854775809", "9" * 5000]
)
def test_a_number_that_cannot_be_kept_is_refused_where_it_stands(written: str) -> None:
    assert spots(faults(f"a: 1\nb: {written}\n")) == [("YAML_NUMBER", 2, 4)]


def test_text_is_given_back_as_written_where_a_number_was_read() -> None:
    found = loaded("version: 1.10\ncode: 007\nplain: 1.5\nflag: TRUE\nnone: ~\nword: NO\nlist: [1.0, 0x10]\n")
    assert found.value["version"] == 1.1
    assert found.text("/version") == "1.10"
    assert found.text("/code") == "007"
    assert found.text("/plain") == "1.5"
    assert found.text("/flag") == "true"
    assert found.text("/none") == ""
    assert found.text("/word") == "NO"
    assert found.text("/list/1") == "0x10"
    assert found.text("/list") == ""
    assert found.text("/absent") == ""


PLACES = """\
apiVersion: v3.1.0
schema:
  - name: orders
    properties:
      - {name: id, tags: [a, "b"]}

      - name: amount
a/b:
  c~d: "été"  # comment
last:
  |
  text
"""


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 1, 1),
        ("/apiVersion", 1, 13),
        ("/schema", 3, 3),
        ("/schema/0", 3, 5),
        ("/schema/0/name", 3, 11),
        ("/schema/0/properties/0", 5, 9),
        ("/schema/0/properties/0/tags/1", 5, 30),
        ("/schema/0/properties/1/name", 7, 15),
        ("/a~1b/c~0d", 9, 8),
        ("/last", 11, 3),
    ],
)
def test_every_value_has_the_place_where_it_starts(pointer: str, line: int, column: int) -> None:
    place = loaded(PLACES).place(pointer)
    assert (place.file, place.line, place.column, place.field) == ("a.yaml", line, column, pointer)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("/nope", 1), ("/schema/7", 3), ("/schema/0/properties/1/name/deeper", 7), ("/schema/x/y", 3)],
)
def test_a_value_that_is_not_there_has_the_place_of_its_nearest_ancestor(pointer: str, line: int) -> None:
    place = loaded(PLACES).place(pointer)
    assert (place.line, place.field) == (line, pointer)


def test_columns_count_characters_not_bytes() -> None:
    assert loaded('{"é": {"ü": 1}}').place("/é/ü").column == 13


def test_all_faults_that_can_be_reached_are_told_at_once() -> None:
    text = """\
owner: alice
owner: mallory
base: &base {a: 1, a: 2}
use: *base
<<: *base
1: one
true: yes
? [a, b]
: list
typed: !!str 1
odd: .inf
zero: "\\0"
"""
    findings = faults(text)
    assert spots(findings) == [
        ("YAML_DUPLICATE_KEY", 2, 1),
        ("YAML_ALIAS", 3, 7),
        ("YAML_DUPLICATE_KEY", 3, 20),
        ("YAML_ALIAS", 4, 6),
        ("YAML_ALIAS", 5, 1),
        ("YAML_ALIAS", 5, 5),
        ("YAML_KEY", 6, 1),
        ("YAML_KEY", 7, 1),
        ("YAML_KEY", 8, 3),
        ("YAML_TAG", 10, 8),
        ("YAML_NUMBER", 11, 6),
        ("YAML_SYNTAX", 12, 7),
    ]
    assert findings[2].place.field == "/base/a"
    assert all(finding.remedy for finding in findings)


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    assert loaded('"<<": 1\n"1": 2\n').value == {"<<": 1, "1": 2}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1, 2\n", 2, 1),
        ("a: b: c\n", 1, 5),
        ("a:\n  - b\n c\n", 3, 2),
        ("a: 'open\n", 2, 1),
        ("a: @x\n", 1, 4),
        ('a: "\\q"\n', 1, 5),
    ],
)
def test_a_syntax_error_has_its_line_and_column(text: str, line: int, column: int) -> None:
    (finding,) = faults(text)
    assert finding.code == "YAML_SYNTAX"
    assert (finding.place.line, finding.place.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "advice"), [("a:\n\tb: 1\n", "spaces"), ("é: @x\n", "quotes"), ("a: `x`\n", "quotes")]
)
def test_a_character_that_many_stumble_over_is_answered_with_advice(text: str, advice: str) -> None:
    (finding,) = faults(text)
    assert advice in finding.remedy


def test_faults_before_a_syntax_error_are_told_too() -> None:
    assert [finding.code for finding in faults("a: 1\na: 2\nb: [\n")] == ["YAML_DUPLICATE_KEY", "YAML_SYNTAX"]


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"a: 1\nb: \xff\n", "YAML_ENCODING", 2, 4),
        ("a: 1".encode("utf-16"), "YAML_ENCODING", 1, 1),
        ("é: 1\nb: \x01".encode(), "YAML_SYNTAX", 2, 4),
        ("é: 1\né: \u2028".encode(), "YAML_SYNTAX", 2, 4),
        ("a: \u0085".encode(), "YAML_SYNTAX", 1, 4),
    ],
)
def test_only_utf_8_text_is_read(data: bytes, code: str, line: int, column: int) -> None:
    assert spots(faults(data)) == [(code, line, column)]


def test_a_byte_order_mark_of_utf_8_does_no_harm() -> None:
    assert loaded(b"\xef\xbb\xbfa: 1\n").value == {"a": 1}


def test_directives_are_refused() -> None:
    assert [finding.code for finding in faults("%YAML 1.1\n---\na: NO\n")] == ["YAML_TAG"]


def test_a_file_holds_one_document() -> None:
    assert spots(faults("---\na: 1\n---\nb: 2\n")) == [("YAML_DOCUMENT_COUNT", 4, 1)]


def test_an_empty_file_holds_none() -> None:
    (finding,) = faults("# nothing\n")
    assert finding.code == "YAML_DOCUMENT_COUNT"
    assert "0 documents" in finding.message


def test_a_stream_gives_its_documents_in_order_with_their_own_places() -> None:
    documents, findings = read_stream(document("a: 1\n---\nb: 1.10\n"))
    assert findings == ()
    assert [one.value for one in documents] == [{"a": 1}, {"b": 1.1}]
    assert documents[1].place("/b").line == 3
    assert documents[1].text("/b") == "1.10"


def test_a_stream_with_a_fault_gives_no_document() -> None:
    documents, findings = read_stream(document("a: 1\n---\nb: *x\n"))
    assert documents == ()
    assert len(findings) == 1


def test_nesting_is_allowed_up_to_the_limit() -> None:
    assert loaded("[" * MAX_DEPTH + "]" * MAX_DEPTH).value == nested(MAX_DEPTH)
    (finding,) = faults("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert (finding.code, finding.place.column) == ("YAML_LIMIT", MAX_DEPTH + 1)


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth > 1 else []


def test_a_key_has_a_longest_length() -> None:
    assert loaded(f"? {'k' * MAX_KEY}\n: 1\n").value == {"k" * MAX_KEY: 1}
    (finding,) = faults(f"? {'k' * (MAX_KEY + 1)}\n: 1\n")
    assert finding.code == "YAML_KEY"


def test_reading_ends_after_a_hundred_faults() -> None:
    findings = faults("a: 1\n" * (MAX_FINDINGS * 2))
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].code == "YAML_LIMIT"


# JSON as people write it; libyaml reads neither C1 controls nor escaped surrogate pairs.
json_texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | json_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(json_texts, inner, max_size=4),
    max_leaves=20,
)


@given(json_values, st.sampled_from([None, 2]))
def test_json_is_read_as_json(value: Any, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assert loaded(text).value == value


@given(st.text() | st.binary())
def test_no_input_raises_anything(data: str | bytes) -> None:
    encoded = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    found, findings = read_yaml(document(encoded))
    assert (found is None) == bool(findings)


@given(st.text(st.sampled_from("ab:-? \n\t{}[],&*!|>'\"%@`#\\<.0~"), max_size=60))
def test_no_yaml_of_odd_marks_raises_anything(text: str) -> None:
    found, findings = read_yaml(document(text))
    assert (found is None) == bool(findings)
    assert all(finding.place.file == "a.yaml" and finding.remedy for finding in findings)
