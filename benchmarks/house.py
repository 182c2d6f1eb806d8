"""One client of the whole house, in turns with the same question by hand; used by the benchmarks beside it.

The server is a process of its own, as `concord serve` is; the client and the SQL by hand share one.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import clock_gettime, perf_counter, process_time
from typing import Any, Final
from urllib.parse import urlsplit

from catalog.bootstrap import Services
from catalog.cli.demonstration.story import served
from catalog.config import Settings
from catalog.engine.result_cache import ResultCache
from catalog.serving.process import keeping_what_is_loaded

LIMIT_RATIO, LIMIT_MS = 1.10, 5.0
QUERY: Final = """query Asked($ask: MetricQueryInput!) {
  metricQuery(input: $ask) {
    columns { name } rows
    facts { metric version certified quality freshness decisionId }
  }
}"""


@dataclass(frozen=True, slots=True)
class House:
    """A server that runs: its GraphQL address and its process."""

    url: str
    pid: int


@contextmanager
def house(settings: Settings, *, remembered_mb: int) -> Iterator[House]:
    """A server over what the settings name, for as long as the block lasts."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(settings, remembered_mb, theirs))
    process.start()
    try:
        yield House(ours.recv(), process.pid or 0)
    finally:
        ours.close()
        theirs.close()
        process.join()


def _serve(settings: Settings, remembered_mb: int, told: "Connection[str, None]") -> None:
    with Services(settings) as services:
        services.__dict__["result_cache"] = ResultCache(remembered_mb << 20)
        _ = services.store, services.bundle, services.signer
        with keeping_what_is_loaded(), served(services) as url:
            told.send(url)
            told.poll(None)


class Client:
    """A BI tool: one token, one connection that stays open."""

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url)
        self._connection = HTTPConnection(self._address.netloc, timeout=60)
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def ask(self, ask: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of one question; raises `RuntimeError` where there is no answer."""
        body = json.dumps({"query": QUERY, "variables": {"ask": dict(ask)}})
        self._connection.request("POST", self._address.path, body, self._headers)
        answer = json.loads(self._connection.getresponse().read())
        if answer.get("errors"):
            raise RuntimeError(answer["errors"][0]["message"])
        rows: list[list[Any]] = answer["data"]["metricQuery"]["rows"]
        return rows


@dataclass(frozen=True, slots=True)
class Turns:
    """Milliseconds of each round: through the house and by hand, with the mean CPU that each used."""

    house: list[float]
    hand: list[float]
    house_cpu: float
    hand_cpu: float

    def told(self, label: str, how: str) -> str:
        """One line: the least and the median of each, because machines are shared."""
        house, hand = min(self.house), min(self.hand)
        return (
            f"{label:<22} {how:<14} through GraphQL {house:6.1f} ({median(self.house):6.1f}; CPU {self.house_cpu:6.1f})"
            f"   by hand {hand:6.1f} ({median(self.hand):6.1f}; CPU {self.hand_cpu:6.1f})"
            f"   ratio {house / hand:5.2f}   above {self._verdict(min)}, of medians {self._verdict(median)}"
        )

    def _verdict(self, of: Callable[[list[float]], float]) -> str:
        above, allowed = of(self.house) - of(self.hand), (LIMIT_RATIO - 1) * of(self.hand) + LIMIT_MS
        return f"{above:6.1f} ms ({'holds' if above <= allowed else 'MISSED'}: {allowed:.1f} are allowed)"


def in_turns(ask: Callable[[], object], by_hand: Callable[[], object], running: House, rounds: int) -> Turns:
    """Both once for warmth, then one after the other."""
    ask(), by_hand()
    through, hand, spent = [], [], [0.0, 0.0]
    for _ in range(rounds):
        before, started = _cpu_of(running), perf_counter()
        ask()
        between, middle = _cpu_of(running), perf_counter()
        by_hand()
        through.append(1000 * (middle - started))
        hand.append(1000 * (perf_counter() - middle))
        spent[0] += 1000 * (between - before) / rounds
        spent[1] += 1000 * (_cpu_of(running) - between) / rounds
    return Turns(through, hand, *spent)


def _cpu_of(running: House) -> float:
    """Seconds of processor time that this process, the server and the engine's children have used."""
    pids = (running.pid, *_children(running.pid))
    # Linux knows the clock of another process by a number made of its own.
    return process_time() + sum(clock_gettime((~pid << 3) | 2) for pid in pids)


def _children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for one in lists for child in one.read_text(encoding="ascii").split()]
