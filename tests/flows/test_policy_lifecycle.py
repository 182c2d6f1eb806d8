"""A bundle's life: uploaded, validated, in shadow, in force at a point, rolled back; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flows.publishing_mesh import (
    OLGA,
    RULE,
    RULE_TEST,
    Engines,
    Mesh,
    manifest_of,
    open_mesh_on_its_store,
    product_documents,
)

from catalog.access.actor import EVERYWHERE, Actor
from catalog.domain.errors import BundleInvalid, Conflict, Forbidden, NotFound, Refused
from catalog.domain.event import EventType
from catalog.domain.identity import AssetKey
from catalog.domain.people import Role
from catalog.policy.decision import EnforcementPoint, Verdict
from catalog.policy.lifecycle import Mode, stage_of
from catalog.publishing.active_policies import ActivePolicies, Origin
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.bundles.upload import UploadCommand, upload
from catalog.publishing.bundles.validate import validate_bundle
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.review import registration_review
from catalog.registry.register import Registration, register
from catalog.store.projections.decisions import Decisions
from catalog.store.projections.policy_shadows import PolicyShadows
from catalog.store.unit_of_work import Store

EDDA, ANNA = (
    Actor(name, "policy", "cli", {EVERYWHERE: frozenset({Role.POLICY_ENGINEER})}) for name in ("edda", "anna")
)
PUBLISH = (EnforcementPoint.PUBLISH,)
ORDERS = AssetKey.parse("data_product:sales.orders")
# Everybody breaks it, and its test sees to it that it does.
STRICT = RULE.replace('input.asset.owner == ""', 'input.asset.owner != ""').replace(
    "{asset} names no", "{asset} has an"
)
STRICT_TEST = (
    "package governance.org.owner_test\n\nimport data.governance.org.owner\n\n"
    'test_it if count(owner.violation) == 1 with input.asset as {"owner": "a", "path": "/asset"}\n\n'
    'test_not if count(owner.violation) == 0 with input.asset as {"owner": "", "path": "/asset"}\n'
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def mesh(request: pytest.FixtureRequest, engines: Engines, tmp_path: Path) -> Iterator[Mesh]:
    with open_mesh_on_its_store(request, engines, tmp_path) as opened:
        yield opened


def folder(rule: str = STRICT, test: str = STRICT_TEST) -> UploadCommand:
    return UploadCommand({"org/owner.rego": rule.encode(), "org/owner_test.rego": test.encode()})


def brought(mesh: Mesh, rule: str = STRICT, test: str = STRICT_TEST) -> str:
    """A validated bundle of Edda's."""
    revision = upload(folder(rule, test), EDDA, mesh.gate).revision
    validate_bundle(revision, EDDA, mesh.gate)
    return revision


def stage(mesh: Mesh, revision: str) -> str:
    with mesh.store.open(EDDA, read_only=True) as unit:
        found = unit.policies.find(revision)
        assert found is not None
        return stage_of(found, unit.policies.placements())


def events(mesh: Mesh) -> list[EventType]:
    with mesh.store.open(EDDA, read_only=True) as unit:
        return [one.event.type for one in unit.outbox.pending()]


def enforce(mesh: Mesh, revision: str, actor: Actor = ANNA, **more: object) -> None:
    activate(ActivateCommand(revision, PUBLISH, Mode.ENFORCE, **more), actor, mesh.gate)  # type: ignore[arg-type]


def test_without_a_bundle_in_the_store_the_folder_judges(mesh: Mesh) -> None:
    found = mesh.gate.policies.now(EnforcementPoint.PUBLISH)
    assert (found.origin, found.shadow) == (Origin.FOLDER, None)


def test_a_bundle_goes_through_its_life(mesh: Mesh) -> None:
    revision = upload(folder(), EDDA, mesh.gate).revision
    assert stage(mesh, revision) == "draft"
    validate_bundle(revision[:19], EDDA, mesh.gate)
    assert stage(mesh, revision) == "validated"
    activate(ActivateCommand(revision, PUBLISH, Mode.SHADOW), EDDA, mesh.gate)
    assert stage(mesh, revision) == "shadow"
    enforce(mesh, revision)
    assert stage(mesh, revision) == "active"
    assert mesh.gate.policies.now(EnforcementPoint.PUBLISH).shadow is None, "in force it leaves the shadow"
    calm = brought(mesh, RULE, RULE_TEST)
    enforce(mesh, calm)
    assert (stage(mesh, revision), stage(mesh, calm)) == ("retired", "active")
    enforce(mesh, revision, EDDA, rollback=True)
    assert (stage(mesh, revision), stage(mesh, calm)) == ("active", "retired")
    assert events(mesh) == [
        EventType.POLICY_UPLOADED,
        EventType.POLICY_VALIDATED,
        EventType.POLICY_SHADOWED,
        EventType.POLICY_ACTIVATED,
        EventType.POLICY_UPLOADED,
        EventType.POLICY_VALIDATED,
        EventType.POLICY_ACTIVATED,
        EventType.POLICY_ROLLED_BACK,
    ]
    assert mesh.store.verify_audit().rows == len(events(mesh))


