"""kill -9 while many reads share their commits: what was answered is in the log."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from faults.test_store_kill import ROOT, url
from ports.store_examples import StandingClock

from catalog.access.actor import SYSTEM
from catalog.store.projections.access_log import AccessLog
from catalog.store.unit_of_work import Store

pytestmark = pytest.mark.faults
__all__ = ["url"]
KILLS, ANSWERED = 5, 200


def answered_before_the_kill(address: str, first: int) -> set[int]:
    """Lines that were told durable by a process that is gone since."""
    script = Path(__file__).with_name("store_killed_reader.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with subprocess.Popen(
        [sys.executable, str(script), address, str(first)], stdout=subprocess.PIPE, env=environment
    ) as reader:
        assert reader.stdout is not None
        lines = {int(reader.stdout.readline()) for _ in range(ANSWERED)}
        reader.kill()
        return lines | {int(line) for line in reader.stdout.read().split(b"\n")[:-1]}


def test_every_read_that_was_answered_is_in_the_log(url: str) -> None:
    answered = [answered_before_the_kill(url, kill * 10_000_000) for kill in range(KILLS)]
    store = Store(url, StandingClock())
    logged = [row.rows for row in store.read(SYSTEM, AccessLog(limit=1_000_000))]
    store.close()
    for lines in answered:
        assert len(lines) >= ANSWERED
        assert lines <= set(logged)
    assert len(logged) == len(set(logged))
