"""One client of the whole house, in turns with the same question by hand; used by the benchmarks beside it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final
from urllib.parse import urlsplit

from catalog.engine.pool import EnginePool

LIMIT_RATIO, LIMIT_MS = 1.10, 5.0
QUERY: Final = """query Asked($ask: MetricQueryInput!) {
  metricQuery(input: $ask) {
    columns { name } rows
    facts { metric version certified quality freshness decisionId }
  }
}"""


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

    @property
    def above(self) -> float:
        """How much the best round through the house takes above the best by hand."""
        return min(self.house) - min(self.hand)

    def told(self, label: str, how: str) -> str:
        """One line: the least and the median of each, because machines are shared."""
        house, hand = min(self.house), min(self.hand)
        return (
            f"{label:<22} {how:<14} through GraphQL {house:6.1f} ({median(self.house):6.1f}; CPU {self.house_cpu:6.1f})"
            f"   by hand {hand:6.1f} ({median(self.hand):6.1f}; CPU {self.hand_cpu:6.1f})"
            f"   ratio {house / hand:5.2f}   above {self.above:6.1f} ms   {self._verdict}"
        )

    @property
    def _verdict(self) -> str:
        allowed = (LIMIT_RATIO - 1) * min(self.hand) + LIMIT_MS
        return f"{'holds' if self.above <= allowed else 'MISSED'}: {allowed:.1f} ms are allowed"


def in_turns(
    ask: Callable[[], object], by_hand: Callable[[], object], engine: EnginePool, rounds: int
) -> Turns:
    """Both once for warmth, then one after the other."""
    ask(), by_hand()
    house, hand, spent = [], [], [0.0, 0.0]
    for _ in range(rounds):
        before, started = _cpu_of(engine), perf_counter()
        ask()
        between, middle = _cpu_of(engine), perf_counter()
        by_hand()
        house.append(1000 * (middle - started))
        hand.append(1000 * (perf_counter() - middle))
        spent[0] += 1000 * (between - before) / rounds
        spent[1] += 1000 * (_cpu_of(engine) - between) / rounds
    return Turns(house, hand, *spent)


def _cpu_of(engine: EnginePool) -> float:
    """Seconds of processor time that this process and the engine's children have used."""
    total = process_time()
    for pid in engine.pids:
        tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
        total += sum(int(one.read_text(encoding="ascii").split()[0]) for one in tasks) / 1e9
    return total
