"""Canonical JSON is RFC 8785, and digests follow content, not layout."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.manifests.digest import _written, canonical_json, digest_of


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af6", "1e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
    ],
)
def test_floats_are_written_as_ecmascript_writes_them(bits: str, text: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(value) == text.encode()


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = canonical_json(dict.fromkeys(keys, 0)).decode()
    assert list(json.loads(written)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_text_escapes_only_what_json_must_escape() -> None:
    assert (
        canonical_json('\u20ac$\u000f\nA\'B"\\\\"/\u007f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'.encode()
    )


def test_containers_hold_no_space() -> None:
    value = {"b": [], "a": {"d": {}, "c": [1, "x", None, True, False, (2,)]}}
    assert canonical_json(value) == b'{"a":{"c":[1,"x",null,true,false,[2]],"d":{}},"b":[]}'


def test_integers_beyond_what_a_double_holds_keep_every_digit() -> None:
    assert canonical_json(2**63 - 1) == b"9223372036854775807"
    assert digest_of(2**63 - 1) != digest_of(2**63 - 2)


def test_equal_numbers_have_one_form() -> None:
    assert canonical_json([1.0, -0.0, 1e2]) == canonical_json([1, 0, 100])


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1: 2}, {"a": {None: 1}}, b"x", {1, 2}, object()]
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"text|JSON"):
        canonical_json(value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")


def test_a_digest_names_its_algorithm_and_does_not_see_the_order_of_keys() -> None:
    assert digest_of({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])


texts = st.text(st.characters(exclude_categories=("Cs",)))
# From 2^53 on, ECMAScript pads a double's shortest digits with zeros, which read back as another integer.
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_canonical_json_is_json_and_canonical(value: Any) -> None:
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written


@given(values)
def test_the_fast_way_writes_what_the_exact_way_writes(value: Any) -> None:
    assert canonical_json(value) == _written(value)


def test_what_is_no_number_is_not_taken_for_nothing() -> None:
    for value in (float("nan"), [float("inf")], {"a": float("-inf")}):
        with pytest.raises(ValueError, match="JSON"):
            canonical_json(value)
