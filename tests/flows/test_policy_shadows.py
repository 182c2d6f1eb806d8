"""`concord policy shadows`: what a bundle in shadow would have said, in pages, for who may read policies."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flows.publishing_mesh import OLGA, Mesh, metric_document, open_engines, open_mesh, product_documents
from flows.terminal import Answer, Terminal
from flows.test_policy_lifecycle import EDDA, ORDERS, brought
from ports.store_examples import sqlite_url

from catalog.access.actor import SYSTEM, Actor
from catalog.domain.identity import AssetKey
from catalog.policy.decision import EnforcementPoint
from catalog.policy.lifecycle import Mode
from catalog.publishing.bundles.activate import ActivateCommand, activate
from catalog.publishing.publish import PublishCommand, publish
from catalog.store.issue import issue

GMV = AssetKey.parse("metric:sales.gmv")


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    place = tmp_path_factory.mktemp("shadows")
    with open_engines() as engines, open_mesh(place, sqlite_url(place), engines) as opened:
        yield opened


@pytest.fixture(scope="module")
def revision(mesh: Mesh) -> str:
    """In shadow at publication, while two assets were published."""
    revision = brought(mesh)
    activate(ActivateCommand(revision, (EnforcementPoint.PUBLISH,), Mode.SHADOW), EDDA, mesh.gate)
    mesh.register(*product_documents(), metric_document(tier="tier_3"))
    for key in (ORDERS, GMV):
        publish(PublishCommand(key), OLGA, mesh.gate)
    return revision


def asked(mesh: Mesh, actor: Actor, *words: str) -> Answer:
    token = issue(mesh.store, actor, mesh.clock.now() + timedelta(days=3650), SYSTEM)[0]
    settings = {"CONCORD_DATABASE_URL": str(mesh.store._database.url)}
    return Terminal(mesh.data.parent, token, settings).run("policy", "shadows", *words)


def test_what_would_have_differed_is_shown(mesh: Mesh, revision: str) -> None:
    answer = asked(mesh, EDDA, revision[:19])
    assert answer.code == 0
    (row,) = [line for line in answer.text.splitlines() if str(ORDERS) in line]
    assert row.split()[1:] == [f"{ORDERS}@1.0.0", "publish", "allow", "deny", "ORG-OWN-001"]
    assert f"2 decisions beside {revision[:19]}, 2 would differ" in answer.text


def test_pages_follow_one_another_and_end(mesh: Mesh, revision: str) -> None:
    first = asked(mesh, EDDA, revision, "--first", "1", "--output", "json").document
    rest = asked(mesh, EDDA, revision, "--after", first["after"], "--output", "json").document
    found = [one["asset"] for one in (*first["decisions"], *rest["decisions"])]
    assert (found, rest["after"]) == ([str(GMV), str(ORDERS)], "")


def test_it_is_for_who_may_read_policies_and_about_what_is_there(mesh: Mesh, revision: str) -> None:
    assert asked(mesh, OLGA, revision).code == 1
    missing = asked(mesh, EDDA, "sha256:0123456789ab")
    assert (missing.code, "has no policy bundle" in missing.errors) == (1, True)