def test_what_is_in_force_judges_at_its_points_only(mesh: Mesh) -> None:
    mesh.register(*product_documents())
    enforce(mesh, brought(mesh))
    refused = publish(PublishCommand(ORDERS), OLGA, mesh.gate)
    assert "ORG-OWN-001" in [one.code for one in refused.findings]
    with mesh.store.open(OLGA, read_only=True) as unit:
        draft = unit.drafts.latest(ORDERS)
    assert draft is not None
    assert registration_review(OLGA, mesh.gate)([draft]).findings == (), "the folder still judges at register"


def test_another_server_sees_the_activation_with_its_next_decision(mesh: Mesh) -> None:
    other = Store(str(mesh.store._database.url), mesh.clock)
    try:
        there = replace(
            mesh.gate,
            open_unit=other.open,
            policies=ActivePolicies(other.open, lambda: mesh.gate.policies.now(EnforcementPoint.CI).bundle),
        )
        mesh.register(*product_documents())
        assert publish(PublishCommand(ORDERS, dry_run=True), OLGA, there).published
        enforce(mesh, brought(mesh))
        assert not publish(PublishCommand(ORDERS, dry_run=True), OLGA, there).published
    finally:
        other.close()


def test_a_shadow_is_kept_and_blocks_nothing(mesh: Mesh) -> None:
    mesh.register(*product_documents())
    revision = brought(mesh)
    activate(ActivateCommand(revision, PUBLISH, Mode.SHADOW), EDDA, mesh.gate)
    outcome = publish(PublishCommand(ORDERS), OLGA, mesh.gate)
    assert outcome.published
    [row] = mesh.store.read(EDDA, PolicyShadows(revision))
    assert (row.key, row.verdict, row.shadow.verdict) == (ORDERS, Verdict.ALLOW, Verdict.DENY)
    assert (row.shadow.appearing, row.shadow.vanishing) == (("ORG-OWN-001",), ())


def test_a_shadow_at_registration_is_kept_with_what_is_registered_and_can_be_repeated(mesh: Mesh) -> None:
    revision = brought(mesh)
    activate(ActivateCommand(revision, (EnforcementPoint.REGISTER,), Mode.SHADOW), EDDA, mesh.gate)

    def registered(version: str, **more: bool) -> Registration:
        review, manifest = registration_review(OLGA, mesh.gate), manifest_of(*product_documents(version))
        [one] = register(manifest, OLGA, mesh.store.open, mesh.clock, review=review, **more)
        return one

    assert registered("1.0.0").stored
    [row] = mesh.store.read(EDDA, PolicyShadows(revision))
    assert (row.key, row.point, row.verdict) == (ORDERS, EnforcementPoint.REGISTER, Verdict.ALLOW)
    assert row.shadow.appearing == ("ORG-OWN-001",)
    assert row.differs
    assert mesh.store.read(EDDA, PolicyShadows(revision, after=row.decision_id)) == (), "the page behind it"
    [decided] = mesh.store.read(EDDA, Decisions(key=ORDERS))
    assert decided.digest == registered("1.0.0").digest
    with mesh.store.open(EDDA, read_only=True) as unit:
        assert unit.kept(decided.decision.bundle_revision), "it can be decided again"
    registered("1.1.0", dry_run=True)
    assert len(mesh.store.read(EDDA, PolicyShadows(revision))) == 1, (
        "the same again and a dry run keep nothing"
    )


def test_a_shadow_of_what_is_in_force_ends_the_shadow(mesh: Mesh) -> None:
    strict, calm = brought(mesh), brought(mesh, RULE, RULE_TEST)
    enforce(mesh, calm)
    activate(ActivateCommand(strict, PUBLISH, Mode.SHADOW), EDDA, mesh.gate)
    found = mesh.gate.policies.now(EnforcementPoint.PUBLISH)
    assert found.shadow is not None
    assert (found.bundle.revision, found.shadow.revision) == (calm, strict)
    activate(ActivateCommand(calm, PUBLISH, Mode.SHADOW), EDDA, mesh.gate)
    assert mesh.gate.policies.now(EnforcementPoint.PUBLISH).shadow is None


