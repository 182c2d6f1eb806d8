"""From documents to a served version and out of service again, on real parts."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.publishing_mesh import (
    EVE,
    GMV,
    OLGA,
    ORDERS,
    PAUL,
    RULE,
    STELLA,
    Engines,
    Mesh,
    manifest_of,
    metric_document,
    open_mesh,
    product_documents,
    write_policies,
)
from ports.store_examples import sqlite_url

from catalog.access.access_event import AccessEvent
from catalog.access.actor import SYSTEM, Actor
from catalog.adapters.signer import HmacSigner
from catalog.domain.document import Document
from catalog.domain.draft import Draft
from catalog.domain.errors import (
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    NotFound,
    PolicyUnavailable,
    Refused,
    StaleRowVersion,
    UsageError,
)
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.people import Role
from catalog.manifests.read import read
from catalog.policy.decision import EnforcementPoint
from catalog.policy.load import load_bundle
from catalog.publishing.active_policies import ActivePolicies
from catalog.publishing.certification import certification_of
from catalog.publishing.check import check
from catalog.publishing.deprecate import DeprecateCommand, deprecate
from catalog.publishing.plan import plan
from catalog.publishing.ports import Gate
from catalog.publishing.progress import Step
from catalog.publishing.publish import PublishCommand, PublishOutcome, PublishResult, publish
from catalog.publishing.record import verify_version
from catalog.publishing.retire import RetireCommand, retire
from catalog.publishing.review import registration_review
from catalog.publishing.sign import SignOffCommand, sign_off
from catalog.registry.ports import PublishedVersion
from catalog.registry.register import register
from catalog.store.projections.audit import AuditLog

PUBLISH_ORDERS = PublishCommand(ORDERS)
PUBLISH_GMV = PublishCommand(GMV)
MORE = "      - name: order_id_again\n        physicalName: order_id\n        logicalType: integer\n"


@pytest.fixture
def mesh(tmp_path: Path, engines: Engines) -> Iterator[Mesh]:
    with open_mesh(tmp_path, sqlite_url(tmp_path), engines) as opened:
        yield opened


def versions(mesh: Mesh, key: AssetKey = ORDERS) -> tuple[PublishedVersion, ...]:
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        return unit.versions.of(key)


def row_version(mesh: Mesh, key: AssetKey = ORDERS) -> int:
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        return unit.row_version(key)


def events(mesh: Mesh) -> list[str]:
    return [one.action for one in reversed(mesh.store.read(SYSTEM, AuditLog()))]


def codes(outcome: PublishOutcome) -> list[str]:
    return [one.code for one in outcome.findings if one.blocks]


def published(mesh: Mesh, *documents: Any) -> PublishOutcome:
    mesh.register(*(documents or product_documents()))
    outcome = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
    assert outcome.result is PublishResult.PUBLISHED, outcome.findings
    return outcome


def read_by(mesh: Mesh, key: AssetKey, actor: Actor) -> None:
    with mesh.store.open(SYSTEM) as unit:
        unit.access_log.append([AccessEvent(mesh.clock.now(), actor, key, "1.0.0", "d", True, 3)])
        unit.commit()


class TestRegister:
    def test_a_registered_draft_is_served_to_nobody(self, mesh: Mesh) -> None:
        (one,) = mesh.register(*product_documents())
        assert (one.key, one.version, one.stored, one.row_version) == (ORDERS, "1.0.0", True, 1)
        assert versions(mesh) == ()
        assert events(mesh) == ["catalog.draft.registered"]

    def test_the_same_bytes_store_nothing_and_say_so(self, mesh: Mesh) -> None:
        first = mesh.register(*product_documents())
        again = mesh.register(*product_documents())
        assert (again[0].stored, again[0].digest, again[0].row_version) == (False, first[0].digest, 1)
        assert len(events(mesh)) == 1

    def test_content_that_returns_is_the_latest_again(self, mesh: Mesh) -> None:
        first = mesh.register(*product_documents())[0]
        mesh.register(*product_documents(columns=MORE))
        back = mesh.register(*product_documents())[0]
        assert (back.stored, back.digest, back.row_version) == (True, first.digest, 3)
        with mesh.store.open(OLGA, read_only=True) as unit:
            latest = unit.drafts.latest(ORDERS)
        assert latest is not None
        assert latest.digest == first.digest

    def test_a_stranger_registers_nothing(self, mesh: Mesh) -> None:
        with pytest.raises(Forbidden):
            mesh.register(*product_documents(), actor=EVE)
        assert events(mesh) == []

    def test_permission_is_asked_before_documents_are_judged(self, mesh: Mesh) -> None:
        broken = read((metric_document(tier="nothstar"),))
        with pytest.raises(Forbidden):
            register(broken, EVE, mesh.store.open, mesh.clock)

    def test_one_blocking_finding_keeps_everything_out(self, mesh: Mesh) -> None:
        documents = (*product_documents(), metric_document(tier="nothstar"))
        with pytest.raises(Refused) as refused:
            register(read(documents), OLGA, mesh.store.open, mesh.clock)
        assert [one.code for one in refused.value.findings if one.blocks] == ["TIER_UNKNOWN"]
        assert events(mesh) == []

    def test_nothing_to_register_is_no_success(self, mesh: Mesh) -> None:
        with pytest.raises(Refused) as refused:
            register(read(()), OLGA, mesh.store.open, mesh.clock)
        assert [one.code for one in refused.value.findings] == ["NOTHING_TO_REGISTER"]

    def test_a_dry_run_stores_nothing(self, mesh: Mesh) -> None:
        manifest = manifest_of(*product_documents())
        (one,) = register(manifest, OLGA, mesh.store.open, mesh.clock, dry_run=True)
        assert (one.stored, one.row_version) == (True, 0)
        assert events(mesh) == []

    def test_policy_reviews_what_is_registered(self, mesh: Mesh) -> None:
        review = registration_review(OLGA, mesh.gate)
        manifest = manifest_of(*product_documents(owner=""))
        (one,) = register(manifest, OLGA, mesh.store.open, mesh.clock, review=review)
        assert [finding.code for finding in one.findings] == ["ORG-OWN-001"]

    def test_without_a_policy_decision_nothing_is_registered(self, mesh: Mesh) -> None:
        review = registration_review(OLGA, with_policy(mesh, _Down()))
        with pytest.raises(Refused):
            register(manifest_of(*product_documents()), OLGA, mesh.store.open, mesh.clock, review=review)
        assert events(mesh) == []


class _Down:
    version = "none"

    def evaluate(self, *_: object, **__: object) -> list[list[Any]]:
        raise PolicyUnavailable

    def close(self) -> None:
        pass


class _Meddling:
    """The real engine, with something else happening while it thinks."""

    def __init__(self, engine: Any, meanwhile: Callable[[], object], times: int = 1) -> None:
        self.version = engine.version
        self._engine, self._meanwhile, self._times = engine, meanwhile, times

    def evaluate(self, *given: Any, **named: Any) -> Any:
        answer = self._engine.evaluate(*given, **named)
        if self._times:
            self._times -= 1
            self._meanwhile()
        return answer

    def close(self) -> None:
        pass


def with_policy(mesh: Mesh, engine: Any) -> Gate:
    return replace(mesh.gate, policy_engine=engine)


class TestPublish:
    def test_a_good_product_is_published_with_a_signed_record(self, mesh: Mesh) -> None:
        outcome = published(mesh)
        (version,) = versions(mesh)
        assert (version.status, version.digest, version.published_by) == (
            Status.ACTIVE,
            outcome.digest,
            "olga",
        )
        assert verify_version(version, mesh.gate.signer)
        assert not verify_version(version, HmacSigner("another secret of the tests, as long"))
        assert version.record["payload"]["quality"]["outcomes"]["pass"] >= 1
        assert version.record["payload"]["quality"]["fingerprints"].keys() == {"orders"}
        assert outcome.row_version == row_version(mesh) == 2
        assert events(mesh) == ["catalog.draft.registered", "catalog.version.published"]

    def test_policy_and_quality_refuse_together(self, mesh: Mesh) -> None:
        mesh.write_orders(",1,x\n,2,y\n")
        mesh.register(*product_documents(owner=""))
        outcome = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        assert outcome.result is PublishResult.REFUSED
        assert "ORG-OWN-001" in codes(outcome)
        assert len(codes(outcome)) > 1

    def test_a_refusal_keeps_its_evidence_and_changes_nothing_else(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(owner=""))
        outcome = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        assert (versions(mesh), row_version(mesh), outcome.row_version) == ((), 1, 1)
        assert events(mesh) == ["catalog.draft.registered", "catalog.version.refused"]
        assert counts(mesh) == {"decisions": 1, "quality_runs": 1, "outbox": 2, "versions": 0}

    def test_data_that_is_not_there_refuses(self, mesh: Mesh) -> None:
        (mesh.data / "orders.csv").unlink()
        mesh.register(*product_documents())
        assert publish(PUBLISH_ORDERS, OLGA, mesh.gate).result is PublishResult.REFUSED

    def test_without_a_policy_decision_nothing_is_published(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        outcome = publish(PUBLISH_ORDERS, OLGA, with_policy(mesh, _Down()))
        assert codes(outcome) == ["POLICY_UNAVAILABLE"]
        assert versions(mesh) == ()

    def test_a_dry_run_judges_and_stores_nothing(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        outcome = publish(replace(PUBLISH_ORDERS, dry_run=True, idempotency_key="k"), OLGA, mesh.gate)
        assert (outcome.result, outcome.dry_run, outcome.row_version) == (PublishResult.PUBLISHED, True, 1)
        assert counts(mesh) == {"decisions": 0, "quality_runs": 0, "outbox": 1, "versions": 0}

    def test_the_steps_are_told_in_order(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        told: list[Step] = []
        publish(PUBLISH_ORDERS, OLGA, mesh.gate, progress=lambda step, _: told.append(step))
        assert told == list(Step)

    def test_a_stranger_learns_nothing(self, mesh: Mesh) -> None:
        published(mesh)
        with pytest.raises(Forbidden) as there:
            publish(PUBLISH_ORDERS, EVE, mesh.gate)
        with pytest.raises(Forbidden) as nowhere:
            publish(PublishCommand(AssetKey.parse("data_product:sales.nothing")), EVE, mesh.gate)
        assert str(there.value) == str(nowhere.value)

    def test_a_draft_that_is_not_there_is_not_found(self, mesh: Mesh) -> None:
        with pytest.raises(NotFound):
            publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        mesh.register(*product_documents())
        with pytest.raises(NotFound):
            publish(replace(PUBLISH_ORDERS, digest="sha256:none"), OLGA, mesh.gate)

    def test_what_is_served_already_stays_as_it_is(self, mesh: Mesh) -> None:
        first = published(mesh)
        again = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        assert (again.result, again.record) == (PublishResult.UNCHANGED, first.record)
        assert len(versions(mesh)) == 1

    def test_a_published_version_never_changes(self, mesh: Mesh) -> None:
        published(mesh)
        mesh.register(*product_documents(columns=MORE))
        outcome = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        assert codes(outcome) == ["VERSION_NOT_NEWER", "VERSION_TAKEN"]

    def test_a_breaking_change_needs_a_major_version_and_names_its_consumers(self, mesh: Mesh) -> None:
        published(mesh)
        read_by(mesh, ORDERS, EVE)
        mesh.register(*product_documents("1.1.0", email="BIGINT"))
        outcome = publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        assert "VERSION_BUMP_TOO_SMALL" in codes(outcome)
        told = next(one for one in outcome.findings if one.code == "CONSUMERS_AFFECTED")
        assert "crm/notebook" in told.message

    def test_a_second_version_lives_beside_the_first(self, mesh: Mesh) -> None:
        published(mesh)
        published(mesh, *product_documents("1.1.0", columns=MORE))
        assert {one.version: one.status for one in versions(mesh)} == {
            "1.0.0": Status.ACTIVE,
            "1.1.0": Status.ACTIVE,
        }

    def test_a_draft_is_published_by_its_digest(self, mesh: Mesh) -> None:
        first = mesh.register(*product_documents())[0]
        mesh.register(*product_documents("1.0.1"))
        outcome = publish(replace(PUBLISH_ORDERS, digest=first.digest), OLGA, mesh.gate)
        assert (outcome.version, outcome.result) == ("1.0.0", PublishResult.PUBLISHED)


class TestConcurrency:
    def test_a_stale_row_version_is_a_conflict(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        with pytest.raises(StaleRowVersion, match="row version 1, not 7"):
            publish(replace(PUBLISH_ORDERS, expected_row_version=7), OLGA, mesh.gate)
        assert counts(mesh)["decisions"] == 0

    def test_a_draft_edited_between_decision_and_publication_is_a_conflict(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        edit = _Meddling(mesh.gate.policy_engine, lambda: mesh.register(*product_documents(columns=MORE)))
        with pytest.raises(StaleRowVersion):
            publish(PUBLISH_ORDERS, OLGA, with_policy(mesh, edit))
        assert counts(mesh) == {"decisions": 0, "quality_runs": 0, "outbox": 2, "versions": 0}

    def test_a_mesh_that_moves_is_judged_again(self, mesh: Mesh) -> None:
        other = tuple(
            Document(
                one.path.replace("orders", "returns"),
                one.data.replace(b"orders", b"returns").replace(b"returns.csv", b"orders.csv"),
            )
            for one in product_documents()
        )
        key = AssetKey.parse("data_product:sales.returns")
        mesh.register(*product_documents())
        mesh.register(*other)

        def meanwhile() -> None:
            assert publish(PublishCommand(key), OLGA, mesh.gate).published

        decided: list[str] = []

        def progress(step: Step, result: Any) -> None:
            if step is Step.POLICY:
                decided.append(result.input_digest)

        moving = with_policy(mesh, _Meddling(mesh.gate.policy_engine, meanwhile))
        outcome = publish(PUBLISH_ORDERS, OLGA, moving, progress=progress)
        assert len(set(decided)) == 2
        assert outcome.record["payload"]["policy"]["input_digest"] == decided[-1]

    def test_of_two_racing_publishers_one_wins(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        results = together(2, lambda _: publish(PUBLISH_ORDERS, OLGA, mesh.gate))
        won = [
            one
            for one in results
            if isinstance(one, PublishOutcome) and one.result is PublishResult.PUBLISHED
        ]
        assert len(won) == 1
        assert all(isinstance(one, StaleRowVersion | PublishOutcome) for one in results)
        assert counts(mesh) == {"decisions": 1, "quality_runs": 1, "outbox": 2, "versions": 1}

    def test_one_key_sent_many_times_at_once_has_one_effect(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        command = replace(PUBLISH_ORDERS, idempotency_key="once")
        results = together(4, lambda _: publish(command, OLGA, mesh.gate))
        digests = {one.record["signature"] for one in results}
        assert len(digests) == 1
        assert counts(mesh) == {"decisions": 1, "quality_runs": 1, "outbox": 2, "versions": 1}


def together(number: int, action: Callable[[int], Any]) -> list[Any]:
    barrier, results = threading.Barrier(number), [None] * number

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = action(index)
        except Conflict as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return results


class TestIdempotency:
    def test_the_same_key_gives_the_same_answer(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        command = replace(PUBLISH_ORDERS, idempotency_key="k", expected_row_version=1)
        first = publish(command, OLGA, mesh.gate)
        assert publish(command, OLGA, mesh.gate) == first
        assert counts(mesh)["decisions"] == 1

    def test_a_refusal_is_remembered_too(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(owner=""))
        command = replace(PUBLISH_ORDERS, idempotency_key="k")
        first = publish(command, OLGA, mesh.gate)
        assert (first.result, publish(command, OLGA, mesh.gate)) == (PublishResult.REFUSED, first)
        assert counts(mesh)["decisions"] == 1

    def test_another_command_under_the_same_key_is_refused(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        publish(replace(PUBLISH_ORDERS, idempotency_key="k"), OLGA, mesh.gate)
        with pytest.raises(IdempotencyMismatch):
            publish(replace(PUBLISH_ORDERS, idempotency_key="k", expected_row_version=2), OLGA, mesh.gate)

    def test_a_key_belongs_to_its_actor(self, mesh: Mesh) -> None:
        mesh.register(*product_documents())
        publish(replace(PUBLISH_ORDERS, idempotency_key="k"), OLGA, mesh.gate)
        other = publish(replace(PUBLISH_ORDERS, idempotency_key="k"), PAUL, mesh.gate)
        assert other.result is PublishResult.UNCHANGED


class TestMetric:
    def approve(self, mesh: Mesh) -> None:
        sign_off(SignOffCommand(GMV, Role.DOMAIN_OWNER), OLGA, mesh.gate)
        sign_off(SignOffCommand(GMV, Role.STEWARD), STELLA, mesh.gate)

    def test_a_metric_waits_for_its_product_and_its_approvals(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(), metric_document())
        outcome = publish(PUBLISH_GMV, OLGA, mesh.gate)
        assert codes(outcome) == ["SIGN_OFF_MISSING", "SIGN_OFF_MISSING", "DEPENDENCY_NOT_SERVED"]

    def test_an_approved_metric_is_published_and_certified(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(), metric_document())
        assert publish(PUBLISH_ORDERS, OLGA, mesh.gate).published
        self.approve(mesh)
        assert codes(publish(PUBLISH_GMV, OLGA, mesh.gate)) == []
        (version,) = versions(mesh, GMV)
        assert certification_of(version).signed_by == ("domain_owner: olga", "steward: stella")
        assert certification_of(version).certified
        assert version.quality_run_id == ""

    def test_approvals_die_with_the_definition(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(), metric_document())
        publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        self.approve(mesh)
        mesh.register(metric_document(description="Only words."))
        assert publish(replace(PUBLISH_GMV, dry_run=True), OLGA, mesh.gate).published
        mesh.register(metric_document(expr="amount * 2"))
        assert codes(publish(PUBLISH_GMV, OLGA, mesh.gate)) == ["SIGN_OFF_MISSING", "SIGN_OFF_MISSING"]

    def test_a_lower_tier_does_not_escape_approval(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(), metric_document())
        publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        self.approve(mesh)
        publish(PUBLISH_GMV, OLGA, mesh.gate)
        mesh.register(metric_document("2.0.0", tier="tier_3", expr="amount * 2"))
        assert codes(publish(PUBLISH_GMV, OLGA, mesh.gate)) == ["SIGN_OFF_MISSING", "SIGN_OFF_MISSING"]

    def test_who_publishes_is_no_approver(self, mesh: Mesh) -> None:
        mesh.register(*product_documents(), metric_document(), actor=PAUL)
        publish(PUBLISH_ORDERS, OLGA, mesh.gate)
        sign_off(SignOffCommand(GMV, Role.DOMAIN_OWNER), OLGA, mesh.gate)
        sign_off(SignOffCommand(GMV, Role.STEWARD), OLGA, mesh.gate)
        assert codes(publish(PUBLISH_GMV, OLGA, mesh.gate)) == ["SIGN_OFF_MISSING"]
        assert publish(PUBLISH_GMV, PAUL, mesh.gate).published


class TestSignOff:
    def test_a_sign_off_is_bound_recorded_and_told(self, mesh: Mesh) -> None:
        (one,) = mesh.register(metric_document())
        outcome = sign_off(SignOffCommand(GMV, Role.STEWARD, one.definition_digest), STELLA, mesh.gate)
        assert (outcome.recorded, outcome.missing) == (True, (Role.DOMAIN_OWNER,))
        assert events(mesh)[-1] == "catalog.draft.signed_off"

    def test_a_second_sign_off_of_the_same_person_changes_nothing(self, mesh: Mesh) -> None:
        mesh.register(metric_document())
        sign_off(SignOffCommand(GMV, Role.STEWARD), STELLA, mesh.gate)
        assert not sign_off(SignOffCommand(GMV, Role.STEWARD), STELLA, mesh.gate).recorded
        assert events(mesh).count("catalog.draft.signed_off") == 1

    def test_a_dry_run_and_a_retry(self, mesh: Mesh) -> None:
        mesh.register(metric_document())
        command = SignOffCommand(GMV, Role.STEWARD, idempotency_key="k")
        assert sign_off(replace(command, dry_run=True), STELLA, mesh.gate).recorded
        first = sign_off(command, STELLA, mesh.gate)
        assert sign_off(command, STELLA, mesh.gate) == first
        with pytest.raises(IdempotencyMismatch):
            sign_off(replace(command, definition_digest=first.definition_digest), STELLA, mesh.gate)

    def test_a_definition_that_has_changed_is_not_signed(self, mesh: Mesh) -> None:
        (old,) = mesh.register(metric_document())
        mesh.register(metric_document(expr="amount * 2"))
        with pytest.raises(Conflict):
            sign_off(SignOffCommand(GMV, Role.STEWARD, old.definition_digest), STELLA, mesh.gate)

    @pytest.mark.parametrize(
        ("role", "actor", "error"),
        [
            (Role.STEWARD, EVE, Forbidden),
            (Role.DOMAIN_OWNER, STELLA, Forbidden),
            (Role.EXECUTIVE_SPONSOR, STELLA, Forbidden),
            (Role.STEWARD, OLGA, Forbidden),
            (Role.CONSUMER, STELLA, UsageError),
        ],
    )
    def test_nobody_signs_in_a_role_that_is_not_theirs(
        self, mesh: Mesh, role: Role, actor: Actor, error: type[Exception]
    ) -> None:
        mesh.register(metric_document())
        with pytest.raises(error):
            sign_off(SignOffCommand(GMV, role), actor, mesh.gate)

    def test_what_was_never_registered_is_not_signed(self, mesh: Mesh) -> None:
        with pytest.raises(NotFound):
            sign_off(SignOffCommand(GMV, Role.STEWARD), STELLA, mesh.gate)


SUNSET = datetime(2027, 1, 31, tzinfo=UTC)
DEPRECATE = DeprecateCommand(ORDERS, "1.0.0", "Use the next version.", SUNSET)
RETIRE = RetireCommand(ORDERS, "1.0.0")


class TestLifecycle:
    def test_a_deprecated_version_is_served_with_a_notice_and_consumers_are_told(self, mesh: Mesh) -> None:
        published(mesh)
        read_by(mesh, ORDERS, EVE)
        outcome = deprecate(DEPRECATE, OLGA, mesh.gate)
        (version,) = versions(mesh)
        assert (outcome.status, outcome.row_version, version.status) == (
            Status.DEPRECATED,
            3,
            Status.DEPRECATED,
        )
        assert (version.notice, version.sunset_at) == ("Use the next version.", SUNSET)
        with mesh.store.open(SYSTEM, read_only=True) as unit:
            assert len(unit.versions.served()) == 1
        detail = mesh.store.read(SYSTEM, AuditLog())[0].detail
        assert detail["consumers"] == [{"team": "crm", "application": "notebook", "reads": 1}]

    def test_every_reason_against_a_deprecation_is_named(self, mesh: Mesh) -> None:
        published(mesh)
        bad = replace(
            DEPRECATE, notice=" ", sunset_at=datetime(2020, 1, 1, tzinfo=UTC), replaced_by="metric:sales.gmv"
        )
        with pytest.raises(Refused) as refused:
            deprecate(bad, OLGA, mesh.gate)
        assert [one.code for one in refused.value.findings] == [
            "NOTICE_MISSING",
            "SUNSET_INVALID",
            "REPLACEMENT_UNKNOWN",
        ]
        assert versions(mesh)[0].status is Status.ACTIVE

    def test_a_replacement_is_another_served_version(self, mesh: Mesh) -> None:
        published(mesh)
        with pytest.raises(Refused):
            deprecate(replace(DEPRECATE, replaced_by=f"{ORDERS}@1.0.0"), OLGA, mesh.gate)
        published(mesh, *product_documents("1.0.1"))
        deprecate(replace(DEPRECATE, replaced_by=f"{ORDERS}@1.0.1"), OLGA, mesh.gate)
        assert {one.replaced_by for one in versions(mesh)} == {"", f"{ORDERS}@1.0.1"}

    def test_bad_words_are_usage_errors(self, mesh: Mesh) -> None:
        published(mesh)
        with pytest.raises(UsageError):
            deprecate(replace(DEPRECATE, sunset_at=datetime(2027, 1, 31)), OLGA, mesh.gate)  # noqa: DTZ001
        with pytest.raises(UsageError):
            deprecate(replace(DEPRECATE, replaced_by="orders"), OLGA, mesh.gate)

    def test_a_version_is_retired_after_its_sunset_only(self, mesh: Mesh) -> None:
        published(mesh)
        deprecate(DEPRECATE, OLGA, mesh.gate)
        with pytest.raises(Refused) as early:
            retire(RETIRE, OLGA, mesh.gate)
        assert [one.code for one in early.value.findings] == ["SUNSET_NOT_REACHED"]
        mesh.clock.pass_days(100)
        assert retire(RETIRE, OLGA, mesh.gate).status is Status.RETIRED
        with mesh.store.open(SYSTEM, read_only=True) as unit:
            assert unit.versions.served() == ()

    def test_an_active_version_is_not_retired_at_once(self, mesh: Mesh) -> None:
        published(mesh)
        with pytest.raises(Refused) as refused:
            retire(RETIRE, OLGA, mesh.gate)
        assert [one.code for one in refused.value.findings] == ["STATUS_STEP_REFUSED"]

    def test_a_retired_version_stays_retired(self, mesh: Mesh) -> None:
        published(mesh)
        deprecate(DEPRECATE, OLGA, mesh.gate)
        mesh.clock.pass_days(100)
        retire(RETIRE, OLGA, mesh.gate)
        assert codes(publish(PUBLISH_ORDERS, OLGA, mesh.gate)) == ["VERSION_TAKEN"]
        with pytest.raises(Refused):
            deprecate(DEPRECATE, OLGA, mesh.gate)

    def test_what_others_are_made_from_is_not_retired_under_them(self, mesh: Mesh) -> None:
        published(mesh)
        mesh.register(metric_document(tier="tier_3"))
        assert publish(PUBLISH_GMV, OLGA, mesh.gate).published
        deprecate(DEPRECATE, OLGA, mesh.gate)
        mesh.clock.pass_days(100)
        with pytest.raises(Refused) as refused:
            retire(RETIRE, OLGA, mesh.gate)
        assert [one.code for one in refused.value.findings] == ["RETIREMENT_HAS_DEPENDENTS"]
        published(mesh, *product_documents("1.0.1"))
        assert retire(RETIRE, OLGA, mesh.gate).status is Status.RETIRED

    def test_a_metric_on_a_deprecated_product_is_published_with_a_warning(self, mesh: Mesh) -> None:
        published(mesh)
        deprecate(DEPRECATE, OLGA, mesh.gate)
        mesh.register(metric_document(tier="tier_3"))
        outcome = publish(PUBLISH_GMV, OLGA, mesh.gate)
        assert outcome.published
        assert [one.code for one in outcome.findings] == ["DEPENDENCY_DEPRECATED"]

    @pytest.mark.parametrize(
        "act",
        [
            lambda mesh, actor, **more: deprecate(replace(DEPRECATE, **more), actor, mesh.gate),
            lambda mesh, actor, **more: retire(replace(RETIRE, **more), actor, mesh.gate),
        ],
    )
    def test_steps_are_guarded_like_publishing(self, mesh: Mesh, act: Any) -> None:
        published(mesh)
        with pytest.raises(Forbidden):
            act(mesh, EVE)
        with pytest.raises(NotFound):
            act(mesh, OLGA, version="9.9.9")
        with pytest.raises(StaleRowVersion):
            act(mesh, OLGA, expected_row_version=1)

    def test_a_step_is_taken_once_per_key(self, mesh: Mesh) -> None:
        published(mesh)
        command = replace(DEPRECATE, idempotency_key="k")
        assert deprecate(replace(command, dry_run=True), OLGA, mesh.gate).dry_run
        assert versions(mesh)[0].status is Status.ACTIVE
        first = deprecate(command, OLGA, mesh.gate)
        assert deprecate(command, OLGA, mesh.gate) == first
        with pytest.raises(IdempotencyMismatch):
            deprecate(replace(command, sunset_at=SUNSET + timedelta(days=1)), OLGA, mesh.gate)


class TestPlan:
    def test_a_plan_says_what_would_happen_and_stores_nothing(self, mesh: Mesh) -> None:
        found = plan(manifest_of(*product_documents(), metric_document(tier="tier_3")), OLGA, mesh.gate)
        assert found.passes
        assert [(one.draft.key, one.registers, one.served) for one in found.assets] == [
            (ORDERS, True, False),
            (GMV, True, False),
        ]
        assert counts(mesh) == {"decisions": 0, "quality_runs": 0, "outbox": 0, "versions": 0}

    def test_a_plan_refuses_what_publishing_would_refuse(self, mesh: Mesh) -> None:
        found = plan(
            manifest_of(*product_documents(owner=""), metric_document(tier="tier_3")), OLGA, mesh.gate
        )
        assert not found.passes
        reasons = [[one.code for one in asset.judgement.findings if one.blocks] for asset in found.assets]
        assert reasons == [["ORG-OWN-001"], ["DEPENDENCY_NOT_SERVED"]]

    def test_what_is_served_already_is_left_alone(self, mesh: Mesh) -> None:
        published(mesh)
        (one,) = plan(manifest_of(*product_documents()), OLGA, mesh.gate).assets
        assert (one.registers, one.served, one.judgement) == (False, True, None)

    def test_a_plan_without_quality_says_so(self, mesh: Mesh) -> None:
        (one,) = plan(manifest_of(*product_documents()), OLGA, mesh.gate, quality=False).assets
        assert [finding.code for finding in one.judgement.findings] == ["QUALITY_MISSING"]

    def test_a_plan_is_for_those_who_may(self, mesh: Mesh) -> None:
        with pytest.raises(Forbidden):
            plan(manifest_of(*product_documents()), EVE, mesh.gate)


class TestCheck:
    def check(self, mesh: Mesh, *documents: Any, quality: bool = False) -> Any:
        return check(
            documents,
            bundle=mesh.gate.policies.now(EnforcementPoint.CI).bundle,
            engine=mesh.gate.policy_engine,
            clock=mesh.clock,
            sql_engine=mesh.gate.sql_engine if quality else None,
            locator=mesh.gate.locator if quality else None,
        )

    def test_good_documents_pass(self, mesh: Mesh) -> None:
        found = self.check(mesh, *product_documents(), metric_document(), quality=True)
        assert found.passes, found.findings
        assert [one.quality is not None for one in found.assets] == [True, False]

    def test_policy_is_asked_at_the_point_ci(self, mesh: Mesh) -> None:
        found = self.check(mesh, *product_documents(owner=""))
        assert not found.passes
        assert [one.code for one in found.findings] == ["ORG-OWN-001"]
        assert {str(one.decision.point) for one in found.assets} == {"ci"}

    def test_quality_counts_where_it_is_asked_for(self, mesh: Mesh) -> None:
        mesh.write_orders(",1,x\n")
        assert self.check(mesh, *product_documents()).passes
        assert not self.check(mesh, *product_documents(), quality=True).passes

    def test_broken_documents_do_not_pass(self, mesh: Mesh) -> None:
        found = self.check(mesh, metric_document(tier="nothstar"))
        assert [one.code for one in found.findings] == ["TIER_UNKNOWN"]


def test_a_decision_by_another_bundle_is_stale(mesh: Mesh, tmp_path: Path) -> None:
    """The gate's bundle is the one that was asked; a newer one makes the snapshot stale."""
    from catalog.publishing.evaluate import evaluate, snapshot_of
    from catalog.publishing.facts import facts_of
    from catalog.publishing.gate import is_stale

    mesh.register(*product_documents())
    newer = load_bundle(write_policies(tmp_path / "newer", RULE.replace("names its owner", "has an owner")))
    with mesh.store.open(OLGA, read_only=True) as unit:
        draft = unit.drafts.latest(ORDERS)
        assert isinstance(draft, Draft)
        facts = facts_of(draft, unit, mesh.gate.served, "olga")
    evidence = evaluate(draft, facts, mesh.gate)
    assert not is_stale(snapshot_of(draft, facts, evidence, mesh.gate))
    assert is_stale(
        snapshot_of(
            draft,
            facts,
            evidence,
            replace(mesh.gate, policies=ActivePolicies(mesh.store.open, lambda: newer)),
        )
    )


def counts(mesh: Mesh) -> dict[str, int]:
    from sqlalchemy import func, select

    from catalog.store.tables.schema import SCHEMA

    names = ("decisions", "quality_runs", "outbox", "versions")
    with mesh.store.open(SYSTEM, read_only=True) as unit:
        return {
            name: unit._connection.execute(select(func.count()).select_from(SCHEMA.tables[name])).scalar_one()
            for name in names
        }
