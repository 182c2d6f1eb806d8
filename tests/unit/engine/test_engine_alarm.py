"""Deadlines that one thread keeps."""

import threading
from threading import Event

import pytest
from waiting import PATIENCE

from catalog.engine import alarm
from catalog.engine.alarm import Alarms


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the alarms: it shows the last of these moments, so that no thread comes too late."""
    shown = [0.0]
    monkeypatch.setattr(alarm, "monotonic", lambda: shown[-1])
    return shown


def test_alarms_go_off_in_the_order_in_which_they_are_due(moments: list[float]) -> None:
    alarms, went_off, last = Alarms(), list[str](), Event()
    alarms.set(0.2, lambda: (went_off.append("second"), last.set()))
    alarms.set(0.1, lambda: went_off.append("first"))
    moments.append(1.0)
    assert last.wait(PATIENCE)
    assert went_off == ["first", "second"]


def test_an_earlier_alarm_does_not_wait_for_a_later_one() -> None:
    alarms, rang = Alarms(), Event()
    alarms.set(10 * PATIENCE, lambda: None)
    alarms.set(0.05, rang.set)
    assert rang.wait(PATIENCE)


def test_a_cancelled_alarm_does_not_go_off(moments: list[float]) -> None:
    alarms, cancelled, later = Alarms(), Event(), Event()
    alarms.set(0.05, cancelled.set).cancel()
    alarms.set(0.1, later.set)
    moments.append(1.0)
    assert later.wait(PATIENCE)
    assert not cancelled.is_set()


def keepers() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "alarms"}


def test_many_alarms_have_one_thread_and_cancelled_ones_do_not_pile_up_for_good() -> None:
    alarms, before, last = Alarms(), keepers(), Event()
    for _ in range(500):
        alarms.set(PATIENCE, lambda: None).cancel()
    assert len(keepers() - before) == 1
    alarms.set(0.01, last.set)  # the keeper wakes up
    assert last.wait(PATIENCE)
    with alarms._changing:  # once the keeper has seen to all that was due
        assert len(alarms._due) <= 1


def test_what_acts_on_a_process_that_is_gone_does_not_end_the_keeper() -> None:
    alarms, rang = Alarms(), Event()

    def gone() -> None:
        raise ProcessLookupError

    alarms.set(0.01, gone)
    alarms.set(0.05, rang.set)
    assert rang.wait(PATIENCE)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_keeper_that_ended_is_replaced_with_the_next_alarm() -> None:
    alarms, ended, rang = Alarms(), Event(), Event()

    def broken() -> None:
        ended.set()
        raise RuntimeError("on purpose")

    alarms.set(0.0, broken)
    assert ended.wait(PATIENCE)
    assert alarms._keeper is not None
    alarms._keeper.join(PATIENCE)
    alarms.set(0.01, rang.set)
    assert rang.wait(PATIENCE)
