"""CI has no store: with the store's waivers as a file it comes to the verdict that the gate comes to."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flows.publishing_mesh import (
    EVE,
    OLGA,
    PAUL,
    Mesh,
    open_engines,
    open_mesh,
    product_documents,
    write_policies,
)
from flows.test_policy_lifecycle import EDDA, STRICT
from flows.test_store_waivers import ASKED, NOON, ORDERS, approved
from ports.store_examples import sqlite_url

from catalog.access.actor import Actor
from catalog.adapters.pem_key import PemKey
from catalog.bootstrap import Services
from catalog.domain.document import Document
from catalog.domain.errors import UsageError
from catalog.domain.finding import Finding, Level
from catalog.domain.finding_code import FindingCode
from catalog.manifests.digest import canonical_json
from catalog.policy.decision import EnforcementPoint
from catalog.policy.grace import NOT_KNOWN
from catalog.policy.signature import BundleKey, SharedKey, signatures
from catalog.policy.store_facts import StoreFacts
from catalog.policy.store_facts_file import read_store_facts, write_store_facts
from catalog.publishing.check import CheckOutcome, check
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.waiving.request_waiver import request_waiver
from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, revoke_waiver
from catalog.serving.store_facts import store_facts

KEY = SharedKey("a key that two share, long enough")
FROM_FILE = FindingCode.WAIVERS_FROM_FILE.name


@pytest.fixture
def mesh(tmp_path: Path) -> Iterator[Mesh]:
    """One rule that everybody with an owner breaks, at every point; one product that nobody published."""
    rule = STRICT.replace("register: warn", "register: deny")
    write_policies(tmp_path / "policies", rule)
    with open_engines() as engines, open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        opened.register(*product_documents())
        yield opened


def exported(mesh: Mesh, actor: Actor = EDDA, key: BundleKey | None = KEY) -> Document:
    services = SimpleNamespace(store=mesh.store, clock=mesh.clock, bundle_key=key)
    return Document("waivers.json", store_facts(actor, cast(Services, services)))


def in_ci(mesh: Mesh, file: Document | None = None) -> CheckOutcome:
    known = read_store_facts(file or exported(mesh), key=KEY)
    return check(
        product_documents(),
        bundle=mesh.gate.policies.now(EnforcementPoint.CI).bundle,
        engine=mesh.gate.policy_engine,
        clock=mesh.clock,
        known=known,
    )


def at_the_gate(mesh: Mesh) -> tuple[bool, set[tuple[str, Level]]]:
    outcome = publish(PublishCommand(ORDERS, dry_run=True), OLGA, mesh.gate)
    return outcome.published, policy(outcome.findings)


def policy(findings: tuple[Finding, ...]) -> set[tuple[str, Level]]:
    return {(one.code, one.level) for one in findings if one.code.startswith(("ORG-", "WAIVER_"))}


def agreed(mesh: Mesh) -> bool:
    """The verdict, which CI and the gate share with every finding of policy."""
    outcome = in_ci(mesh)
    assert (outcome.passes, policy(outcome.findings)) == at_the_gate(mesh)
    return outcome.passes


def test_ci_and_the_gate_agree_through_the_whole_life_of_a_waiver(mesh: Mesh) -> None:
    assert not agreed(mesh)
    request_waiver(ASKED, PAUL, mesh.gate)
    assert not agreed(mesh), "it is only asked for"
    waiver = approved(mesh)
    assert agreed(mesh)
    mesh.clock.pass_days(25)
    assert agreed(mesh), "its end is told ahead"
    mesh.clock.pass_days(6)
    assert not agreed(mesh), "it has ended"
    later = approved(mesh, expires=NOON + timedelta(days=80))
    assert agreed(mesh)
    for one in (waiver, later):
        revoke_waiver(SettleWaiverCommand(one), PAUL, mesh.gate)
    assert not agreed(mesh)
    approved(mesh, path="/product", expires=NOON + timedelta(days=80))
    assert not agreed(mesh), "it passes over nothing that is found"


def test_the_verdict_tells_from_when_the_waivers_are(mesh: Mesh) -> None:
    approved(mesh)
    file = exported(mesh)
    (one,) = [one for one in in_ci(mesh, file).findings if one.code == FROM_FILE]
    assert (
        one.level,
        "1 waiver and 0 first publications of" in one.message,
        "2026-11-21 12:00 UTC; signed" in one.message,
    ) == (
        Level.INFO,
        True,
        True,
    )
    mesh.clock.pass_days(2)
    (old,) = [one for one in in_ci(mesh, file).findings if one.code == FROM_FILE]
    assert (old.level, "more than a day ago" in old.message) == (Level.WARNING, True)


def test_without_a_key_the_file_counts_and_is_told_to_prove_nothing(mesh: Mesh) -> None:
    approved(mesh)
    read = read_store_facts(exported(mesh, key=None))
    assert (len(read.waivers), read.verified) == (1, False)
    assert (read.finding(NOON).level, "not verified" in read.finding(NOON).message) == (Level.WARNING, True)


def test_a_file_that_was_edited_or_is_not_signed_is_refused_where_there_is_a_key(mesh: Mesh) -> None:
    approved(mesh)
    signed = exported(mesh)
    longer = signed.data.replace(b"2026-12-21", b"2028-12-21")
    assert longer != signed.data
    with pytest.raises(UsageError, match="is not what was signed"):
        read_store_facts(Document("waivers.json", longer), key=KEY)
    with pytest.raises(UsageError, match="is not what was signed"):
        read_store_facts(signed, key=SharedKey("another key, which nobody shares"))
    with pytest.raises(UsageError, match="is not what was signed"):
        read_store_facts(exported(mesh, key=None), key=KEY)


def test_ci_verifies_with_the_public_key_alone(mesh: Mesh, tmp_path: Path) -> None:
    approved(mesh)
    private, public = (tmp_path / name for name in ("private.pem", "public.pem"))
    made = ec.generate_private_key(ec.SECP256R1())
    private.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    file = exported(mesh, key=PemKey(private))
    assert read_store_facts(file, key=PemKey(public)).verified
    with pytest.raises(UsageError, match="is not what was signed"):
        read_store_facts(replace(file, data=file.data.replace(b"GOV-1", b"GOV-2")), key=PemKey(public))


def test_an_export_holds_the_domains_of_whoever_asks_and_is_read_as_it_was_written(mesh: Mesh) -> None:
    approved(mesh, path="/asset")
    assert json.loads(exported(mesh, EVE).data)["waivers"] == []
    with mesh.store.open(EDDA, read_only=True) as unit:
        (held,) = unit.waivers.approved()
    read = read_store_facts(exported(mesh, PAUL), key=KEY)
    assert read.waivers_of(ORDERS) == (held.waiver,)
    assert read.waivers_of(replace(ORDERS, name="others")) == ()


def one_waiver(**changes: Any) -> dict[str, Any]:
    return {
        "id": "w",
        "rule": "ORG-OWN-001",
        "asset": str(ORDERS),
        "path": "",
        "reason": "r",
        "ticket": "t",
        "requestedBy": "paul",
        "approvedBy": "edda",
        "created": NOON.isoformat(),
        "expires": (NOON + timedelta(days=1)).isoformat(),
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"approvedBy": "paul"},
        {"asset": "orders"},
        {"expires": "tomorrow"},
        {"expires": NOON.isoformat()},
        {"expires": "2026-12-01T00:00:00"},
        {"expires": "9999-12-31T23:59:59-23:59"},
        {"reason": ""},
        {"rule": 7},
        {"more": "x"},
    ],
    ids=str,
)
def test_what_is_no_waiver_is_refused_whole(changes: dict[str, Any]) -> None:
    good = json.loads(write_store_facts(StoreFacts(NOON))) | {"waivers": [one_waiver()]}
    assert isinstance(read_store_facts(Document("w.json", json.dumps(good).encode())), StoreFacts)
    bad = good | {"waivers": [one_waiver(), one_waiver(**changes)]}
    with pytest.raises(UsageError) as refused:
        read_store_facts(Document("w.json", json.dumps(bad).encode()))
    assert [one.code for one in refused.value.findings] == [FindingCode.WAIVER_INVALID.name]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"type": "concord.waivers.v1"}', b"\xff", b"[" * 9_000]
)
def test_what_is_no_list_of_waivers_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"w\.json is no file of waivers"):
        read_store_facts(Document("w.json", data))


@pytest.mark.parametrize(
    "changes",
    [
        {"published": None},
        {"published": [str(ORDERS)]},
        {"published": {"orders": NOON.isoformat()}},
        {"published": {str(ORDERS): "2026-11-21"}},
        {"published": {str(ORDERS): "0001-01-01T00:00:00+23:59"}},
        {"published": {str(ORDERS): None}},
        {"domains": "sales"},
        {"domains": [7]},
        {"asOf": "now"},
        {"asOf": "0001-01-01T00:00:00+01:00"},
    ],
    ids=str,
)
def test_what_no_catalog_writes_is_refused_whole(changes: dict[str, Any]) -> None:
    good = json.loads(write_store_facts(StoreFacts(NOON, published={str(ORDERS): NOON})))
    assert read_store_facts(Document("w.json", json.dumps(good).encode())).first_published(ORDERS) == NOON
    for bad in (good | changes, {name: held for name, held in good.items() if name not in changes}):
        with pytest.raises(UsageError, match="what no catalog writes") as refused:
            read_store_facts(Document("w.json", json.dumps(bad).encode()))
        assert [one.code for one in refused.value.findings] == [FindingCode.WAIVER_INVALID.name]


def test_a_file_of_the_version_before_counts_and_says_that_new_rules_only_warn() -> None:
    first = {"type": "concord.waivers.v1", "asOf": NOON.isoformat(), "waivers": [one_waiver()]}
    signed = first | json.loads(signatures({"waivers.json": canonical_json(first)}, KEY))
    read = read_store_facts(Document("w.json", json.dumps(signed).encode()), key=KEY)
    assert (len(read.waivers), read.first_published(ORDERS), read.verified) == (1, NOT_KNOWN, True)
    told = read.finding(NOON, ["sales"])
    assert (told.level, "so that new rules only warn" in told.message) == (Level.WARNING, True)


def test_a_file_of_a_version_to_come_is_refused_as_such() -> None:
    later = json.loads(write_store_facts(StoreFacts(NOON))) | {"type": "concord.waivers.v3"}
    with pytest.raises(UsageError, match="of another version, 'concord.waivers.v3'"):
        read_store_facts(Document("w.json", json.dumps(later).encode()))


def test_a_publication_that_was_edited_in_is_refused_where_there_is_a_key(mesh: Mesh) -> None:
    early = json.loads(exported(mesh).data)
    early["published"][str(ORDERS)] = "2020-01-01T00:00:00+00:00"
    with pytest.raises(UsageError, match="is not what was signed"):
        read_store_facts(Document("w.json", json.dumps(early).encode()), key=KEY)


@pytest.mark.parametrize("number", ["1e999", "9" * 5_000, '"\\ud800"', "1.0"])
def test_values_that_cannot_be_signed_are_no_crash(number: str) -> None:
    good = write_store_facts(StoreFacts(NOON), key=KEY).decode()
    odd = good.replace('"domains": null', f'"domains": null, "more": {number}')
    with pytest.raises(UsageError):
        read_store_facts(Document("w.json", odd.encode()), key=KEY)
