"""What does a metric cost through the whole house, against the same SQL by hand? And when it was counted before?

The demo mesh at full size; one BI tool over HTTP against a bare DuckDB connection that runs our own SQL.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
from house import Client, in_turns

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import cast, issue_tokens
from catalog.cli.demonstration.story import Story, served
from catalog.cli.output import Output
from catalog.config import Settings
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
            client = Client(url, token)

            def compare(label: str, how: str) -> None:
                _, metric, group_by = ASKED[label]
                ask = partial(client.ask, {"metrics": [metric], "groupBy": group_by})
                print(in_turns(ask, by_hand[label], services.sql_engine, ROUNDS).told(label, how), flush=True)

            services.__dict__["result_cache"] = ResultCache(0)
            for label in ASKED:
                compare(label, "computed")
            list(build_rollups((), cast()["sales-owner"], services))
            for label in AHEAD:
                compare(label, "counted ahead")
            services.__dict__["result_cache"] = ResultCache(64 << 20)
            for label in ASKED:
                compare(label, "known")


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


if __name__ == "__main__":
    main()
