"""A rule with a grace period: CI with the store's file, `plan`, the gate and the audit come to one verdict."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flows.publishing_mesh import EVE, OLGA, RULE, Mesh, manifest_of, open_engines, open_mesh
from flows.test_policy_lifecycle import ANNA, EDDA
from flows.test_store_facts_in_ci import KEY, exported
from ports.store_examples import sqlite_url

from catalog.access.actor import Actor
from catalog.domain.document import Document
from catalog.domain.finding import Finding, Level
from catalog.domain.identity import AssetKey
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.lifecycle import Mode
from catalog.policy.store_facts import StoreFacts
from catalog.policy.store_facts_file import read_store_facts
from catalog.publishing.auditing.audit_served import audit_served
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.publishing.check import CheckOutcome, check
from catalog.publishing.deprecate import DeprecateCommand, deprecate
from catalog.publishing.plan import plan
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.retire import RetireCommand, retire
from catalog.publishing.simulate_served import SimulateQuery, simulate_served

OLD, NEW, NEVER = (AssetKey.parse(f"data_product:sales.{name}") for name in ("old", "new", "never"))
# Told on the 22nd, in force for what comes from the 25th on, and for all from the 10th of December on.
GRACE = (
    RULE.replace("since: 2026-11-01", "since: 2026-11-25\n#   graceUntil: 2026-12-10")
    .replace("register: warn", "register: deny")
    .replace(
        'input.asset.owner == ""',
        'some contract in input.contracts\n\tsome column in contract.columns\n\tcolumn.normalName == "bad"',
    )
)
GRACE_TEST = """package governance.org.owner_test

import data.governance.org.owner

view(name) := {"asset": {"path": "/asset"}, "contracts": [{"columns": [{"normalName": name}]}]}

test_it if count(owner.violation) == 1 with input as view("bad")

test_not if count(owner.violation) == 0 with input as view("good")
"""


def documents(key: AssetKey, version: str, *, bad: bool = True) -> tuple[Document, ...]:
    """A product with or without the column that the rule is about."""
    columns = f"{{name: good, logicalType: string}}{', {name: bad, logicalType: string}' if bad else ''}"
    product = f"""
apiVersion: v1.0.0
kind: DataProduct
id: {key.name}
name: {key.name}
version: {version}
status: draft
domain: {key.domain}
outputPorts: [{{name: {key.name}, version: {version}, contractId: {key.name}-contract}}]
customProperties: [{{property: owner, value: olga}}]
"""
    contract = f"""
