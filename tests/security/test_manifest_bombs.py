"""Hostile documents are refused with findings, before they grow."""

import tracemalloc

import pytest

from catalog.domain.document import Document
from catalog.manifests.loader import MAX_BYTES, MAX_FINDINGS, MAX_NODES, read_yaml
from catalog.manifests.read import read

pytestmark = pytest.mark.security

MEBIBYTE = 1024 * 1024


def filled(part: str, before: str = "") -> bytes:
    """As much of `part` as may be read."""
    data = before + part * ((MAX_BYTES - len(before)) // len(part))
    return data.encode()


def aliases(levels: int) -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines).encode()


BOMBS = {
    "aliases that multiply": (aliases(12), "YAML_ALIAS"),
    "merge keys that multiply": (b"a: &a {x: 1}\nb: {<<: *a}\n", "YAML_ALIAS"),
    "open brackets": (filled("["), "YAML_LIMIT"),
    "open braces": (filled("{"), "YAML_LIMIT"),
    "nested dashes": (filled("- "), "YAML_LIMIT"),
    "nested questions": (filled("? "), "YAML_LIMIT"),
    "deep indentation": ("".join(" " * n + "a:\n" for n in range(2000)).encode(), "YAML_LIMIT"),
    "many empty lists": (filled("[],", "["), "YAML_LIMIT"),
    "many items": (filled("- \n"), "YAML_LIMIT"),
    "many keys": ("".join(f"k{n}:\n" for n in range(MAX_NODES + 1)).encode(), "YAML_LIMIT"),
    "many documents": (filled("---\n"), "YAML_LIMIT"),
    "many pairs in a flow": (filled("? a,", "["), "YAML_LIMIT"),
    "the same key again and again": (filled("a:\n"), "YAML_LIMIT"),
    "many anchors": (filled("&a x,", "["), "YAML_LIMIT"),
    "many aliases": (filled("*a,", "["), "YAML_LIMIT"),
    "an anchor of nothing": (filled("&a "), "YAML_SYNTAX"),
    "a number of a million digits": (filled("9"), "YAML_NUMBER"),
    "an exponent beyond measure": (b"a: 1e999999999\n", "YAML_NUMBER"),
    "a tag that runs code": (b"!!python/object/apply:os.system [id]\n", "YAML_TAG"),
    "a tag that opens a file": (b"a: !include /etc/passwd\n", "YAML_TAG"),
    "a long key repeated in places": (f"? {'k' * MEBIBYTE}\n: [{'*a,' * 500}]\n".encode(), "YAML_KEY"),
    "control characters": (filled("\x01"), "YAML_SYNTAX"),
    "nothing but tabs": (filled("\t"), "YAML_SYNTAX"),
    "text of another encoding": ("a: 1\n".encode("utf-16"), "YAML_ENCODING"),
    "one byte too many": (b" " * (MAX_BYTES + 1), "YAML_LIMIT"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_a_place(name: str) -> None:
    data, code = BOMBS[name]
    value, findings = read_yaml(Document("bomb.yaml", data))
    assert value is None
    assert code in {finding.code for finding in findings}
    assert len(findings) <= MAX_FINDINGS + 1
    assert all(finding.place.file == "bomb.yaml" and finding.remedy for finding in findings)
    assert all(len(str(finding)) < 50_000 for finding in findings)


@pytest.mark.parametrize(
    "name", ["aliases that multiply", "many keys", "a long key repeated in places", "open braces"]
)
def test_a_bomb_does_not_grow_in_memory(name: str) -> None:
    tracemalloc.start()
    try:
        read_yaml(Document("bomb.yaml", BOMBS[name][0]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50 * MEBIBYTE


@pytest.mark.parametrize(
    "data",
    [
        b"apiVersion: v3.2.0\nkind: DataContract\nid: x\nversion: '1'\nschema: [" + b"1," * 20_000 + b"]\n",
        b"apiVersion: v3.2.0\nkind: DataContract\nid: x\nversion: '1'\n"
        + b"".join(b"k%d: 1\n" % n for n in range(20_000)),
        b"metrics: [" + b"{name: 1, nme: 1}," * 5_000 + b"]\n",
    ],
)
def test_a_document_of_many_faults_is_told_of_the_first_hundred(data: bytes) -> None:
    manifest = read([Document("many.yaml", data)])
    assert MAX_FINDINGS <= len(manifest.findings) <= 2 * MAX_FINDINGS
    assert not manifest.contracts
    assert all(len(str(finding)) < 1_000 for finding in manifest.findings)


def test_an_owner_cannot_be_replaced_further_down() -> None:
    text = b"apiVersion: v1.0.0\nkind: DataProduct\nid: p\nstatus: active\nname: alice\nname: mallory\n"
    manifest = read([Document("p.yaml", text)])
    assert manifest.products == ()
    assert [(one.code, one.place.line) for one in manifest.findings] == [("YAML_DUPLICATE_KEY", 6)]


def test_markup_in_a_document_stays_text() -> None:
    text = "apiVersion: v1.0.0\nkind: DataProduct\nid: p\nstatus: active\nname: '<script>alert(1)</script>'\n"
    (product,) = read([Document("p.yaml", text.encode())]).products
    assert product.name == "<script>alert(1)</script>"
    assert str(product.key) == "data_product:.script-alert-1-script"
