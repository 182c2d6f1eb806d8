"""What does a metric cost through the whole house, against the same SQL by hand? And when it was counted before?

The demo mesh at full size; one BI tool over HTTP against a bare DuckDB connection that runs our own SQL.
"""

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import duckdb
from house import Client, house, in_turns

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import cast, issue_tokens
from catalog.cli.demonstration.story import Story
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.metrics.compile import CompiledQuery
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
        questions = {label: explained(label, services) for label in ASKED}
    print(f"one client, {ROUNDS} rounds that take turns; in ms: least (median; mean CPU)")
    with duckdb.connect(config={"threads": 2}) as connection:
        by_hand = {label: asked_by_hand(one, connection, folder) for label, one in questions.items()}

        def compare(labels: Iterable[str], how: str, *, remembered_mb: int) -> None:
            with house(settings, remembered_mb=remembered_mb) as running:
                client = Client(running.url, token)
                for label in labels:
                    _, metric, group_by = ASKED[label]
                    ask = partial(client.ask, {"metrics": [metric], "groupBy": group_by})
                    print(in_turns(ask, by_hand[label], running, ROUNDS).told(label, how), flush=True)

        compare(ASKED, "computed", remembered_mb=0)
        with Services(settings) as services:
            list(build_rollups((), cast()["sales-owner"], services))
        compare(AHEAD, "counted ahead", remembered_mb=0)
        compare(ASKED, "known", remembered_mb=64)


def explained(label: str, services: Services) -> CompiledQuery:
    """Our own SQL for a question, as one who may see it is shown it."""
    domain, metric, group_by = ASKED[label]
    return explain_metrics(MetricQuery((metric,), group_by), cast()[f"{domain}-owner"], services)


def asked_by_hand(
    compiled: CompiledQuery, connection: duckdb.DuckDBPyConnection, folder: Path
) -> Callable[[], object]:
    """A function that runs our SQL on a bare connection over the file of the orders."""
    for model in compiled.models:
        connection.execute(
            f"""CREATE OR REPLACE VIEW "{model}" AS FROM '{folder}/data/sales/orders/orders.parquet'"""
        )
    return lambda: connection.execute(compiled.sql, list(compiled.parameters)).fetchall()


if __name__ == "__main__":
    main()
