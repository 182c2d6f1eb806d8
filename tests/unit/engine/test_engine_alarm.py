"""Deadlines that one thread keeps."""

import threading
from threading import Event
from time import monotonic

import pytest

from catalog.engine.alarm import Alarms

SECONDS = 10.0


def test_alarms_go_off_in_the_order_in_which_they_are_due() -> None:
    alarms, went_off, last = Alarms(), list[str](), Event()
    alarms.set(0.2, lambda: (went_off.append("second"), last.set()))
    alarms.set(0.1, lambda: went_off.append("first"))
    assert last.wait(SECONDS)
    assert went_off == ["first", "second"]


def test_an_earlier_alarm_does_not_wait_for_a_later_one() -> None:
    alarms, rang = Alarms(), Event()
    alarms.set(60, lambda: None)
    started = monotonic()
    alarms.set(0.05, rang.set)
    assert rang.wait(SECONDS)
    assert monotonic() - started < SECONDS


def test_a_cancelled_alarm_does_not_go_off() -> None:
    alarms, cancelled, later = Alarms(), Event(), Event()
    alarms.set(0.05, cancelled.set).cancel()
    alarms.set(0.1, later.set)
    assert later.wait(SECONDS)
    assert not cancelled.is_set()


def test_many_alarms_have_one_thread_and_cancelled_ones_do_not_pile_up_for_good() -> None:
    alarms, before, last = Alarms(), threading.active_count(), Event()
    for _ in range(500):
        alarms.set(30, lambda: None).cancel()
    assert threading.active_count() == before + 1
    alarms.set(0.01, last.set)  # the keeper wakes up
    assert last.wait(SECONDS)
    assert len(alarms._due) <= 1


def test_what_acts_on_a_process_that_is_gone_does_not_end_the_keeper() -> None:
    alarms, rang = Alarms(), Event()

    def gone() -> None:
        raise ProcessLookupError

    alarms.set(0.01, gone)
    alarms.set(0.05, rang.set)
    assert rang.wait(SECONDS)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_keeper_that_ended_is_replaced_with_the_next_alarm() -> None:
    alarms, ended, rang = Alarms(), Event(), Event()

    def broken() -> None:
        ended.set()
        raise RuntimeError("on purpose")

    alarms.set(0.0, broken)
    assert ended.wait(SECONDS)
    assert alarms._keeper is not None
    alarms._keeper.join(SECONDS)
    alarms.set(0.01, rang.set)
    assert rang.wait(SECONDS)
