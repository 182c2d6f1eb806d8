"""What is served is judged again when rules, waivers, the mesh or the day change; what changed is stored and told."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flows.publishing_mesh import (
    EVE,
    OLGA,
    RULE,
    RULE_TEST,
    Engines,
    Mesh,
    open_mesh_on_its_store,
    product_documents,
)
from flows.test_policy_lifecycle import ANNA, EDDA, ORDERS, STRICT, STRICT_TEST, brought, folder
from waiting import PATIENCE, until

from catalog.access.actor import SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.domain.cancellation import Cancellation
from catalog.domain.document import Document
from catalog.domain.errors import Conflict, Forbidden, PolicyUnavailable
from catalog.domain.event import Event, EventType
from catalog.domain.finding_code import FindingCode
from catalog.domain.identity import AssetKey
from catalog.policy.bundle import Bundle
from catalog.policy.decision import EnforcementPoint, Verdict, Violation
from catalog.policy.lifecycle import Mode
from catalog.policy.ports import PolicyEngine
from catalog.policy.recorded import RecordedDecision, replay
from catalog.publishing.auditing.audit_served import AuditOutcome, audit_if_due, audit_served
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.publishing.certification import certification_of
from catalog.publishing.deprecate import DeprecateCommand, deprecate
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.retire import RetireCommand, retire
from catalog.registry.ports import PublishedVersion
from catalog.serving.policy_audit import auditing
from catalog.store.projections.decisions import Decisions

AUDIT = (EnforcementPoint.AUDIT,)
AGREED = STRICT.replace(
    'input.asset.owner != ""',
    "some contract in input.contracts\n\tsome column in contract.columns\n"
    "\tsome other in object.get(input.mesh.columns, column.normalName, [])\n"
    "\tother.logicalType != column.logicalType",
)
AGREED_TEST = """package governance.org.owner_test

import data.governance.org.owner

view(type) := {
	"asset": {"path": "/asset"},
	"contracts": [{"columns": [{"normalName": "a", "logicalType": "string"}]}],
	"mesh": {"columns": {"a": [{"logicalType": type}]}},
}

test_it if count(owner.violation) == 1 with input as view("number")

test_not if count(owner.violation) == 0 with input as view("string")
"""
WARNING = STRICT.replace("audit: deny", "audit: warn").replace("severity: error", "severity: warning")
TIMED = STRICT.replace('input.asset.owner != ""', 'input.today >= "2026-11-23"')
TIMED_TEST = STRICT_TEST.replace(
    'with input.asset as {"owner": "a", "path": "/asset"}',
    'with input.asset as {"owner": "a", "path": "/asset"} with input.today as "2026-12-01"',
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def mesh(request: pytest.FixtureRequest, engines: Engines, tmp_path: Path) -> Iterator[Mesh]:
    """A catalog that serves one product."""
    with open_mesh_on_its_store(request, engines, tmp_path) as opened:
        yield served(opened)


class Counting:
    """An engine that counts the views it is shown, and is down while `down` is set."""

    version = "counting"

    def __init__(self, engine: PolicyEngine) -> None:
        self.engine, self.views, self.down = engine, 0, False

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        self.views += len(views)
        if self.down:
            raise PolicyUnavailable("the engine is down")
        return self.engine.evaluate(bundle, views, deadline_seconds=deadline_seconds)

    def close(self) -> None: ...


def served(mesh: Mesh) -> Mesh:
    mesh.register(*product_documents())
    assert publish(PublishCommand(ORDERS), OLGA, mesh.gate).published
    return mesh


def offered(mesh: Mesh, name: str, column: str, actor: Actor) -> AssetKey:
    """A served product of the actor's domain with one column of text."""
    (mesh.data / f"{name}.csv").write_text(f"{column}\nmuch\n")
    product = f"""
apiVersion: v1.0.0
kind: DataProduct
id: {name}
name: {name}
version: 1.0.0
status: draft
domain: {actor.team}
outputPorts: [{{name: {name}, version: 1.0.0, contractId: {name}-contract}}]
customProperties: [{{property: owner, value: {actor.subject}}}]
"""
    contract = f"""
apiVersion: v3.1.0
kind: DataContract
id: {name}-contract
version: 1.0.0
status: draft
domain: {actor.team}
servers: [{{server: files, type: local, path: {name}.csv, format: csv}}]
schema: [{{name: {name}, properties: [{{name: {column}, logicalType: string}}]}}]
"""
    documents = (
        Document(f"{name}.odps.yaml", product.encode()),
        Document(f"{name}.odcs.yaml", contract.encode()),
    )
    (registered,) = mesh.register(*documents, actor=actor)
    outcome = publish(PublishCommand(registered.key), actor, mesh.gate)
    assert outcome.published, outcome.findings
    return registered.key


