"""A waiver in the store: asked for, approved by another, in force at every point, revoked or ended; on both stores."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flows.publishing_mesh import (
    EVE,
    OLGA,
    PAUL,
    STELLA,
    Engines,
    Mesh,
    open_mesh,
    open_mesh_on_its_store,
    product_documents,
    write_policies,
)
from flows.test_policy_lifecycle import ANNA, EDDA, ORDERS, STRICT, STRICT_TEST
from ports.store_examples import sqlite_url
from waiting import PATIENCE

from catalog.access.actor import Actor
from catalog.cli.policy_waivers import _end
from catalog.domain.cancellation import Cancellation
from catalog.domain.errors import Conflict, Forbidden, IdempotencyMismatch, NotFound, UsageError
from catalog.domain.event import EventType
from catalog.domain.finding_code import FindingCode
from catalog.policy.decision import Verdict
from catalog.policy.recorded import RecordedDecision, replay
from catalog.policy.waiver_request import WaiverRequest, WaiverState
from catalog.publishing.auditing.audit_served import audit_if_due, audit_served
from catalog.publishing.evaluate import evaluate, snapshot_of
from catalog.publishing.facts import facts_of
from catalog.publishing.gate import is_stale
from catalog.publishing.outcome import PublishOutcome
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.waiving.request_waiver import RequestWaiverCommand, request_waiver
from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, approve_waiver, revoke_waiver
from catalog.serving.waivers_seen import waivers_seen
from catalog.store.projections.decisions import Decisions

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ASKED = RequestWaiverCommand("ORG-OWN-001", ORDERS, "moves to a team", "GOV-1", NOON + timedelta(days=30))


def policies(folder: Path, guidance: str = "mandatory") -> None:
    """One rule, which everybody with an owner breaks."""
    write_policies(folder / "policies", STRICT.replace("guidance: mandatory", f"guidance: {guidance}"))
    (folder / "policies" / "org" / "owner_test.rego").write_text(STRICT_TEST)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def mesh(request: pytest.FixtureRequest, engines: Engines, tmp_path: Path) -> Iterator[Mesh]:
    policies(tmp_path)
    with open_mesh_on_its_store(request, engines, tmp_path) as opened:
        opened.register(*product_documents())
        yield opened


def asked(mesh: Mesh, actor: Actor = PAUL, **changes: Any) -> str:
    return request_waiver(replace(ASKED, **changes), actor, mesh.gate).id


def approved(mesh: Mesh, **changes: Any) -> str:
    waiver = asked(mesh, **changes)
    approve_waiver(SettleWaiverCommand(waiver), EDDA, mesh.gate)
    return waiver


def published(mesh: Mesh, **more: Any) -> PublishOutcome:
    return publish(PublishCommand(ORDERS, **more), OLGA, mesh.gate)


def listed(mesh: Mesh, actor: Actor = EDDA, after: str = "", limit: int = 50) -> tuple[WaiverRequest, ...]:
    return mesh.store.read(actor, waivers_seen(actor, None, after, limit))


def codes(outcome: PublishOutcome) -> set[str]:
    return {one.code for one in outcome.findings}


def state(mesh: Mesh) -> WaiverState:
    (one,) = listed(mesh)
    return one.state(mesh.clock.now())


def told(mesh: Mesh) -> list[EventType]:
    with mesh.store.open(EDDA, read_only=True) as unit:
        return [one.event.type for one in unit.outbox.pending() if ".waiver." in one.event.type]


def test_what_is_only_asked_for_passes_nothing_over(mesh: Mesh) -> None:
    asked(mesh)
    assert state(mesh) is WaiverState.REQUESTED
    assert not published(mesh).published


def test_an_approved_one_lets_the_asset_be_published_and_stands_in_its_record(mesh: Mesh) -> None:
    assert not published(mesh).published
    waiver = approved(mesh)
    assert state(mesh) is WaiverState.APPROVED
    outcome = published(mesh)
    assert outcome.published
    with mesh.store.open(OLGA, read_only=True) as unit:
        policy = unit.versions.of(ORDERS)[0].record["payload"]["policy"]
    assert policy["waivers"] == policy["stored_waivers"] == [waiver]
    assert told(mesh) == [EventType.WAIVER_REQUESTED, EventType.WAIVER_APPROVED]
    assert mesh.store.verify_audit().rows > 0


def test_a_waived_decision_is_repeated_with_the_same_result_after_its_waiver_was_revoked(mesh: Mesh) -> None:
    waiver = approved(mesh)
    decision_id = published(mesh).decision_id
    revoke_waiver(SettleWaiverCommand(waiver), EDDA, mesh.gate)
    with mesh.store.open(EDDA, read_only=True) as unit:
        (row,) = unit.read(Decisions(decision_id=decision_id, limit=1))
        one = row.decision
        view, source = unit.kept(one.input_digest), unit.kept(one.bundle_revision)
    assert view is not None
    assert source is not None
    recorded = RecordedDecision(
        decision_id=one.decision_id,
        verdict=one.verdict,
        violations=one.violations,
        waivers={},
        result_digest=one.result_digest,
        engine=one.engine,
        decided_at=one.decided_at,
        published_at=one.published_at,
        view=view,
        source=source,
        stored=one.waivers,
    )
    again = replay(recorded, mesh.gate.policy_engine, deadline_seconds=PATIENCE)
    assert again.same
    assert again.verdict is Verdict.ALLOW
    without = replay(replace(recorded, stored=()), mesh.gate.policy_engine, deadline_seconds=PATIENCE)
    assert without.verdict is Verdict.DENY


def test_nobody_approves_what_they_asked_for_themselves(mesh: Mesh) -> None:
    waiver = asked(mesh, EDDA)
    with pytest.raises(Forbidden, match="asked for this waiver"):
        approve_waiver(SettleWaiverCommand(waiver), EDDA, mesh.gate)
    assert approve_waiver(SettleWaiverCommand(waiver), ANNA, mesh.gate).approved_by == "anna"


def test_the_owner_of_the_asset_approves_nothing_for_it_whatever_their_role(mesh: Mesh) -> None:
    waiver = asked(mesh)
    with pytest.raises(Forbidden, match="olga owns data_product:sales.orders"):
        approve_waiver(SettleWaiverCommand(waiver), replace(EDDA, subject="olga"), mesh.gate)


@pytest.mark.parametrize(
    ("guidance", "approver", "may"),
    [
        ("mandatory", STELLA, False),
        ("recommended", STELLA, True),
        ("recommended", PAUL, False),
        ("elective", PAUL, True),
        ("elective", replace(EDDA, roles={"sales": EDDA.roles["*"]}), False),
        ("elective", EDDA, True),
    ],
    ids=lambda value: value.subject if isinstance(value, Actor) else str(value),
)
def test_who_may_approve_follows_from_the_guidance_of_the_rule(
    engines: Engines, tmp_path: Path, guidance: str, approver: Actor, may: bool
) -> None:
    policies(tmp_path, guidance)
    with open_mesh(tmp_path, sqlite_url(tmp_path), engines) as mesh:
        mesh.register(*product_documents())
        command = SettleWaiverCommand(asked(mesh, OLGA))
        if may:
            assert approve_waiver(command, approver, mesh.gate).approved_by == approver.subject
        else:
            with pytest.raises(Forbidden, match=guidance):
                approve_waiver(command, approver, mesh.gate)


def test_an_expired_one_passes_nothing_over_and_is_not_approved(mesh: Mesh) -> None:
    approved(mesh)
    late = asked(mesh)
    mesh.clock.pass_days(31)
    refused = published(mesh)
    assert not refused.published
    (ended,) = [one for one in refused.findings if one.code == FindingCode.WAIVER_EXPIRED.name]
    assert "paul mends" in ended.remedy, "who asked for it is told"
    assert {one.state(mesh.clock.now()) for one in listed(mesh)} == {WaiverState.EXPIRED}
    with pytest.raises(Conflict, match="expired"):
        approve_waiver(SettleWaiverCommand(late), EDDA, mesh.gate)


def test_an_expired_one_is_told_of_until_it_is_revoked_or_another_took_its_place(mesh: Mesh) -> None:
    first = approved(mesh)
    mesh.clock.pass_days(31)
    assert FindingCode.WAIVER_EXPIRED.name in codes(published(mesh, dry_run=True))
    later = approved(mesh, expires=NOON + timedelta(days=60))
    assert codes(published(mesh, dry_run=True)) >= {FindingCode.WAIVER_APPLIED.name}
    assert FindingCode.WAIVER_EXPIRED.name not in codes(published(mesh, dry_run=True))
    for one in (first, later):
        revoke_waiver(SettleWaiverCommand(one), PAUL, mesh.gate)
    assert not {one for one in codes(published(mesh, dry_run=True)) if one.startswith("WAIVER")}


def test_one_that_passes_nothing_over_is_told_to_who_asked_for_it(mesh: Mesh) -> None:
    approved(mesh, path="/product/outputPorts/0")
    (unused,) = [one for one in published(mesh).findings if one.code == FindingCode.WAIVER_UNUSED.name]
    assert "paul removes or revokes it" in unused.remedy


def test_an_audit_tells_who_asked_30_7_and_1_days_ahead_once_each_then_that_it_ended(mesh: Mesh) -> None:
    waiver = approved(mesh, expires=NOON + timedelta(days=40))
    published(mesh)

    def noted() -> list[tuple[str, str]]:
        with mesh.store.open(EDDA, read_only=True) as unit:
            events = [one.event for one in unit.outbox.pending()]
        found = [one.detail for one in events if one.type is EventType.WAIVER_NOTED]
        assert {(one["waiver"], one["owner"]) for one in found} <= {(waiver, "paul")}
        return [(one["finding"], one["ends"]) for one in found]

    told_on = []
    for day in range(43):
        before = len(noted())
        for _ in range(2):
            audit_if_due(EDDA, mesh.gate, Cancellation())
        told_on += [(day, code) for code, _ in noted()[before:]]
        mesh.clock.pass_days(1)
    soon = FindingCode.WAIVER_ENDS_SOON.name
    assert told_on == [(10, soon), (33, soon), (39, soon), (40, FindingCode.WAIVER_EXPIRED.name)]


def test_a_decision_under_a_waiver_that_ended_or_was_revoked_meanwhile_is_stale(mesh: Mesh) -> None:
    waiver = approved(mesh)
    with mesh.store.open(OLGA, read_only=True) as unit:
        draft = unit.drafts.latest(ORDERS)
        assert draft is not None
        facts = facts_of(draft, unit, mesh.gate.served, "olga")
    evidence = evaluate(draft, facts, mesh.gate, quality=False)
    assert not is_stale(snapshot_of(draft, facts, evidence, mesh.gate))
    revoke_waiver(SettleWaiverCommand(waiver), PAUL, mesh.gate)
    with mesh.store.open(OLGA, read_only=True) as unit:
        now = facts_of(draft, unit, mesh.gate.served, "olga")
    assert is_stale(snapshot_of(draft, now, evidence, mesh.gate))
    mesh.clock.pass_days(31)
    assert is_stale(snapshot_of(draft, facts, evidence, mesh.gate))


def test_a_revoked_one_stays_revoked(mesh: Mesh) -> None:
    waiver = SettleWaiverCommand(approved(mesh))
    with pytest.raises(Forbidden, match="mandatory"):
        revoke_waiver(waiver, STELLA, mesh.gate)
    assert revoke_waiver(waiver, PAUL, mesh.gate).revoked_by == "paul", "who asked for it may"
    assert state(mesh) is WaiverState.REVOKED
    for step in (approve_waiver, revoke_waiver):
        with pytest.raises(Conflict, match="revoked"):
            step(waiver, EDDA, mesh.gate)
    assert not published(mesh).published


def test_what_is_served_is_judged_again_when_a_waiver_comes_goes_or_ends(mesh: Mesh) -> None:
    first = approved(mesh)
    assert published(mesh).published

    def audited() -> list[EventType]:
        outcome = audit_if_due(EDDA, mesh.gate, Cancellation())
        return [] if outcome is None else [one.event for one in outcome.told]

    assert audited() == []
    assert audit_if_due(EDDA, mesh.gate, Cancellation()) is None, "nothing changed"
    revoke_waiver(SettleWaiverCommand(first), EDDA, mesh.gate)
    assert audited() == [EventType.DEMOTED]
    approved(mesh)
    assert audited() == [EventType.REINSTATED]
    mesh.clock.pass_days(31)
    assert audited() == [EventType.DEMOTED]
    assert audit_served(EDDA, mesh.gate).told == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": " "},
        {"ticket": ""},
        {"path": "asset"},
        {"rule": "ORG-NON-001"},
        {"expires": NOON},
        {"expires": NOON.replace(tzinfo=None) + timedelta(days=3)},
        {"expires": NOON + timedelta(days=91)},
        {"expires": datetime.max.replace(tzinfo=timezone(timedelta(hours=-10)))},
    ],
    ids=str,
)
def test_a_request_that_says_too_little_or_asks_for_too_much_is_refused(
    mesh: Mesh, changes: dict[str, Any]
) -> None:
    with pytest.raises(UsageError):
        asked(mesh, **changes)
    assert listed(mesh) == ()


def test_another_domain_neither_asks_nor_sees_nor_approves(mesh: Mesh) -> None:
    with pytest.raises(Forbidden):
        asked(mesh, EVE)
    waiver = asked(mesh)
    assert listed(mesh, EVE) == ()
    with pytest.raises(NotFound):
        approve_waiver(SettleWaiverCommand(waiver), EVE, mesh.gate)


def test_a_dry_run_stores_nothing_and_the_same_key_gives_the_same_answer(mesh: Mesh) -> None:
    asked(mesh, dry_run=True)
    assert listed(mesh) == ()
    assert asked(mesh, idempotency_key="k") == asked(mesh, idempotency_key="k")
    with pytest.raises(IdempotencyMismatch):
        asked(mesh, idempotency_key="k", ticket="GOV-2")
    (one,) = listed(mesh)
    command = SettleWaiverCommand(one.id, "a")
    assert approve_waiver(replace(command, dry_run=True), EDDA, mesh.gate).approved_by == "edda"
    assert state(mesh) is WaiverState.REQUESTED
    assert approve_waiver(command, EDDA, mesh.gate) == approve_waiver(command, EDDA, mesh.gate)


def test_the_list_goes_on_behind_its_last_waiver(mesh: Mesh) -> None:
    names = [asked(mesh) for _ in range(3)]
    first = listed(mesh, limit=2)
    rest = listed(mesh, after=first[-1].id, limit=2)
    assert [one.id for one in (*first, *rest)] == sorted(names, reverse=True)


def test_the_last_day_on_the_command_line_counts_whole() -> None:
    assert _end("2026-12-01") == datetime(2026, 12, 2, tzinfo=UTC)