apiVersion: v3.1.0
kind: DataContract
id: {key.name}-contract
version: {version}
status: draft
domain: {key.domain}
servers: [{{server: files, type: local, path: {key.name}.csv, format: csv}}]
schema: [{{name: {key.name}, properties: [{columns}]}}]
"""
    return (
        Document(f"{key.name}.odps.yaml", product.encode()),
        Document(f"{key.name}.odcs.yaml", contract.encode()),
    )


@pytest.fixture
def mesh(tmp_path: Path) -> Iterator[Mesh]:
    """One product from before the rule, one from after its first day, both without what it is about."""
    with open_engines() as engines, open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        for key in (OLD, NEW, NEVER):
            (opened.data / f"{key.name}.csv").write_text("good,bad\nmuch,little\n")
        served(opened, OLD, on=datetime(2026, 11, 22, tzinfo=UTC))
        served(opened, NEW, on=datetime(2026, 11, 26, tzinfo=UTC))
        files = {"org/owner.rego": GRACE.encode(), "org/owner_test.rego": GRACE_TEST.encode()}
        revision = upload(UploadCommand(files), EDDA, opened.gate).revision
        validate_bundle(revision, EDDA, opened.gate)
        activate(ActivateCommand(revision, tuple(EnforcementPoint), Mode.ENFORCE), ANNA, opened.gate)
        yield opened


def served(mesh: Mesh, key: AssetKey, *, on: datetime, version: str = "1.0.0", bad: bool = False) -> None:
    mesh.clock._now = on
    mesh.register(*documents(key, version, bad=bad))
    outcome = publish(PublishCommand(key), OLGA, mesh.gate)
    assert outcome.published, outcome.findings


def in_ci(mesh: Mesh, key: AssetKey, known: StoreFacts | None) -> CheckOutcome:
    return check(
        documents(key, "1.1.0"),
        bundle=mesh.gate.policies.now(EnforcementPoint.CI).bundle,
        engine=mesh.gate.policy_engine,
        clock=mesh.clock,
        known=known,
    )


def from_file(mesh: Mesh, actor: Actor = EDDA) -> StoreFacts:
    return read_store_facts(exported(mesh, actor), key=KEY)


def ruled(findings: tuple[Finding, ...]) -> list[tuple[str, Level, str]]:
    return [(one.code, one.level, one.message) for one in findings if one.code.startswith("ORG-")]


def verdict(mesh: Mesh, key: AssetKey) -> Verdict:
    """What CI, `plan` and the gate say in one voice, with the same findings in the same words."""
    (checked,) = (ci := in_ci(mesh, key, from_file(mesh))).assets
    (planned,) = plan(manifest_of(*documents(key, "1.1.0")), OLGA, mesh.gate, quality=False).assets
    assert planned.snapshot is not None
    mesh.register(*documents(key, "1.1.0"))
    gate = publish(PublishCommand(key, dry_run=True), OLGA, mesh.gate)
    assert ruled(ci.findings) == ruled(planned.snapshot.decision.findings) == ruled(gate.findings)
    assert ruled(ci.findings), "the rule finds it"
    assert checked.decision.verdict is planned.snapshot.decision.verdict
    assert (checked.decision.verdict is Verdict.ALLOW) is gate.published
    return checked.decision.verdict


@pytest.mark.parametrize(
    ("now", "old"),
    [
        (datetime(2026, 11, 27, 12, tzinfo=UTC), Verdict.ALLOW),
        (datetime(2026, 12, 9, 12, tzinfo=UTC), Verdict.ALLOW),
        (datetime(2026, 12, 10, tzinfo=UTC), Verdict.DENY),
        (datetime(2026, 12, 11, 12, tzinfo=UTC), Verdict.DENY),
    ],
    ids=["in it", "its last day", "the day it ends", "after it"],
)
def test_ci_plan_and_gate_agree_before_on_and_after_the_end_of_grace(
    mesh: Mesh, now: datetime, old: Verdict
) -> None:
    for key, expected in ((OLD, old), (NEW, Verdict.DENY), (NEVER, Verdict.DENY)):
        mesh.clock._now = now
        assert verdict(mesh, key) is expected


def test_the_audit_comes_to_the_same_before_and_after(mesh: Mesh) -> None:
    served(mesh, OLD, on=datetime(2026, 12, 9, tzinfo=UTC), version="1.1.0", bad=True)
    assert [one.event for one in audit_served(EDDA, mesh.gate).told] == []
    mesh.clock._now = datetime(2026, 12, 10, tzinfo=UTC)
    assert [one.key for one in audit_served(EDDA, mesh.gate).told] == [OLD]


def test_a_first_version_that_was_retired_still_counts(mesh: Mesh) -> None:
    served(mesh, OLD, on=datetime(2026, 11, 28, tzinfo=UTC), version="1.0.1")
    sunset = datetime(2026, 11, 29, tzinfo=UTC)
    deprecate(DeprecateCommand(OLD, "1.0.0", "old", sunset), OLGA, mesh.gate)
    mesh.clock._now = sunset
    retire(RetireCommand(OLD, "1.0.0"), OLGA, mesh.gate)
    first = from_file(mesh).first_published(OLD)
    assert first is not None
    assert first.date().isoformat() == "2026-11-22"
    assert verdict(mesh, OLD) is Verdict.ALLOW


def test_without_the_file_or_its_domain_grace_holds_and_that_is_said(mesh: Mesh) -> None:
    mesh.clock._now = datetime(2026, 11, 27, tzinfo=UTC)
    for known in (None, from_file(mesh, EVE), replace(from_file(mesh), published=None)):
        assert in_ci(mesh, NEVER, known).passes
    of_eve = from_file(mesh, EVE)
    assert (of_eve.domains, of_eve.published) == (frozenset({"crm"}), {})
    (told,) = [one for one in in_ci(mesh, NEW, of_eve).findings if one.code == "WAIVERS_FROM_FILE"]
    assert (told.level, "it tells nothing of sales" in told.message) == (Level.WARNING, True)
    (told,) = [
        one for one in in_ci(mesh, NEW, from_file(mesh, OLGA)).findings if one.code == "WAIVERS_FROM_FILE"
    ]
    assert (told.level, "0 waivers and 2 first publications of the store" in told.message) == (
        Level.INFO,
        True,
    )


def test_a_simulation_at_ci_judges_what_is_served_as_ci_does_with_the_file(mesh: Mesh) -> None:
    calm = mesh.gate.policies.now(EnforcementPoint.CI).bundle
    strict = replace(calm, rules=tuple(replace(rule, grace_until=None) for rule in calm.rules))
    served(mesh, OLD, on=datetime(2026, 11, 27, tzinfo=UTC), version="1.1.0", bad=True)
    found = simulate_served(SimulateQuery(strict, calm, point=EnforcementPoint.CI), EDDA, mesh.gate)
    assert found.simulation.demoted == (f"{OLD}@1.1.0",)