def enforce(mesh: Mesh, rule: str, test: str = STRICT_TEST) -> str:
    revision = brought(mesh, rule, test)
    activate(ActivateCommand(revision, AUDIT, Mode.ENFORCE), ANNA, mesh.gate)
    return revision


def audit(mesh: Mesh, **more: Any) -> AuditOutcome:
    return audit_served(EDDA, mesh.gate, **more)


def version(mesh: Mesh) -> PublishedVersion:
    with mesh.store.open(OLGA, read_only=True) as unit:
        return unit.versions.of(ORDERS)[0]


def told(mesh: Mesh) -> list[Event]:
    with mesh.store.open(EDDA, read_only=True) as unit:
        events = [one.event for one in unit.outbox.pending()]
    audits = {EventType.DEMOTED, EventType.REINSTATED, EventType.AUDIT_WARNED, EventType.AUDIT_UNDECIDED}
    return [one for one in events if one.type in audits]


def test_what_stays_allowed_is_not_told_and_not_stored_as_a_decision(mesh: Mesh) -> None:
    outcome = audit(mesh)
    assert (outcome.versions, outcome.evaluated, outcome.told) == (1, 1, ())
    assert told(mesh) == []
    assert len(mesh.store.read(EDDA, Decisions(key=ORDERS))) == 1, "the one of its publication"


def test_a_rule_that_denies_demotes_and_says_so_everywhere(mesh: Mesh) -> None:
    audit(mesh)
    revision = enforce(mesh, STRICT)
    (one,) = audit(mesh).told
    assert (one.event, one.key, one.owner, one.rules) == (
        EventType.DEMOTED,
        ORDERS,
        "olga",
        ("ORG-OWN-001",),
    )
    (event,) = told(mesh)
    assert event.detail == {
        "owner": "olga",
        "rules": ["ORG-OWN-001"],
        "decision": one.decision_id,
        "bundle": revision,
    }
    found = version(mesh)
    assert found.status == "active", "it is served on"
    certification = certification_of(found)
    assert not certification.certified
    assert one.decision_id in certification.reason
    assert mesh.store.verify_audit().rows > 0


def test_the_decision_of_an_audit_can_be_repeated(mesh: Mesh) -> None:
    revision = enforce(mesh, STRICT)
    (one,) = audit(mesh).told
    with mesh.store.open(EDDA, read_only=True) as unit:
        (row,) = unit.read(Decisions(decision_id=one.decision_id, limit=1))
        view, source = unit.kept(row.decision.input_digest), unit.kept(revision)
    assert view is not None
    assert source is not None
    decision = row.decision
    assert (decision.point, decision.verdict) == (EnforcementPoint.AUDIT, Verdict.DENY)
    recorded = RecordedDecision(
        decision.decision_id,
        decision.verdict,
        decision.violations,
        {},
        decision.result_digest,
        decision.engine,
        decision.decided_at,
        decision.published_at,
        view,
        source,
    )
    assert replay(recorded, mesh.gate.policy_engine, deadline_seconds=PATIENCE).same


def test_a_rule_that_allows_again_reinstates(mesh: Mesh) -> None:
    enforce(mesh, STRICT)
    audit(mesh)
    enforce(mesh, RULE, RULE_TEST)
    (one,) = audit(mesh).told
    assert one.event is EventType.REINSTATED
    assert "audit" not in certification_of(version(mesh)).reason
    assert audit(mesh).told == (), "once"


