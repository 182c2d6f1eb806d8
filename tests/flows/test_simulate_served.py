"""A bundle is tried on what is served and on what was decided, before anyone feels it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from flows.publishing_mesh import (
    EVE,
    OLGA,
    RULE,
    Mesh,
    open_engines,
    open_mesh,
    product_documents,
    write_policies,
)
from flows.test_policy_lifecycle import EDDA, ORDERS, STRICT
from ports.store_examples import sqlite_url

from catalog.access.access_event import AccessEvent
from catalog.bootstrap import Services
from catalog.domain.errors import Forbidden, UsageError
from catalog.policy.bundle import Bundle
from catalog.policy.load import load_bundle
from catalog.policy.simulate import simulate
from catalog.publishing.publish import PublishCommand, publish
from catalog.publishing.simulate_served import SimulateQuery, simulate_served
from catalog.serving.recorded_cases import recorded_cases


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """A catalog that serves one product, which Eve read."""
    folder = tmp_path_factory.mktemp("served")
    with open_engines() as engines, open_mesh(folder, sqlite_url(folder), engines) as opened:
        opened.register(*product_documents())
        assert publish(PublishCommand(ORDERS), OLGA, opened.gate).published
        with opened.store.open(EVE) as unit:
            unit.access_log.append([AccessEvent(opened.clock.now(), EVE, ORDERS, "1.0.0", "d", True, 3)])
            unit.commit()
        yield opened


def bundle(folder: Path, rule: str) -> Bundle:
    return load_bundle(write_policies(folder / "policies", rule))


def test_whom_a_rule_would_demote_is_named_with_owner_and_consumers(mesh: Mesh, tmp_path: Path) -> None:
    found = simulate_served(SimulateQuery(bundle(tmp_path, STRICT)), EDDA, mesh.gate)
    name = f"{ORDERS}@1.0.0"
    assert found.simulation.rules[0].newly_failing == found.simulation.demoted == (name,)
    assert (found.simulation.domains, found.simulation.owners) == ({"sales": 1}, {"olga": 1})
    (one,) = found.demoted
    assert (one.key, one.version, one.owner) == (ORDERS, "1.0.0", "olga")
    assert [(who.team, who.application, who.reads) for who in one.consumers] == [("crm", "notebook", 1)]


def test_nothing_is_stored_and_the_same_rules_change_nothing(mesh: Mesh, tmp_path: Path) -> None:
    with mesh.store.open(EDDA, read_only=True) as unit:
        before = unit.versions.of(ORDERS)
    found = simulate_served(SimulateQuery(bundle(tmp_path, RULE)), EDDA, mesh.gate)
    assert (found.simulation.changed, found.demoted, found.simulation.assets) == ((), (), 1)
    with mesh.store.open(EDDA, read_only=True) as unit:
        assert unit.versions.of(ORDERS) == before


@pytest.mark.parametrize(
    ("scope", "assets"),
    [("", 1), ("sales", 1), ("data_product", 1), ("metric", 0), ("crm", 0), ("sale", 0)],
)
def test_a_scope_is_a_domain_or_a_kind(mesh: Mesh, tmp_path: Path, scope: str, assets: int) -> None:
    query = SimulateQuery(bundle(tmp_path, STRICT), scope=scope)
    assert simulate_served(query, EDDA, mesh.gate).simulation.assets == assets


def test_too_much_and_too_few_rights_are_refused(mesh: Mesh, tmp_path: Path) -> None:
    query = SimulateQuery(bundle(tmp_path, STRICT))
    with pytest.raises(UsageError):
        simulate_served(replace(query, most=0), EDDA, mesh.gate)
    with pytest.raises(Forbidden):
        simulate_served(query, OLGA, mesh.gate)


def test_decisions_are_judged_again_over_the_views_that_were_recorded(mesh: Mesh, tmp_path: Path) -> None:
    services = cast(Services, SimpleNamespace(store=mesh.store))
    cases = list(recorded_cases(EDDA, services))
    assert [one.name.split()[0] for one in cases] == [str(ORDERS)]
    assert json.dumps(dict(cases[0].view))
    today = load_bundle(write_policies(tmp_path / "today"))
    found = simulate(cases, today, bundle(tmp_path, STRICT), engine=mesh.gate.policy_engine)
    assert found.demoted == (cases[0].name,)
    assert list(recorded_cases(EDDA, services, datetime(2027, 1, 1, tzinfo=UTC))) == []
