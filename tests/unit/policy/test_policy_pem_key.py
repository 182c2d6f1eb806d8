"""Bundles signed with a private key are verified with the public one, and by nothing else."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from ports.policy_keys import key_files
from unit.policy.policy_examples import real_bundle

from catalog.adapters.pem_key import PemKey
from catalog.bootstrap import Services
from catalog.cli.main import main
from catalog.config import Settings
from catalog.domain.errors import BundleInvalid, ConfigInvalid
from catalog.policy.archive import build_bundle, verify_bundle
from catalog.policy.signature import SharedKey

SECRET = "a secret shared by two, 32 bytes"


def test_a_bundle_signed_with_the_private_key_holds_under_the_public_one(tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    archive = build_bundle(real_bundle(), key=PemKey(private))
    assert build_bundle(real_bundle(), key=PemKey(private)) == archive, "the same rules are the same bytes"
    for key in (private, public):
        assert verify_bundle(archive, key=PemKey(key))["revision"] == real_bundle().revision


def test_another_key_or_another_algorithm_is_refused(tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    archive = build_bundle(real_bundle(), key=PemKey(private))
    with pytest.raises(BundleInvalid, match="not what|bundle") as refused:
        verify_bundle(archive, key=PemKey(key_files(tmp_path / "other")[1]))
    assert "not that of this key" in refused.value.findings[0].message
    # The public key is known to everybody: as a shared secret it must open nothing.
    with pytest.raises(BundleInvalid) as refused:
        verify_bundle(build_bundle(real_bundle(), key=SharedKey(public.read_text())), key=PemKey(public))
    assert "signed with 'HS256', not with ES256" in refused.value.findings[0].message


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_none(tmp_path: Path, length: int) -> None:
    key = PemKey(key_files(tmp_path)[0])
    whole = key.sign(b"data")
    assert key.holds(b"data", whole)
    assert not key.holds(b"data", (whole * 2)[:length])
    assert not key.holds(b"other", whole)


def test_a_public_key_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="signs nothing"):
        build_bundle(real_bundle(), key=PemKey(key_files(tmp_path)[1]))


def test_what_is_no_key_is_refused_without_telling_what_it_is(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path)
    broken = tmp_path / "broken.pem"
    broken.write_text(private.read_text().replace("A", "B"))
    other, _ = key_files(tmp_path / "other", ec.SECP384R1())
    for file in (broken, other, tmp_path / "missing.pem"):
        with pytest.raises(ConfigInvalid) as refused:
            PemKey(file)
        told = f"{refused.value.message} {refused.value.remedy} {refused.value.__cause__}"
        assert str(file) in told
        assert private.read_text().splitlines()[1][:12] not in told


def test_the_settings_name_one_key(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path)
    assert Services(Settings()).bundle_key is None
    assert Services(Settings(policy_signing_key=SECRET)).bundle_key == SharedKey(SECRET)
    assert SECRET not in repr(SharedKey(SECRET))
    named = Services(Settings(policy_signing_key_file=str(private))).bundle_key
    assert named is not None
    assert named.algorithm == "ES256"
    both = Settings(policy_signing_key=SECRET, policy_signing_key_file=str(private))
    assert any("both set" in fault for fault in both.faults())


def test_a_bundle_is_built_and_verified_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = key_files(tmp_path)
    bundle = tmp_path / "bundle.tar.gz"
    monkeypatch.setenv("CONCORD_POLICY_SIGNING_KEY_FILE", str(private))
    assert main(["policy", "build", "policies", "--to", str(bundle)]) == 0
    monkeypatch.setenv("CONCORD_POLICY_SIGNING_KEY_FILE", str(public))
    assert main(["policy", "verify", str(bundle)]) == 0
    monkeypatch.setenv("CONCORD_POLICY_SIGNING_KEY_FILE", str(key_files(tmp_path / "other")[1]))
    assert main(["policy", "verify", str(bundle)]) != 0
    assert "signed and whole" in capsys.readouterr().out