def test_a_rule_that_warns_is_told_once_and_takes_nothing_away(mesh: Mesh) -> None:
    audit(mesh)
    enforce(mesh, WARNING)
    (one,) = audit(mesh).told
    assert (one.event, one.decision_id) == (EventType.AUDIT_WARNED, "")
    assert audit(mesh).told == ()
    found = version(mesh).audited
    assert found is not None
    assert not found.demoted


def test_an_engine_without_an_answer_changes_nothing_and_is_told_once(mesh: Mesh) -> None:
    enforce(mesh, STRICT)
    counting = Counting(mesh.gate.policy_engine)
    gate = replace(mesh.gate, policy_engine=counting)
    counting.down = True
    (one,) = audit_served(EDDA, gate).told
    assert one.event is EventType.AUDIT_UNDECIDED
    assert mesh.store.read(EDDA, Decisions(decision_id=one.decision_id))[0].decision.verdict is Verdict.ERROR
    assert certification_of(version(mesh)).reason == "Its tier asks for no approval."
    assert audit_served(EDDA, gate).told == ()
    assert audit_if_due(SYSTEM, gate, Cancellation()) is None, "it is repeated later"
    counting.down = False
    assert [one.event for one in audit_served(EDDA, gate).told] == [EventType.DEMOTED]


def test_what_cannot_have_changed_is_not_evaluated_again(mesh: Mesh) -> None:
    counting = Counting(mesh.gate.policy_engine)
    gate = replace(mesh.gate, policy_engine=counting)
    assert audit_served(EDDA, gate).evaluated == 1
    assert audit_served(EDDA, gate).evaluated == 0
    mesh.clock.pass_days(1)
    assert audit_served(EDDA, gate).evaluated == 0, "no rule looks at the day"
    assert counting.views == 1
    assert audit_served(EDDA, gate, everything=True).evaluated == 1


def test_a_rule_that_looks_at_the_day_is_evaluated_every_day(mesh: Mesh) -> None:
    enforce(mesh, TIMED, TIMED_TEST)
    assert audit(mesh).told == ()
    assert audit(mesh).evaluated == 0
    mesh.clock.pass_days(3)
    assert [one.event for one in audit(mesh).told] == [EventType.DEMOTED]


def test_an_audit_is_due_when_rules_or_the_day_change_and_never_twice(mesh: Mesh) -> None:
    def due() -> bool:
        return audit_if_due(SYSTEM, mesh.gate, Cancellation()) is not None

    assert [due(), due()] == [True, False]
    enforce(mesh, STRICT)
    assert [due(), due()] == [True, False]
    mesh.clock.pass_days(1)
    assert [due(), due()] == [True, False]
    mesh.register(*product_documents("1.1.0"))
    assert not due(), "a draft serves nobody"
    publish(PublishCommand(ORDERS), OLGA, mesh.gate)
    assert [due(), due()] == [True, False]


def test_a_product_of_another_domain_that_comes_and_goes_has_those_it_touches_judged_again(
    mesh: Mesh,
) -> None:
    offered(mesh, "refunds", "refund", OLGA)
    counting = Counting(mesh.gate.policy_engine)
    gate = replace(mesh.gate, policy_engine=counting)
    enforce(mesh, AGREED, AGREED_TEST)
    assert audit_served(EDDA, gate).told == ()
    counting.views = 0
    leads = offered(mesh, "leads", "amount", EVE)
    outcome = audit_if_due(SYSTEM, gate, Cancellation())
    assert outcome is not None
    assert [(one.event, one.key, one.owner) for one in outcome.told if one.key != leads] == [
        (EventType.DEMOTED, ORDERS, "olga")
    ]
    assert counting.views == len([ORDERS, leads]), "what shares no column with it is not evaluated again"
    assert EventType.DEMOTED in [one.type for one in told(mesh) if one.key == ORDERS]

    sunset = mesh.clock.now() + timedelta(seconds=20)
    deprecate(DeprecateCommand(leads, "1.0.0", "wrong", sunset), EVE, mesh.gate)
    assert audit_if_due(SYSTEM, gate, Cancellation()) is None, "it is served on"
    while mesh.clock.now() < sunset:
        pass
    retire(RetireCommand(leads, "1.0.0"), EVE, mesh.gate)
    outcome = audit_if_due(SYSTEM, gate, Cancellation())
    assert outcome is not None
    assert [(one.event, one.key) for one in outcome.told] == [(EventType.REINSTATED, ORDERS)]


