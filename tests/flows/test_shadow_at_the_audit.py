"""A bundle in shadow at the audit point: held against every audit, kept and told, and never of any effect."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.publishing_mesh import EVE, RULE, RULE_TEST, Engines, Mesh, open_mesh_on_its_store
from flows.terminal import Terminal
from flows.test_continuous_audit import (
    AUDIT,
    Counting,
    audit,
    enforce,
    offered,
    served,
    told,
    version,
)
from flows.test_policy_lifecycle import ANNA, EDDA, ORDERS, STRICT, STRICT_TEST, brought, folder

from catalog.access.actor import SYSTEM
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import BundleInvalid, PolicyUnavailable
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Decision, EnforcementPoint, Verdict, Violation
from catalog.policy.lifecycle import Mode
from catalog.policy.ports import PolicyEngine
from catalog.policy.shadowed import SHADOW_AUDITED, Shadowed, ShadowTally
from catalog.publishing.active_policies import ActivePolicies
from catalog.publishing.auditing.audit_served import AuditOutcome, audit_if_due, audit_served
from catalog.publishing.auditing.shadow_audit import ShadowAudit
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.publishing.publish import PublishCommand, publish
from catalog.store.issue import issue
from catalog.store.projections.audit import AuditLog
from catalog.store.projections.decisions import Decisions
from catalog.store.projections.policy_shadows import PolicyShadows

RENAMED = STRICT.replace("ORG-OWN-001", "ORG-OWN-002")
OTHER = RENAMED.replace("governance.org.owner", "governance.org.other")
OTHER_TEST = STRICT_TEST.replace("governance.org.owner", "governance.org.other").replace(
    "owner.violation", "other.violation"
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def mesh(request: pytest.FixtureRequest, engines: Engines, tmp_path: Path) -> Iterator[Mesh]:
    """A catalog that serves one product."""
    with open_mesh_on_its_store(request, engines, tmp_path) as opened:
        yield served(opened)


def put_in_shadow(mesh: Mesh, rule: str = STRICT, test: str = STRICT_TEST) -> str:
    revision = brought(mesh, rule, test)
    activate(ActivateCommand(revision, AUDIT, Mode.SHADOW), EDDA, mesh.gate)
    return revision


def kept(mesh: Mesh, revision: str) -> tuple[Shadowed, ...]:
    return mesh.store.read(EDDA, PolicyShadows(revision))


def beside(outcome: AuditOutcome | None) -> ShadowAudit:
    assert outcome is not None
    assert outcome.shadow is not None
    return outcome.shadow


def test_what_it_would_demote_is_kept_and_told_and_nothing_is_demoted(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    outcome = audit(mesh)
    found = beside(outcome)
    (one,) = found.differing
    assert (one.key, one.version, one.verdict, one.shadow.verdict) == (
        ORDERS,
        "1.0.0",
        Verdict.ALLOW,
        Verdict.DENY,
    )
    assert (one.shadow.appearing, one.shadow.vanishing, one.demoted) == (("ORG-OWN-001",), (), True)
    assert found.tally == ShadowTally(1, failing=1, demoted=1, finished=True)
    assert found.told == found.differing == kept(mesh, revision)
    assert (outcome.told, told(mesh)) == ((), [])
    held = version(mesh).audited
    assert held is not None
    assert (held.demoted, held.denied, held.decision_id) == (False, (), "")


def test_what_it_would_let_pass_again_is_newly_passing(mesh: Mesh) -> None:
    enforce(mesh, STRICT)
    audit(mesh)
    revision = put_in_shadow(mesh, RULE, RULE_TEST)
    found = beside(audit(mesh))
    assert found.tally == ShadowTally(1, passing=1, finished=True)
    (one,) = kept(mesh, revision)
    assert (one.verdict, one.shadow.verdict, one.shadow.vanishing) == (
        Verdict.DENY,
        Verdict.ALLOW,
        ("ORG-OWN-001",),
    )
    held = version(mesh).audited
    assert held is not None
    assert held.demoted, "it reinstates nothing either"


def test_an_audit_is_due_once_a_bundle_comes_into_shadow_and_when_it_leaves(mesh: Mesh) -> None:
    def due() -> bool:
        return audit_if_due(SYSTEM, mesh.gate, Cancellation()) is not None

    assert [due(), due()] == [True, False]
    revision = put_in_shadow(mesh)
    assert [due(), due()] == [True, False]
    assert len(kept(mesh, revision)) == 1
    with mesh.store.open(EDDA) as unit:
        unit.policies.place(EnforcementPoint.AUDIT, Mode.SHADOW, "")
        unit.record("catalog.policy.shadowed", f"policy:{revision}", {})
        unit.commit()
    assert [due(), due()] == [True, False]


def test_it_is_held_against_each_audit_and_kept_where_it_says_something_new(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    audit(mesh)
    again = beside(audit(mesh))
    assert (len(again.differing), again.told, len(kept(mesh, revision))) == (1, (), 1)

    leads = offered(mesh, "leads", "amount", EVE)
    found = beside(audit_if_due(SYSTEM, mesh.gate, Cancellation()))
    assert [one.key for one in found.told] == [leads], "what came into service"
    assert (found.tally.versions, found.tally.demoted) == (2, 2)

    enforce(mesh, RENAMED)
    found = beside(audit(mesh))
    assert [one.shadow.vanishing for one in found.told] == [("ORG-OWN-002",), ("ORG-OWN-002",)]
    assert found.tally.demoted == 0, "what is in force demotes them itself"
    rows = mesh.store.read(EDDA, AuditLog(target=f"policy:{revision}", action=SHADOW_AUDITED))
    assert [row.detail["demoted"] for row in rows] == [0, 2, 1, 1], "every audit is in the chain"
    assert mesh.store.verify_audit().rows > 0


def test_a_difference_that_ends_is_kept_as_its_end(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    audit(mesh)
    waivers = (
        f"W-1: {{rule: ORG-OWN-001, asset: '{ORDERS}', reason: Later., ticket: T-1, requestedBy: rita,"
        " approvedBy: ingrid, created: 2026-11-01T00:00:00Z, expires: 2026-12-25T00:00:00Z}\n"
    )
    files = {**folder().files, "waivers/a.yaml": waivers.encode()}
    waived = upload(UploadCommand(files), EDDA, mesh.gate).revision
    validate_bundle(waived, EDDA, mesh.gate)
    activate(ActivateCommand(waived, AUDIT, Mode.SHADOW), EDDA, mesh.gate)
    found = beside(audit(mesh))
    assert found.revision == waived
    assert (found.tally.failing, found.tally.demoted) == (0, 0), "the waiver passes it over"
    mesh.clock.pass_days(35)
    assert beside(audit(mesh)).tally.demoted == 1, "its waiver has ended"

    enforce(mesh, STRICT)
    activate(ActivateCommand(revision, AUDIT, Mode.SHADOW), EDDA, mesh.gate)
    assert audit(mesh).shadow is None, "in force it is no shadow"


def test_only_rules_in_which_the_two_differ_are_asked(mesh: Mesh) -> None:
    both = {
        **folder(RULE, RULE_TEST).files,
        "org/other.rego": OTHER.encode(),
        "org/other_test.rego": OTHER_TEST.encode(),
    }
    revision = upload(UploadCommand(both), EDDA, mesh.gate).revision
    validate_bundle(revision, EDDA, mesh.gate)
    activate(ActivateCommand(revision, AUDIT, Mode.SHADOW), EDDA, mesh.gate)
    asked: list[list[str]] = []

    class Noting(Counting):
        def evaluate(
            self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
        ) -> list[list[Violation]]:
            asked.append([rule.id for rule in bundle.rules])
            return super().evaluate(bundle, views, deadline_seconds=deadline_seconds)

    found = audit_served(EDDA, replace(mesh.gate, policy_engine=Noting(mesh.gate.policy_engine)))
    assert asked == [["ORG-OWN-001"], ["ORG-OWN-002"]]
    assert beside(found).tally.demoted == 1


class Silent(Counting):
    """An engine that has no answer for one bundle's rules."""

    def __init__(self, engine: PolicyEngine, message: str) -> None:
        super().__init__(engine)
        self.message = message

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        if any(self.message in rule.message for rule in bundle.rules):
            self.views += len(views)
            raise PolicyUnavailable("the rules did not answer in time")
        return self.engine.evaluate(bundle, views, deadline_seconds=deadline_seconds)


