"""A bundle file: the same bytes everywhere, its signature over every file, nothing else taken for one."""

import gzip
import io
import subprocess
import sys
import tarfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.policy.policy_examples import POLICIES, ROOT, bundle_of, real_bundle, reporting, rule, with_rules

from catalog.domain.errors import BundleInvalid
from catalog.manifests.digest import digest_of
from catalog.policy.archive import (
    _zipped,
    build_bundle,
    manifest_of,
    overlaps,
    roots_of,
    unpacked,
    verify_bundle,
)
from catalog.policy.load import load_bundle
from catalog.policy.signature import SharedKey

KEY = "a secret shared by two, 32 bytes"


def test_the_same_rules_give_the_same_bytes_in_another_process() -> None:
    here = build_bundle(real_bundle(), key=SharedKey(KEY))
    program = (
        "import sys; from pathlib import Path; from catalog.policy.load import load_bundle; "
        "from catalog.policy.archive import build_bundle; from catalog.policy.signature import SharedKey; "
        "sys.stdout.buffer.write(build_bundle(load_bundle(Path(sys.argv[1])), key=SharedKey(sys.argv[2])))"
    )
    there = subprocess.run(
        [sys.executable, "-c", program, str(POLICIES), KEY],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    ).stdout
    assert here == there


def test_nothing_in_it_tells_when_or_where_it_was_built() -> None:
    with tarfile.open(fileobj=io.BytesIO(build_bundle(real_bundle())), mode="r:gz") as tar:
        members = tar.getmembers()
    assert [one.name for one in members] == sorted(one.name for one in members)
    assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in members} == {(0, 0, 0, "", 0o600)}


def test_it_holds_rules_parameters_entrypoint_and_manifest_and_no_tests() -> None:
    files = unpacked(build_bundle(real_bundle()))
    assert {"data.json", ".manifest", "entrypoint.rego", "org/owner.rego"} <= files.keys()
    assert not [name for name in files if name.endswith("_test.rego") or name == ".signatures.json"]
    manifest = manifest_of(real_bundle())
    assert (manifest["revision"], manifest["rego_version"]) == (real_bundle().revision, 1)
    assert manifest["roots"][:2] == ["concord/entrypoint", "domains/finance"]


@given(data=st.binary(max_size=200_000))
def test_what_is_zipped_is_read_by_any_gzip(data: bytes) -> None:
    assert gzip.decompress(_zipped(data)) == data


def test_a_signed_bundle_is_verified_and_names_its_revision() -> None:
    archive = build_bundle(real_bundle(), key=SharedKey(KEY))
    assert verify_bundle(archive, key=SharedKey(KEY))["revision"] == real_bundle().revision


def test_text_that_json_writers_disagree_about_is_signed_as_opa_reads_it() -> None:
    data = {"org": {"params": {"odd": {"text": "\u2028<&>\x08\x7fé😀"}}}, "domains": {}}
    archive = build_bundle(replace(bundle_of(reporting()), data=data), key=SharedKey(KEY))
    assert b"\\u2028<&>" in unpacked(archive)["data.json"]
    verify_bundle(archive, key=SharedKey(KEY))


def repacked(archive: bytes, **changes: bytes | None) -> bytes:
    """The bundle with files changed, added or, where None, left out."""
    files: dict[str, bytes | None] = dict(unpacked(archive))
    files |= {name.replace("__", "/"): data for name, data in changes.items()}
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for name, data in files.items():
            if data is not None:
                one = tarfile.TarInfo(name)
                one.size = len(data)
                tar.addfile(one, io.BytesIO(data))
    return whole.getvalue()


def test_every_change_to_a_signed_bundle_shows() -> None:
    signed = build_bundle(real_bundle(), key=SharedKey(KEY))
    verify_bundle(repacked(signed), key=SharedKey(KEY))
    for changes, words in (
        ({"org__owner.rego": b"package governance.org.owner\n"}, "not what was signed"),
        ({"data.json": b"{}"}, "not what was signed"),
        ({"org__extra.rego": b"package governance.org.extra\n"}, "not signed"),
        ({"org__owner.rego": None}, "signed and not there"),
        ({".signatures.json": None}, "not signed"),
        ({".signatures.json": b'{"signatures": ["a.b.c"]}'}, "cannot be read"),
        ({".signatures.json": b'{"signatures": []}'}, "cannot be read"),
    ):
        with pytest.raises(BundleInvalid) as refused:
            verify_bundle(repacked(signed, **changes), key=SharedKey(KEY))
        assert words in refused.value.findings[0].message


def test_another_key_and_another_algorithm_are_refused() -> None:
    signed = build_bundle(real_bundle(), key=SharedKey(KEY))
    with pytest.raises(BundleInvalid) as refused:
        verify_bundle(signed, key=SharedKey(KEY[::-1]))
    assert "not that of this key" in refused.value.findings[0].message
    # {"alg":"none"}.{"files":[]}
    unsigned = b'{"signatures": ["eyJhbGciOiJub25lIn0.eyJmaWxlcyI6W119."]}'
    with pytest.raises(BundleInvalid) as refused:
        verify_bundle(repacked(signed, **{".signatures.json": unsigned}), key=SharedKey(KEY))
    assert "not with HS256" in refused.value.findings[0].message


@pytest.mark.parametrize(
    "archive", [b"", b"no bundle", gzip.compress(b"no tar", mtime=0), gzip.compress(b"\0" * 40_000_000)]
)
def test_what_is_no_bundle_is_refused(archive: bytes) -> None:
    with pytest.raises(BundleInvalid):
        unpacked(archive)


def test_a_link_in_a_bundle_is_refused() -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        link = tarfile.TarInfo("org/owner.rego")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BundleInvalid) as refused:
        unpacked(whole.getvalue())
    assert "is no file" in refused.value.findings[0].message


@pytest.mark.parametrize(
    ("roots", "number"),
    [
        (["org", "domains/a", "domains/b"], 0),
        (["domains/a", "domains/ab"], 0),
        (["domains/a", "domains/a"], 1),
        (["domains/a", "domains/a/b"], 1),
        (["domains", "domains/a", "domains/b"], 2),
        (["", "org"], 1),
    ],
)
def test_roots_overlap_where_one_holds_the_other(roots: list[str], number: int) -> None:
    assert len(overlaps(roots)) == number


def test_each_owner_writes_below_roots_of_its_own() -> None:
    owned = roots_of(real_bundle())
    assert set(owned) == {"", "finance", "marketing"}
    assert overlaps(one for roots in owned.values() for one in roots) == ()
    nested = with_rules(
        bundle_of(reporting()), rule("SAL-A-001", domain="sales"), rule("SAL-B-001", domain="sales.emea")
    )
    assert set(roots_of(nested)) == {"", "sales", "sales__emea"}
    manifest_of(nested)


def test_two_builds_of_one_folder_are_one_revision() -> None:
    assert load_bundle(POLICIES).revision == real_bundle().revision
    assert digest_of(manifest_of(load_bundle(POLICIES))) == digest_of(manifest_of(real_bundle()))
