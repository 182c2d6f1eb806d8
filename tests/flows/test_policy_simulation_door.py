"""GraphQL `policySimulation`: for whom it is, what it refuses, and that it says what the command line says."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flows.publishing_mesh import EVE, OLGA, RULE, RULE_TEST, Mesh, open_engines, open_mesh, product_documents
from flows.terminal import Terminal
from flows.test_policy_lifecycle import EDDA, ORDERS, STRICT, STRICT_TEST, brought, folder
from flows.test_store_waivers import NOON
from ports.store_examples import sqlite_url
from unit.serving.test_serving_policies import send

from catalog.access.access_event import AccessEvent
from catalog.access.actor import SYSTEM, Actor
from catalog.bootstrap import Services
from catalog.domain.identity import AssetKey
from catalog.policy.simulate import RuleImpact, Simulation
from catalog.publishing.bundles.upload import upload
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.simulate_served import DemotedVersion, MeshSimulation
from catalog.publishing.waiving.request_waiver import RequestWaiverCommand, request_waiver
from catalog.publishing.waiving.settle_waiver import SettleWaiverCommand, approve_waiver, revoke_waiver
from catalog.registry.compatibility import Consumer
from catalog.serving.graphql import policy_simulation
from catalog.store.issue import issue

ASK = """query ($revision: String!, $scope: String = "", $against: String = "", $point: EnforcementPoint = AUDIT) {
  policySimulation(revision: $revision, scope: $scope, against: $against, point: $point) {
    against bundle versions changed errors
    rules { rule newlyFailing newlyFailingCount newlyPassing newlyPassingCount newlyBlocked newlyBlockedCount
            stillFailingCount waivedCount errors errorsCount }
    domains { name newlyFailing } owners { name newlyFailing }
    demoted { asset version owner consumers { team application reads } } } }"""
NAME = f"{ORDERS}@1.0.0"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def mesh(place: Path) -> Iterator[Mesh]:
    """A catalog that serves one product, which Eve read."""
    with open_engines() as engines, open_mesh(place, sqlite_url(place), engines) as opened:
        opened.register(*product_documents())
        assert publish(PublishCommand(ORDERS), OLGA, opened.gate).published
        with opened.store.open(EVE) as unit:
            unit.access_log.append([AccessEvent(opened.clock.now(), EVE, ORDERS, "1.0.0", "d", True, 3)])
            unit.commit()
        yield opened


@pytest.fixture(scope="module")
def strict(mesh: Mesh) -> str:
    return brought(mesh)


def asked(mesh: Mesh, actor: Actor, revision: str, **more: str) -> Any:
    services = SimpleNamespace(gate=mesh.gate, policies=mesh.gate.policies, store=mesh.store)
    return send(cast(Services, services), actor, ASK, revision=revision, **more)


def test_whom_a_bundle_of_the_store_would_demote_is_told_with_who_reads_it(mesh: Mesh, strict: str) -> None:
    found = asked(mesh, EDDA, strict[:19])
    (rule,) = found["rules"]
    assert (found["bundle"], found["changed"], found["versions"]) == (strict, ["ORG-OWN-001"], 1)
    assert (rule["newlyFailing"], rule["newlyFailingCount"], rule["newlyPassing"]) == ([NAME], 1, [])
    assert (found["domains"], found["owners"]) == (
        [{"name": "sales", "newlyFailing": 1}],
        [{"name": "olga", "newlyFailing": 1}],
    )
    assert found["demoted"] == [
        {
            "asset": str(ORDERS),
            "version": "1.0.0",
            "owner": "olga",
            "consumers": [{"team": "crm", "application": "notebook", "reads": 1}],
        }
    ]


def test_it_says_what_the_command_line_says(mesh: Mesh, strict: str, place: Path) -> None:
    rules = place / "tried"
    for path, data in folder(STRICT, STRICT_TEST).files.items():
        (rules / path).parent.mkdir(parents=True, exist_ok=True)
        (rules / path).write_bytes(data)
    token = issue(mesh.store, EDDA, mesh.clock.now() + timedelta(days=3650), SYSTEM)[0]
    settings = {
        "CONCORD_DATABASE_URL": str(mesh.store._database.url),
        "CONCORD_POLICIES": str(place / "policies"),
    }
    terminal = Terminal(place, token, settings)
    said = terminal.json("policy", "simulate", "--bundle", rules, "--at", "audit").document
    found = asked(mesh, EDDA, strict)
    same = ("against", "bundle", "changed", "errors")
    assert {name: said[name] for name in same} == {name: found[name] for name in same}
    assert said["assets"] == found["versions"]
    (here,), (there,) = said["rules"], found["rules"]
    assert (here["rule"], here["newly_failing"]) == (there["rule"], there["newlyFailing"])
    counts = ("newly_failing", "newly_passing", "newly_blocked", "still_failing", "waived", "errors")
    assert [len(here[name]) for name in counts] == [
        there[f"{name.split('_')[0]}{name.split('_')[1].title()}Count" if "_" in name else f"{name}Count"]
        for name in counts
    ]
    for group in ("domains", "owners"):
        assert said[group] == {one["name"]: one["newlyFailing"] for one in found[group]}
    assert [
        (one["key"], one["version"], one["owner"], [who["team"] for who in one["consumers"]])
        for one in said["demoted"]
    ] == [
        (one["asset"], one["version"], one["owner"], [who["team"] for who in one["consumers"]])
        for one in found["demoted"]
    ]


@pytest.mark.parametrize(
    ("scope", "versions"), [("sales", 1), ("data_product", 1), ("metric", 0), ("crm", 0), ("sale", 0)]
)
def test_a_scope_is_a_domain_or_a_kind(mesh: Mesh, strict: str, scope: str, versions: int) -> None:
    assert asked(mesh, EDDA, strict, scope=scope)["versions"] == versions


def test_against_names_another_bundle_and_point_another_point(mesh: Mesh, strict: str) -> None:
    calm = brought(mesh, RULE, RULE_TEST)
    back = asked(mesh, EDDA, calm, against=strict)
    assert (back["against"], back["rules"][0]["newlyPassing"], back["demoted"]) == (strict, [NAME], [])
    at_register = asked(mesh, EDDA, strict, point="REGISTER")
    assert at_register["rules"][0]["newlyFailingCount"] == 1
    assert at_register["demoted"] == [], "there the rule only warns"


def test_what_is_waived_in_the_store_is_counted_apart(mesh: Mesh, strict: str) -> None:
    command = RequestWaiverCommand("ORG-OWN-001", ORDERS, "later", "GOV-1", NOON + timedelta(days=30))
    waiver = SettleWaiverCommand(request_waiver(command, OLGA, mesh.gate).id)
    approve_waiver(waiver, EDDA, mesh.gate)
    try:
        found = asked(mesh, EDDA, strict)
    finally:
        revoke_waiver(waiver, EDDA, mesh.gate)
    assert (found["rules"][0]["waivedCount"], found["rules"][0]["newlyFailingCount"], found["demoted"]) == (
        1,
        0,
        [],
    )


def test_a_bundle_that_is_only_a_draft_may_be_tried(mesh: Mesh) -> None:
    draft = upload(folder(STRICT.replace("has an", "still has an")), EDDA, mesh.gate).revision
    assert asked(mesh, EDDA, draft)["bundle"] == draft


@pytest.mark.parametrize(
    ("argument", "named"),
    [
        ("revision", ""),
        ("revision", "sha256:"),
        ("revision", "sha256:0123456789ab"),
        ("against", "sha256:0123456789ab"),
        ("against", "org/owner.rego"),
    ],
)
def test_a_bundle_that_the_store_has_not_is_refused(
    mesh: Mesh, strict: str, argument: str, named: str
) -> None:
    given = {"revision": strict} | {argument: named}
    (message,) = asked(mesh, EDDA, **given)
    assert f"The store has no policy bundle {named}" in message


@pytest.mark.parametrize("actor", [OLGA, EVE], ids=lambda one: one.subject)
def test_it_is_refused_to_who_may_not_simulate_before_anything_is_looked_up(
    mesh: Mesh, strict: str, actor: Actor
) -> None:
    known, unknown = (asked(mesh, actor, one) for one in (strict, "sha256:0123456789ab"))
    assert known == unknown
    assert "needs one of" in known[0]


def test_more_versions_than_a_request_may_cost_are_refused_with_what_helps(
    mesh: Mesh, strict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_simulation, "_MOST_VERSIONS", 0)
    (message,) = asked(mesh, EDDA, strict)
    assert "1 versions are more than 0" in message
    assert asked(mesh, EDDA, strict, scope="crm")["versions"] == 0


def test_names_are_the_first_hundred_and_counts_are_whole() -> None:
    names = tuple(f"data_product:sales.p{number:03}@1.0.0" for number in range(150))
    impact = RuleImpact("ORG-OWN-001", names, names[:101], names[:7], names[:100], names[:3], names[:2])
    readers = tuple(Consumer(f"team {number}", "bi", 1) for number in range(150))
    key = AssetKey.parse("data_product:sales.p000")
    demoted = (DemotedVersion(key, "1.0.0", "olga", readers),)
    simulation = Simulation(
        "sha256:a", "sha256:b", 150, ("ORG-OWN-001",), (impact,), {"sales": 150}, {"olga": 150}, names[:1], ()
    )
    shown = policy_simulation._shown(MeshSimulation(simulation, demoted))
    (rule,) = shown.rules
    assert (rule.newly_failing, rule.newly_failing_count) == (list(names[:100]), 150)
    assert (rule.newly_passing, rule.newly_passing_count) == (list(names[:100]), 101)
    assert (rule.newly_blocked, rule.newly_blocked_count) == (list(names[:100]), 100)
    assert (rule.still_failing_count, rule.waived_count, rule.errors_count) == (7, 3, 2)
    assert [len(one.consumers) for one in shown.demoted] == [100]
