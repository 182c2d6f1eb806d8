"""Logs reads from many threads at once and is killed meanwhile: `store_killed_reader.py URL FIRST`.

Each number on standard output, from FIRST on, is a line whose read would have been answered.
"""

import os
import sys
from itertools import count
from threading import Thread

from ports.store_examples import StandingClock, access

from catalog.store.unit_of_work import Store


def read_until_killed(store: Store, first: int) -> None:
    """Line after line, told once it is durable."""
    for line in count(first):
        store.log_reads([access(rows=line)])
        os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    opened = Store(sys.argv[1], StandingClock())
    for one in range(8):
        Thread(target=read_until_killed, args=(opened, int(sys.argv[2]) + one * 1_000_000)).start()