def test_two_audits_at_once_are_one(mesh: Mesh) -> None:
    def second(done: int, total: int) -> None:  # told in the midst of the first
        with pytest.raises(Conflict):
            audit(mesh)
        assert audit_if_due(SYSTEM, mesh.gate, Cancellation()) is None

    assert audit(mesh, progress=second).finished


def test_an_audit_that_was_stopped_is_due_again(mesh: Mesh) -> None:
    stopped = Cancellation()
    stopped.cancel()
    outcome = audit_if_due(SYSTEM, mesh.gate, stopped)
    assert outcome is not None
    assert (outcome.finished, outcome.versions) == (False, 0)
    assert audit_if_due(SYSTEM, mesh.gate, Cancellation()) is not None


def test_whoever_may_not_audit_is_refused(mesh: Mesh) -> None:
    with pytest.raises(Forbidden):
        audit_served(OLGA, mesh.gate)


def test_a_server_audits_by_itself_until_it_ends(mesh: Mesh) -> None:
    enforce(mesh, STRICT)
    services = SimpleNamespace(settings=SimpleNamespace(policy_audit_seconds=0.02), gate=mesh.gate)

    async def serve() -> None:
        async with auditing(cast(Services, services)):
            await asyncio.to_thread(until, lambda: told(mesh))

    asyncio.run(serve())
    assert [one.type for one in told(mesh)] == [EventType.DEMOTED]


def test_waivers_are_noted_once_for_whoever_asked_also_of_assets_that_are_not_served(mesh: Mesh) -> None:
    def waiver(name: str, asset: str, days: int) -> str:
        return (
            f"{name}: {{rule: ORG-OWN-001, asset: '{asset}', reason: Later., ticket: T-1, requestedBy: rita,"
            f" approvedBy: ingrid, created: 2026-11-01T00:00:00Z, expires: 2026-12-{days:02}T00:00:00Z}}\n"
        )

    def noted() -> list[tuple[str, str]]:
        with mesh.store.open(EDDA, read_only=True) as unit:
            events = [one.event for one in unit.outbox.pending()]
        found = [one.detail for one in events if one.type is EventType.WAIVER_NOTED]
        assert all(one["owner"] == "rita" for one in found)
        return [(one["waiver"], one["finding"]) for one in found]

    waivers = waiver("W-1", "data_product:sales.gone", 30) + waiver("W-2", str(ORDERS), 20)
    files = folder(STRICT, STRICT_TEST).files
    revision = upload(UploadCommand({**files, "waivers/a.yaml": waivers.encode()}), EDDA, mesh.gate).revision
    validate_bundle(revision, EDDA, mesh.gate)
    activate(ActivateCommand(revision, AUDIT, Mode.ENFORCE), ANNA, mesh.gate)
    outcome = audit(mesh)
    assert outcome.told == (), "W-2 passes it over"
    assert noted() == [("W-1", FindingCode.WAIVER_UNUSED.name), ("W-2", FindingCode.WAIVER_ENDS_SOON.name)]
    assert [(one.waiver.id, one.finding.code) for one in outcome.waivers] == noted()
    assert "data_product:sales.gone is not served" in outcome.waivers[0].finding.message
    audit(mesh)
    assert len(noted()) == 2, "told once"
    mesh.clock.pass_days(24)
    audit(mesh)
    assert noted()[2:] == [("W-2", FindingCode.WAIVER_ENDS_SOON.name)], "less than seven days are left"
    mesh.clock.pass_days(10)
    assert [one.event for one in audit(mesh).told] == [EventType.DEMOTED], "its waiver has ended"
    assert noted()[3:] == [("W-2", FindingCode.WAIVER_EXPIRED.name)]
