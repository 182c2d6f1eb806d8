"""Reads that end together share a commit, and none is let through before its own line is durable."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from ports.store_examples import NOON, access
from waiting import PATIENCE

from catalog.access.access_event import AccessEvent, ReadOutcome
from catalog.domain.errors import StoreUnavailable, UsageError
from catalog.store.access_journal import AccessJournal


class Disk:
    """Where lines become durable; the first write waits until `release` is set."""

    def __init__(self, *, fail: Callable[[Sequence[AccessEvent]], BaseException | None] = lambda _: None):
        self.writes: list[tuple[int, ...]] = []
        self.told: list[str] = []
        self.begun, self.release = Event(), Event()
        self._fail = fail

    def write(self, events: Sequence[AccessEvent], outcomes: Sequence[ReadOutcome]) -> None:
        """Keep the lines and what came of reads, or fail as told."""
        lines = tuple(one.rows or 0 for one in events)
        self.begun.set()
        assert self.release.wait(PATIENCE)
        fault = self._fail(events)
        if fault is not None:
            raise fault
        self.writes.append(lines)
        self.told += [one.read for one in outcomes]

    @property
    def lines(self) -> list[int]:
        """Every durable line."""
        return sorted(line for write in self.writes for line in write)


def outcome(read: str) -> ReadOutcome:
    return ReadOutcome(read, NOON, 3)


def line(number: int) -> list[AccessEvent]:
    return [access(rows=number)]


def five_while_one_is_written(disk: Disk) -> list["Future[None]"]:
    """Six reads: five of them end while the first one's line is being written."""
    journal = AccessJournal(disk.write)
    with ThreadPoolExecutor(6) as pool:
        reads = [pool.submit(journal.append, line(0))]
        assert disk.begun.wait(PATIENCE)
        reads += [pool.submit(journal.append, line(number)) for number in range(1, 6)]
        while journal._next.members < 5:
            assert not any(one.done() for one in reads)
        assert disk.writes == []
        assert not any(one.done() for one in reads), "let through before its line was durable"
        disk.release.set()
    return reads


def test_reads_that_end_while_one_is_written_share_one_commit() -> None:
    disk = Disk()
    reads = five_while_one_is_written(disk)
    assert all(one.exception() is None for one in reads)
    assert len(disk.writes) == 2
    assert disk.lines == [0, 1, 2, 3, 4, 5]


def test_a_read_alone_is_written_at_once() -> None:
    disk = Disk()
    disk.release.set()
    journal = AccessJournal(disk.write)
    journal.append(line(1))
    journal.append(line(2))
    assert disk.writes == [(1,), (2,)]


def test_where_the_store_is_lost_nobody_of_the_batch_is_answered_and_the_next_one_is() -> None:
    lost = [StoreUnavailable("lost on the way", remedy="again")]
    disk = Disk(fail=lambda events: lost.pop() if len(events) > 1 else None)
    reads = five_while_one_is_written(disk)
    assert reads[0].exception() is None
    faults = [one.exception() for one in reads[1:]]
    assert all(isinstance(one, StoreUnavailable) and one.message == "lost on the way" for one in faults)
    assert len(set(map(id, faults))) == len(faults)
    assert disk.lines == [0]
    journal = AccessJournal(disk.write)
    journal.append(line(6))
    assert disk.lines == [0, 6]


def test_a_writer_who_dies_lets_nobody_through() -> None:
    disk = Disk(fail=lambda events: SystemExit("killed") if len(events) > 1 else None)
    faults = [one.exception() for one in five_while_one_is_written(disk)[1:]]
    assert sum(isinstance(one, SystemExit) for one in faults) == 1
    assert sum(isinstance(one, StoreUnavailable) for one in faults) == 4
    assert disk.lines == [0]


def test_a_line_that_cannot_be_stored_fails_alone() -> None:
    disk = Disk(fail=lambda events: UsageError("no") if any(one.rows == 3 for one in events) else None)
    reads = five_while_one_is_written(disk)
    assert [isinstance(one.exception(), UsageError) for one in reads] == [False] * 3 + [True] + [False] * 2
    assert disk.lines == [0, 1, 2, 4, 5]


def test_after_a_writer_died_the_next_read_is_written() -> None:
    faults: list[BaseException] = [KeyboardInterrupt()]
    disk = Disk(fail=lambda _: faults.pop() if faults else None)
    disk.release.set()
    journal = AccessJournal(disk.write)
    with pytest.raises(KeyboardInterrupt):
        journal.append(line(1))
    journal.append(line(2))
    assert disk.writes == [(2,)]


def test_a_line_that_is_begun_is_durable_when_its_future_says_so() -> None:
    disk = Disk()
    journal = AccessJournal(disk.write)
    begun = journal.begin(line(1))
    assert disk.begun.wait(PATIENCE)
    assert not begun.done()
    disk.release.set()
    assert begun.result(PATIENCE) is None
    assert disk.lines == [1]


def test_a_line_that_is_begun_and_cannot_be_written_says_so_to_whoever_waits() -> None:
    disk = Disk(fail=lambda _: StoreUnavailable("lost on the way"))
    disk.release.set()
    with pytest.raises(StoreUnavailable, match="lost on the way"):
        AccessJournal(disk.write).begin(line(1)).result(PATIENCE)


def test_what_came_of_a_read_goes_with_the_next_line_and_nobody_waits_for_it() -> None:
    disk = Disk()
    journal = AccessJournal(disk.write, soon_seconds=PATIENCE * 100)
    journal.tell(outcome("a"))
    journal.tell(outcome("b"))
    assert disk.writes == []
    disk.release.set()
    journal.append(line(1))
    assert (disk.writes, disk.told) == ([(1,)], ["a", "b"])


def test_what_came_of_a_read_is_soon_written_by_itself() -> None:
    disk = Disk()
    journal = AccessJournal(disk.write, soon_seconds=0.01)
    journal.tell(outcome("a"))
    assert disk.begun.wait(PATIENCE)
    disk.release.set()
    journal.flush()
    assert disk.told == ["a"]


def test_what_came_of_a_read_is_written_before_the_journal_closes() -> None:
    disk = Disk()
    disk.release.set()
    journal = AccessJournal(disk.write, soon_seconds=PATIENCE * 100)
    journal.tell(outcome("a"))
    journal.close()
    assert disk.told == ["a"]


def test_a_line_that_cannot_be_stored_takes_no_outcome_with_it() -> None:
    disk = Disk(fail=lambda events: UsageError("no") if events else None)
    disk.release.set()
    journal = AccessJournal(disk.write, soon_seconds=PATIENCE * 100)
    journal.tell(outcome("a"))
    with pytest.raises(UsageError):
        journal.append(line(1))
    assert (disk.lines, disk.told) == ([], ["a"])


def test_with_nothing_told_nothing_is_written() -> None:
    disk = Disk()
    journal = AccessJournal(disk.write)
    journal.flush()
    journal.close()
    assert disk.writes == []
