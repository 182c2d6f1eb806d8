"""Publishers who race for one asset: every attempt succeeds or is told that it did not, and the store adds up."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults.test_publishing_kill import assert_whole
from flows.publishing_mesh import (
    OLGA,
    ORDERS,
    metric_document,
    open_engines,
    open_mesh,
    product_documents,
)
from ports.store_examples import postgresql_database, sqlite_url

from catalog.access.actor import Actor
from catalog.domain.document import Document
from catalog.domain.errors import Conflict, StoreUnavailable
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.people import Role
from catalog.policy.bundle import Bundle
from catalog.policy.load import load_bundle
from catalog.publishing.active_policies import ActivePolicies
from catalog.publishing.publish import PublishCommand, PublishResult, publish
from catalog.resources import resource_directory
from catalog.store import migrate

PUBLISHERS, ATTEMPTS = 4, 5
pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgresql_database(request.getfixturevalue("postgresql_url")) as made:
        yield made


def test_racing_publishers_never_publish_one_version_twice(tmp_path: Path, url: str) -> None:
    migrate.upgrade(url)
    results: list[Any] = []

    def race(mesh: Any, publisher: int) -> None:
        for attempt in range(ATTEMPTS):
            command = PublishCommand(ORDERS, idempotency_key=f"{publisher} {attempt}")
            try:
                mesh.register(*product_documents(f"1.0.{publisher + PUBLISHERS * attempt}"))
                results.append(publish(command, OLGA, mesh.gate))
            except (Conflict, StoreUnavailable) as error:  # waited longer than a lock is waited for
                results.append(error)

    with open_engines() as engines, open_mesh(tmp_path, url, engines, migrated=True) as mesh:
        threads = [threading.Thread(target=race, args=(mesh, number)) for number in range(PUBLISHERS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        published = [one for one in results if getattr(one, "result", None) is PublishResult.PUBLISHED]
        with mesh.store.open(OLGA, read_only=True) as unit:
            versions = unit.versions.of(ORDERS)
            # A version older than the newest is refused by comparison, which stores its evidence.
            refused = [one for one in results if getattr(one, "result", None) is PublishResult.REFUSED]
        assert len(results) == PUBLISHERS * ATTEMPTS
        assert sorted(one.version for one in versions) == sorted(one.version for one in published)
        assert published
        assert assert_whole(mesh, refused=len(refused)) == len(published)


def test_two_domains_that_race_for_a_name_never_give_it_two_meanings(tmp_path: Path, url: str) -> None:
    migrate.upgrade(url)
    names = [f"gmv_{number}" for number in range(6)]
    meanings = {"sales": "amount", "finance": "2 * amount"}
    both = {domain: frozenset({Role.DOMAIN_OWNER, Role.STEWARD}) for domain in meanings}
    ada = Actor("ada", "both", "tests", both)
    outcomes: list[Any] = []

    def race(mesh: Any, name: str, domain: str, start: threading.Barrier) -> None:
        key = AssetKey.parse(f"metric:{domain}.{name}")
        start.wait()
        with suppress(Conflict):
            outcomes.append(publish(PublishCommand(key), ada, mesh.gate))

    with open_engines() as engines, open_mesh(tmp_path, url, engines, migrated=True) as opened:
        rules = only_one_definition(load_bundle(resource_directory("policies")))
        real = replace(opened.gate, policies=ActivePolicies(opened.store.open, lambda: rules))
        mesh = replace(opened, gate=real)
        mesh.register(*product_documents(), actor=ada)
        assert publish(PublishCommand(ORDERS), ada, mesh.gate).published
        for name in names:
            for domain, expr in meanings.items():
                mesh.register(named(metric_document(tier="tier_3", expr=expr), name, domain), actor=ada)
            start = threading.Barrier(len(meanings))
            threads = [threading.Thread(target=race, args=(mesh, name, domain, start)) for domain in meanings]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
        with mesh.store.open(ada, read_only=True) as unit:
            served = [one.key.name for one in unit.versions.served() if one.key.kind is AssetKind.METRIC]
    assert sorted(served) == names, "each name has one meaning"
    assert len(outcomes) >= len(names)


def only_one_definition(bundle: Bundle) -> Bundle:
    """The one rule that this race is about."""
    rules = tuple(one for one in bundle.rules if one.id == "ORG-MET-003")
    assert rules
    kept = {one.path for one in rules}
    modules = tuple(one for one in bundle.modules if one.path in kept)
    assert modules
    return replace(bundle, revision="sha256:race", rules=rules, modules=modules)


def named(document: Document, name: str, domain: str) -> Document:
    text = document.data.decode().replace("- name: gmv", f"- name: {name}")
    metric = text.index("metrics:")
    text = text[:metric] + text[metric:].replace("domain: sales", f"domain: {domain}")
    return Document(f"{domain}-{name}.yaml", text.encode())