def test_a_shadow_without_an_answer_fails_nothing_and_is_told(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    gate = replace(mesh.gate, policy_engine=Silent(mesh.gate.policy_engine, "has an owner"))
    outcome = audit_if_due(SYSTEM, gate, Cancellation())
    assert outcome is not None
    assert (outcome.finished, outcome.told) == (True, ())
    assert beside(outcome).tally == ShadowTally(1, undecided=1, finished=True)
    (one,) = kept(mesh, revision)
    assert (one.shadow.verdict, one.shadow.appearing) == (Verdict.ERROR, ("POLICY_UNAVAILABLE",))
    held = version(mesh).audited
    assert held is not None
    assert not held.undecided
    assert audit_if_due(SYSTEM, gate, Cancellation()) is None, "it is asked again at the next audit"
    assert beside(audit(mesh)).tally.demoted == 1
    assert len(kept(mesh, revision)) == 2


def test_a_shadow_that_is_silent_about_many_is_not_asked_about_the_rest(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_AT_ONCE", "_SILENT"):
        monkeypatch.setattr(f"catalog.publishing.auditing.shadow_audit.{name}", 1)
    offered(mesh, "leads", "lead", EVE)
    put_in_shadow(mesh)
    silent = Silent(mesh.gate.policy_engine, "has an owner")
    found = beside(audit_served(EDDA, replace(mesh.gate, policy_engine=silent)))
    assert (found.tally.versions, found.tally.finished, silent.views) == (1, False, 1)
    assert not found.stopped, "the next audit asks again, and none is due for it"


def test_where_the_audit_has_no_decision_there_is_nothing_to_hold_it_against(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    counting = Counting(mesh.gate.policy_engine)
    counting.down = True
    outcome = audit_served(EDDA, replace(mesh.gate, policy_engine=counting))
    assert (beside(outcome).tally, kept(mesh, revision)) == (ShadowTally(0, finished=True), ())


def test_a_shadow_that_cannot_be_loaded_stops_neither_audit_nor_publication(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    revision = brought(mesh)
    for point in (EnforcementPoint.AUDIT, EnforcementPoint.PUBLISH):
        activate(ActivateCommand(revision, (point,), Mode.SHADOW), EDDA, mesh.gate)
    load = ActivePolicies._load

    def refused(self: ActivePolicies, wanted: str) -> Bundle:
        if wanted == revision:
            raise BundleInvalid("the profile has changed")
        return load(self, wanted)

    monkeypatch.setattr(ActivePolicies, "_load", refused)
    gate = replace(
        mesh.gate, policies=ActivePolicies(mesh.store.open, lambda: mesh.gate.policies.now(AUDIT[0]).bundle)
    )
    mesh.gate.policies.now(EnforcementPoint.CI)
    assert audit_served(EDDA, gate).shadow is None
    assert publish(PublishCommand(offered(mesh, "leads", "lead", EVE)), EVE, gate).findings is not None
    assert "cannot be loaded: the profile has changed" in caplog.text


def test_a_shadow_that_was_stopped_is_due_again(mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.publishing.auditing.shadow_audit._AT_ONCE", 1)
    offered(mesh, "leads", "lead", EVE)
    put_in_shadow(mesh)
    stopped, seen = Cancellation(), list[tuple[int, int]]()

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if seen.count((1, 2)) == 1:
            stopped.cancel()

    outcome = audit_served(EDDA, mesh.gate, progress=progress, cancellation=stopped)
    assert (outcome.finished, seen[0]) == (True, (2, 2)), "the audit itself came first"
    assert (beside(outcome).stopped, beside(outcome).tally.versions) == (True, 1)
    assert audit_if_due(SYSTEM, mesh.gate, Cancellation()) is None, "not at once"
    mesh.clock._now += timedelta(minutes=11)
    assert beside(audit_if_due(SYSTEM, mesh.gate, Cancellation())).tally.versions == 2


def test_the_decision_that_it_was_held_against_can_be_repeated(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    audit(mesh)
    (one,) = kept(mesh, revision)
    (row,) = mesh.store.read(EDDA, Decisions(decision_id=one.decision_id))
    decision: Decision = row.decision
    assert (decision.point, decision.verdict) == (EnforcementPoint.AUDIT, Verdict.ALLOW)
    with mesh.store.open(EDDA, read_only=True) as unit:
        assert unit.kept(decision.input_digest)
        assert unit.kept(decision.bundle_revision)


def test_the_commands_tell_it(mesh: Mesh) -> None:
    revision = put_in_shadow(mesh)
    token = issue(mesh.store, ANNA, mesh.clock.now() + timedelta(days=3650), SYSTEM)[0]
    url = mesh.store._database.url.render_as_string(hide_password=False)
    policies = str(mesh.data.parent / "policies")
    terminal = Terminal(mesh.data.parent, token, {"CONCORD_DATABASE_URL": url, "CONCORD_POLICIES": policies})
    answer = terminal.run("policy", "audit")
    assert answer.code == 0, "what a shadow would demote fails nothing"
    assert f"in shadow, {ORDERS} 1.0.0 would be demoted by ORG-OWN-001; decision " in answer.text
    assert "1 served version, 1 newly failing, 0 newly passing, 1 would be demoted" in answer.text
    document = terminal.run("policy", "audit", "--output", "json").document
    assert [one["asset"] for one in document["shadow"]["differing"]] == [str(ORDERS)]
    listed = terminal.run("policy", "shadows", revision)
    (row,) = [line for line in listed.text.splitlines() if f"{ORDERS}@1.0.0" in line]
    assert row.split()[2:] == ["audit", "allow", "deny", "ORG-OWN-001"]
    assert "UTC: 1 served version, 1 newly failing, 0 newly passing, 1 would be demoted" in listed.text
    shown = terminal.run("policy", "shadows", revision, "--output", "json").document
    assert (shown["audit"]["demoted"], shown["decisions"][0]["point"]) == (1, "audit")
