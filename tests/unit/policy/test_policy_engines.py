"""A server that is away is left alone; two engines that differ are told of, and OPA judges."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from opa_client.errors import DeleteDataError, DeletePolicyError
from unit.policy.policy_examples import bundle_of, product_draft, reporting, view

from catalog.access.actor import SYSTEM
from catalog.adapters.breaker import Breaker
from catalog.adapters.opa_bundles import OpaBundles
from catalog.adapters.opa_server import OpaServer
from catalog.adapters.paired_engine import PairedEngine
from catalog.bootstrap import Services
from catalog.config import Settings
from catalog.domain.errors import PolicyUnavailable
from catalog.domain.event import EventType
from catalog.policy.bundle import Bundle
from catalog.policy.decision import Violation
from catalog.serving.application import application
from catalog.store import migrate

BUNDLE = bundle_of(reporting())
FOUND = [[Violation("ORG-TST-001", "/asset", {"what": "a"})]]


class Told:
    """An engine that answers what it is told to."""

    def __init__(self, version: str, answer: list[list[Violation]] | PolicyUnavailable) -> None:
        self.version, self.answer, self.asked = version, answer, 0

    def evaluate(
        self, bundle: Bundle, views: Sequence[Mapping[str, Any]], *, deadline_seconds: float
    ) -> list[list[Violation]]:
        self.asked += 1
        if isinstance(self.answer, PolicyUnavailable):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.version = "closed"


def ask(engine: Any) -> list[list[Violation]]:
    found: list[list[Violation]] = engine.evaluate(BUNDLE, [view(product_draft())], deadline_seconds=1)
    return found


def test_a_breaker_opens_rests_and_lets_one_try() -> None:
    time = [0.0]
    breaker = Breaker(failures=2, rest_seconds=5, now=lambda: time[0])
    breaker.failed()
    assert breaker.may_ask()
    breaker.failed()
    assert not breaker.may_ask()
    time[0] = 5.0
    assert [breaker.may_ask(), breaker.may_ask()] == [True, False]
    breaker.failed()
    time[0] = 9.9
    assert not breaker.may_ask()
    time[0] = 10.0
    assert breaker.may_ask()
    breaker.succeeded()
    assert [breaker.may_ask(), breaker.may_ask()] == [True, True]


def test_a_server_that_is_away_is_asked_no_more_for_a_while() -> None:
    time = [0.0]
    engine = OpaServer("http://127.0.0.1:9", breaker=Breaker(failures=2, now=lambda: time[0]))
    words = []
    for _ in range(3):
        with pytest.raises(PolicyUnavailable) as refused:
            ask(engine)
        words.append("left alone" in refused.value.message)
    assert words == [False, False, True]
    time[0] = 6.0
    with pytest.raises(PolicyUnavailable) as refused:
        ask(engine)
    assert "left alone" not in refused.value.message
    engine.close()


@pytest.mark.parametrize(("code", "is_gone"), [("resource_not_found", True), ("internal_error", False)])
def test_a_bundle_that_another_server_removed_first_is_no_fault(code: str, is_gone: bool) -> None:
    class Client:
        async def delete_policy(self, name: str) -> None:
            raise DeletePolicyError(code, name)

        async def delete_data(self, name: str) -> None:
            raise DeleteDataError(code, name)

    removing = OpaBundles(Client(), "")._remove("b0")
    if is_gone:
        asyncio.run(removing)
    else:
        with pytest.raises(DeletePolicyError):
            asyncio.run(removing)


def paired(first: Told, second: Told) -> tuple[PairedEngine, list[tuple[str, str, str, int]]]:
    told: list[tuple[str, str, str, int]] = []
    return PairedEngine(first, second, lambda *words: told.append(words)), told


def test_engines_that_agree_are_both_asked_and_nobody_is_told() -> None:
    first = Told("regorus 0.13.0", FOUND)
    second = Told("opa 1.20.2", [[*FOUND[0], *FOUND[0]]])
    engine, told = paired(first, second)
    assert (ask(engine), first.asked, second.asked, told) == (FOUND, 1, 1, [])
    engine.close()
    assert (first.version, second.version) == ("closed", "closed")


@pytest.mark.parametrize("opa_is_first", [True, False])
def test_engines_that_differ_are_told_of_once_and_opa_judges(
    opa_is_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    opa, other = Told("opa 1.20.2", FOUND), Told("regorus 0.13.0", [[]])
    first, second = (opa, other) if opa_is_first else (other, opa)
    engine, told = paired(first, second)
    with caplog.at_level(logging.ERROR, "catalog.policy"):
        assert [ask(engine), ask(engine)] == [FOUND, FOUND]
    assert (opa.asked, other.asked) == (2, 1), "from then on OPA is asked alone"
    assert told == [(BUNDLE.revision, first.version, second.version, 1)]
    assert len(caplog.records) == 1


def test_a_second_engine_that_is_away_changes_nothing() -> None:
    engine, told = paired(Told("regorus 0.13.0", FOUND), Told("opa", PolicyUnavailable("away")))
    assert (ask(engine), told) == (FOUND, [])
    broken, _ = paired(Told("regorus 0.13.0", PolicyUnavailable("away")), Told("opa", FOUND))
    with pytest.raises(PolicyUnavailable):
        ask(broken)


def test_a_difference_is_an_event_and_a_figure(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    migrate.upgrade(url)
    settings = Settings(
        data_root=str(tmp_path),
        database_url=url,
        demo=True,
        policy_shadow_engine="opa",
        opa_url="http://127.0.0.1:9",
    )
    assert settings.faults() == []
    with Services(settings) as services:
        engine = services.policy_engine
        assert isinstance(engine, PairedEngine)
        engine._differ("sha256:r", "regorus 0.13.0", "opa 1.20.2", 3)
        with services.store.open(SYSTEM, read_only=True) as unit:
            [event] = [one.event for one in unit.outbox.pending()]
        assert (event.type, event.version) == (EventType.POLICY_ENGINES_DIFFER, "sha256:r")
        assert event.detail == {"engines": ["regorus 0.13.0", "opa 1.20.2"], "views": 3}
        assert services.policy_differences == 1
        assert application(services).routes


def test_the_second_engine_is_another_than_the_first() -> None:
    same = Settings(data_root=".", demo=True, policy_shadow_engine="embedded")
    assert any("CONCORD_POLICY_SHADOW_ENGINE" in one for one in same.faults())