def test_whoever_uploads_does_not_approve(mesh: Mesh) -> None:
    revision = brought(mesh)
    with pytest.raises(Forbidden, match="uploaded this bundle"):
        enforce(mesh, revision, EDDA)
    assert stage(mesh, revision) == "validated"


def test_what_was_not_validated_or_never_in_force_stays_where_it_is(mesh: Mesh) -> None:
    draft = upload(folder(), EDDA, mesh.gate).revision
    with pytest.raises(Refused) as refused:
        enforce(mesh, draft)
    assert [one.code for one in refused.value.findings] == ["POLICY_STEP_REFUSED"]
    validate_bundle(draft, EDDA, mesh.gate)
    with pytest.raises(Refused):
        enforce(mesh, draft, rollback=True)
    with pytest.raises(NotFound):
        enforce(mesh, "sha256:" + "0" * 64)


def test_only_policy_engineers_bring_rules(mesh: Mesh) -> None:
    for action in (
        lambda: upload(folder(), OLGA, mesh.gate),
        lambda: validate_bundle("sha256:" + "0" * 64, OLGA, mesh.gate),
        lambda: enforce(mesh, "sha256:" + "0" * 64, OLGA),
    ):
        with pytest.raises(Forbidden):
            action()


def test_a_bundle_whose_tests_do_not_hold_stays_a_draft_until_they_do(mesh: Mesh) -> None:
    revision = upload(folder(STRICT, RULE_TEST), EDDA, mesh.gate).revision
    with pytest.raises(Refused) as refused:
        validate_bundle(revision, EDDA, mesh.gate)
    assert {one.code for one in refused.value.findings} == {"POLICY_TEST_FAILED"}
    assert refused.value.findings[0].place.file == "org/owner_test.rego"
    assert stage(mesh, revision) == "draft"
    assert upload(folder(), EDDA, mesh.gate).revision == revision, "other tests are the same bundle"
    validate_bundle(revision, EDDA, mesh.gate)
    assert not upload(folder(), EDDA, mesh.gate).stored
    with pytest.raises(Conflict):
        upload(folder(STRICT, STRICT_TEST + "\ntest_more if true\n"), EDDA, mesh.gate)


def test_a_rule_that_tests_do_not_reach_as_a_whole_is_not_validated(mesh: Mesh) -> None:
    more = (
        STRICT + '\nviolation contains v if {\n\tinput.asset.name == "never"\n\tv := {"id": "ORG-OWN-001", '
    )
    more += '"path": "/asset", "args": {}}\n}\n'
    revision = upload(folder(more), EDDA, mesh.gate).revision
    with pytest.raises(Refused) as refused:
        validate_bundle(revision, EDDA, mesh.gate)
    [finding] = refused.value.findings
    assert (finding.code, finding.place.file) == ("POLICY_RULE_UNTESTED", "org/owner.rego")
    assert finding.place.line > len(STRICT.splitlines())
    assert stage(mesh, revision) == "draft"


def test_rules_outside_the_profile_are_not_stored(mesh: Mesh) -> None:
    hostile = STRICT + '\nx := http.send({"url": "http://127.0.0.1"})\n'
    with pytest.raises(BundleInvalid) as refused:
        upload(folder(hostile), EDDA, mesh.gate)
    assert "PORT-003" in str(refused.value.findings[0])
    with mesh.store.open(EDDA, read_only=True) as unit:
        assert unit.policies.all() == ()


def test_who_saw_another_bundle_in_force_changes_nothing(mesh: Mesh) -> None:
    strict, calm = brought(mesh), brought(mesh, RULE, RULE_TEST)
    enforce(mesh, strict)
    with pytest.raises(Conflict):
        enforce(mesh, calm, replaces=calm)
    enforce(mesh, calm, replaces=strict)
    assert stage(mesh, calm) == "active"


def test_a_dry_run_and_a_repeated_key_do_nothing_more(mesh: Mesh) -> None:
    revision = brought(mesh)
    enforce(mesh, revision, dry_run=True)
    assert stage(mesh, revision) == "validated"
    for _ in range(2):
        enforce(mesh, revision, idempotency_key="once")
    assert events(mesh).count(EventType.POLICY_ACTIVATED) == 1
