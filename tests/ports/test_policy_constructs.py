"""Every construct that the profile allows gives the same on the embedded engine and on OPA."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ports.policy_constructs import CASES, PARAMETERS
from unit.policy.policy_examples import bundle_of, contract, mesh_of, product_draft, view
from waiting import PATIENCE

from catalog.adapters.opa_server import OpaServer
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.manifests.digest import digest_of
from catalog.policy.bundle import Bundle, Module
from catalog.policy.portable import BUILTINS, lint
from catalog.policy.ports import PolicyEngine

DATA = {"org": {"params": PARAMETERS}, "domains": {}}
VIEWS = [view(product_draft(), mesh_of()), view(product_draft(contract(), contract(), domain="web"))]


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedRego]:
    opened = EmbeddedRego()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def opa(opa_url: str) -> Iterator[OpaServer]:
    opened = OpaServer(opa_url)
    yield opened
    opened.close()


def bundle(source: str) -> Bundle:
    return replace(bundle_of(source), data=DATA, revision=digest_of(source))


def answers(engine: PolicyEngine, source: str) -> list[list[tuple[str, Any]]]:
    given = engine.evaluate(bundle(source), VIEWS, deadline_seconds=PATIENCE)
    return [sorted((one.path, repr(one.args["what"])) for one in answer) for answer in given]


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_within_the_profile_and_evaluates(name: str, embedded: EmbeddedRego) -> None:
    [module] = bundle(CASES[name]).modules
    assert lint(Module(module.path, module.source), "", DATA) == ()
    answers(embedded, CASES[name])


@pytest.mark.opa
@pytest.mark.xdist_group("opa")
@pytest.mark.parametrize("name", CASES)
def test_both_engines_give_the_same(name: str, embedded: EmbeddedRego, opa: OpaServer) -> None:
    assert answers(embedded, CASES[name]) == answers(opa, CASES[name])


def test_no_builtin_of_the_profile_goes_untried() -> None:
    called = set(re.findall(r"([a-z_0-9]+(?:\.[a-z_0-9]+)?)\(", "\n".join(CASES.values())))
    assert called >= BUILTINS
