"""Whatever a policy or its worker does, the process that asks gets an error in time and goes on."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from unit.policy.policy_examples import NOW, bundle_of, product_draft, real_bundle, reporting, view
from waiting import PATIENCE, until, until_at_work

from catalog.adapters import rego_process
from catalog.adapters.rego_embedded import EmbeddedRego
from catalog.domain.errors import PolicyUnavailable
from catalog.policy.bundle import Bundle, Module
from catalog.policy.decide import decide
from catalog.policy.decision import Decision, EnforcementPoint, Verdict
from catalog.policy.view import MeshFacts

pytestmark = pytest.mark.faults
VIEW = view(product_draft())
SOME = "some c in numbers.range(1, 9999)\n\t"
PAIRS = "some a in numbers.range(1, 9999)\n\tsome b in numbers.range(1, 9999)\n\t"
ENDLESS = bundle_of(f"violation contains v if {{\n\t{SOME}{PAIRS}a == b + c + 100000\n\tv := a\n}}")
BOMB = bundle_of(f"violation contains v if {{\n\t{PAIRS}v := [a, b]\n}}")
RECURSION = bundle_of("violation contains v if v := f(1)\n\nf(x) := f(x + 1)")


@pytest.fixture
def engine() -> Iterator[EmbeddedRego]:
    opened = EmbeddedRego(memory_mb=64)
    yield opened
    opened.close()


def pid(engine: EmbeddedRego) -> int:
    return engine._idle.queue[-1].pid


def judged(engine: EmbeddedRego, bundle: Bundle, deadline_seconds: float = PATIENCE) -> Decision:
    return decide(
        product_draft(),
        EnforcementPoint.PUBLISH,
        bundle=bundle,
        engine=engine,
        now=NOW,
        mesh=MeshFacts(),
        deadline_seconds=deadline_seconds,
    )


def still_answers(engine: EmbeddedRego) -> bool:
    return judged(engine, real_bundle()).allows


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_killed_worker_is_replaced(engine: EmbeddedRego, number: signal.Signals) -> None:
    assert still_answers(engine)
    killed = pid(engine)
    os.kill(killed, number)
    decision = judged(engine, real_bundle())
    assert decision.verdict is Verdict.ERROR
    assert decision.findings[0].code == "POLICY_UNAVAILABLE"
    assert still_answers(engine)
    assert pid(engine) != killed


def test_a_worker_killed_while_it_evaluates_is_no_answer(engine: EmbeddedRego) -> None:
    still_answers(engine)
    worker = pid(engine)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(engine.evaluate, ENDLESS, [VIEW], deadline_seconds=PATIENCE)
        until_at_work(worker)
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(PolicyUnavailable, match="ended before it answered"):
            asked.result()
    assert still_answers(engine)


def test_a_policy_that_does_not_end_is_ended_at_the_deadline(engine: EmbeddedRego) -> None:
    still_answers(engine)
    worker = pid(engine)
    with pytest.raises(PolicyUnavailable, match="no answer within"):
        engine.evaluate(ENDLESS, [VIEW], deadline_seconds=0.5)
    assert not Path(f"/proc/{worker}").exists()
    assert still_answers(engine)


def test_a_stopped_worker_is_ended_at_the_deadline(engine: EmbeddedRego) -> None:
    still_answers(engine)
    os.kill(pid(engine), signal.SIGSTOP)
    with pytest.raises(PolicyUnavailable, match="no answer within"):
        engine.evaluate(real_bundle(), [VIEW] * 2000, deadline_seconds=0.5)
    assert still_answers(engine)


def test_a_policy_that_eats_memory_dies_alone(engine: EmbeddedRego) -> None:
    with pytest.raises(PolicyUnavailable, match="ended before it answered"):
        engine.evaluate(BOMB, [VIEW], deadline_seconds=PATIENCE)
    assert still_answers(engine)


def test_a_recursion_dies_alone(engine: EmbeddedRego) -> None:
    with pytest.raises(PolicyUnavailable):
        engine.evaluate(RECURSION, [VIEW], deadline_seconds=PATIENCE)
    assert still_answers(engine)


@contextmanager
def stuck(engine: EmbeddedRego) -> Iterator[None]:
    """Within the block one worker evaluates without end; then it is killed, and who asked is told."""
    worker = pid(engine)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(engine.evaluate, ENDLESS, [VIEW], deadline_seconds=PATIENCE)
        until(lambda: worker not in [one.pid for one in engine._idle.queue])
        until_at_work(worker)
        yield
        assert not asked.done()
        os.kill(worker, signal.SIGKILL)
        assert isinstance(asked.exception(), PolicyUnavailable)


def test_while_one_policy_does_not_end_others_are_answered() -> None:
    engine = EmbeddedRego(workers=2)
    with stuck(engine):
        assert all(still_answers(engine) for _ in range(3))
    engine.close()


def test_when_all_workers_are_busy_waiting_ends_at_the_deadline(engine: EmbeddedRego) -> None:
    with stuck(engine), pytest.raises(PolicyUnavailable, match="busy"):
        engine.evaluate(real_bundle(), [VIEW], deadline_seconds=0.2)
    assert still_answers(engine)


def test_an_engine_that_was_closed_answers_nothing_and_leaves_no_process(engine: EmbeddedRego) -> None:
    still_answers(engine)
    worker = pid(engine)
    engine.close()
    assert not Path(f"/proc/{worker}").exists()
    with pytest.raises(PolicyUnavailable, match="closed"):
        engine.evaluate(real_bundle(), [VIEW], deadline_seconds=PATIENCE)
    engine.close()


def test_a_worker_that_is_busy_at_the_close_ends_after_its_answer() -> None:
    engine = EmbeddedRego()
    still_answers(engine)
    worker = pid(engine)
    os.kill(worker, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(still_answers, engine)
        until(engine._idle.empty)
        engine.close()
        os.kill(worker, signal.SIGCONT)
        assert asked.result()
    assert not Path(f"/proc/{worker}").exists()


def test_an_orphan_ends_by_itself() -> None:
    # What becomes of the worker when the process that asked is killed: its stream ends.
    worker = rego_process.RegoProcess(64)
    worker._socket.close()
    assert worker._process.wait(timeout=PATIENCE) == 0
    worker.close()


def test_an_orphan_that_evaluates_without_end_ends_by_itself() -> None:
    worker = rego_process.RegoProcess(64)
    modules = [Module("x.rego", "package x\n\nprobe := 1\n"), *ENDLESS.modules]
    worker.load("sha256:endless", modules, {}, "data.x.probe", deadline_seconds=PATIENCE)
    with pytest.raises(PolicyUnavailable), left_alone(worker):
        worker.query(
            "sha256:endless",
            [(f'["data.{ENDLESS.rules[0].package}.violation"]'.encode(), b"{}")],
            deadline_seconds=2.0,
        )
    assert worker._process.wait(timeout=PATIENCE) == -signal.SIGXCPU


@contextmanager
def left_alone(worker: rego_process.RegoProcess) -> Iterator[None]:
    """Lets the worker live on after its deadline, as if the process that asked had been killed."""
    worker.close = lambda: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        worker._socket.close()


def test_an_answer_larger_than_an_answer_may_be_is_refused(
    engine: EmbeddedRego, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_answers(engine)
    monkeypatch.setattr(rego_process, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(PolicyUnavailable):
        engine.evaluate(bundle_of(reporting()), [VIEW], deadline_seconds=PATIENCE)
    monkeypatch.undo()
    assert still_answers(engine)


def test_without_the_engine_installed_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rego_process, "find_spec", lambda name: None)
    with pytest.raises(PolicyUnavailable, match="not installed"):
        EmbeddedRego()


def test_a_process_that_cannot_be_started_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rego_process.sys, "executable", "/nowhere/python")
    with pytest.raises(PolicyUnavailable, match="could not be started"):
        EmbeddedRego()


def test_a_bundle_stays_loaded_and_memory_stays_flat(engine: EmbeddedRego) -> None:
    def resident() -> int:
        return int(Path(f"/proc/{pid(engine)}/statm").read_text().split()[1])

    for _ in range(3):
        engine.evaluate(real_bundle(), [VIEW] * 100, deadline_seconds=PATIENCE)
    before = resident()
    for _ in range(10):
        engine.evaluate(real_bundle(), [VIEW] * 100, deadline_seconds=PATIENCE)
    assert resident() - before < 2000, "pages of 4 KiB"
