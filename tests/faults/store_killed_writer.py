"""Forks writers and kills them in the middle of it: `store_killed_writer.py URL KILLS SEED`.

Forking from a process that has imported everything and opened nothing makes a kill cheap; each writer opens its
own store and publishes one patch after the other until it is gone.
"""

import os
import random
import signal
import sys
import time
from typing import NoReturn

from ports.store_examples import ANA, StandingClock, key, product_draft, write_publication

from catalog.store.unit_of_work import Store


def write_until_killed(url: str, ready: int) -> NoReturn:
    """Patch after patch; a byte on `ready` says that one was published."""
    store = Store(url, StandingClock())
    while True:
        with store.open(ANA) as unit:
            version = f"1.0.{unit.row_version(key()) + 1}"
            write_publication(unit, product_draft(version=version))
            unit.remember("publish", version, "sha256:body", {"version": version})
            unit.commit()
        os.write(ready, b"!")


def kill_one(url: str, after: float) -> None:
    """One writer, gone that many seconds after its first publication."""
    listening, ready = os.pipe()
    child = os.fork()
    if child == 0:
        write_until_killed(url, ready)
    os.close(ready)  # else nobody would notice a writer that ended by itself
    if not os.read(listening, 1):
        raise SystemExit("a writer ended before it had published anything")
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(listening)


if __name__ == "__main__":
    product_draft()  # what is loaded lazily is loaded before the first fork
    rng = random.Random(int(sys.argv[3]))
    for _ in range(int(sys.argv[2])):
        kill_one(sys.argv[1], rng.uniform(0.0, 0.1))
