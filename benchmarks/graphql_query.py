"""What does a metric cost through the whole house, against the same SQL by hand? And when it was counted before?

The demo mesh at full size; one BI tool over HTTP against a bare DuckDB connection that runs our own SQL.
"""

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import duckdb

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import cast, issue_tokens
from catalog.cli.demonstration.story import QUERY, Story, post, served
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.engine.pool import EnginePool
from catalog.engine.result_cache import ResultCache
from catalog.metrics.query import MetricQuery
from catalog.serving.metric_query import explain_metrics
from catalog.serving.metric_read.building import build_rollups

ROUNDS = 25
ASKED = {
    "gmv": ("finance", "gmv", ()),
    "gmv by month": ("finance", "gmv", ("metric_time__month",)),
    "revenue by channel": ("sales", "revenue", ("order__channel",)),
    "revenue by month": ("sales", "revenue", ("metric_time__month",)),
}
AHEAD = ("revenue by channel", "revenue by month")


def main() -> None:
    """Print a table: the least and the median of each, because machines are shared."""
    folder = Path(tempfile.mkdtemp(prefix="concord-benchmark-"))
    (folder / "data").mkdir()
    settings = Settings(
        data_root=str(folder / "data"),
        cache_root=str(folder / "cache"),
        database_url=f"sqlite:///{folder}/catalog.db",
        demo=True,
    )
    with Services(settings) as services:
        Story(services, folder, Output("json")).tell()
        token = issue_tokens(services, folder / "tokens.json")["bi"]
        print(f"one client, {ROUNDS} rounds that take turns; in ms: least (median; mean CPU)")
        with served(services) as url, duckdb.connect(config={"threads": 2}) as connection:
            by_hand = {label: timed_by_hand(label, services, connection, folder) for label in ASKED}
            services.__dict__["result_cache"] = ResultCache(0)
            ask = partial(post, url, token, QUERY)
            cpu = partial(cpu_of, services.sql_engine)
            for label in ASKED:
                compare(label, ask, by_hand[label], cpu)
            list(build_rollups((), cast()["sales-owner"], services))
            for label in AHEAD:
                compare(label, ask, by_hand[label], cpu, how="counted ahead")
            services.__dict__["result_cache"] = ResultCache(64 << 20)
            for label in ASKED:
                compare(label, ask, by_hand[label], cpu, how="known")


def timed_by_hand(
    label: str, services: Services, connection: duckdb.DuckDBPyConnection, folder: Path
) -> Callable[[], object]:
    """A function that runs our SQL on a bare connection over the file of the orders."""
    domain, metric, group_by = ASKED[label]
    compiled = explain_metrics(MetricQuery((metric,), group_by), cast()[f"{domain}-owner"], services)
    for model in compiled.models:
        connection.execute(
            f"""CREATE OR REPLACE VIEW "{model}" AS FROM '{folder}/data/sales/orders/orders.parquet'"""
        )
    return lambda: connection.execute(compiled.sql, list(compiled.parameters)).fetchall()


def compare(
    label: str,
    ask: Callable[[Mapping[str, object]], object],
    by_hand: Callable[[], object],
    cpu: Callable[[], float],
    how: str = "computed",
) -> None:
    """One line: through the house and by hand, in turns."""
    _, metric, group_by = ASKED[label]
    asked = {"ask": {"metrics": [metric], "groupBy": list(group_by)}}
    through, bare, spent = [], [], [0.0, 0.0]
    ask(asked)
    for _ in range(ROUNDS):
        before, started = cpu(), perf_counter()
        ask(asked)
        between, middle = cpu(), perf_counter()
        by_hand()
        through.append(1000 * (middle - started))
        bare.append(1000 * (perf_counter() - middle))
        spent[0] += 1000 * (between - before) / ROUNDS
        spent[1] += 1000 * (cpu() - between) / ROUNDS
    house, hand = min(through), min(bare)
    print(
        f"{label:<20} {how:<14} through GraphQL {house:6.1f} ({median(through):6.1f}; CPU {spent[0]:6.1f})   "
        f"by hand {hand:6.1f} ({median(bare):6.1f}; CPU {spent[1]:6.1f})   "
        f"ratio {house / hand:5.2f}   above {house - hand:6.1f} ms"
    )


def cpu_of(engine: EnginePool) -> float:
    """Seconds of processor time that this process and the engine's children have used."""
    total = process_time()
    for pid in engine.pids:
        tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
        total += sum(int(one.read_text(encoding="ascii").split()[0]) for one in tasks) / 1e9
    return total


if __name__ == "__main__":
    main()
