"""What does a metric cost through the whole house, against the same SQL by hand?

The demo mesh at full size; one BI tool over HTTP against a bare DuckDB connection that runs our own SQL.
"""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

from catalog.bootstrap import Services
from catalog.cli.demonstration.cast import cast, issue_tokens
from catalog.cli.demonstration.story import QUERY, Story, post, served
from catalog.cli.output import Output
from catalog.config import Settings
from catalog.metrics.query import MetricQuery
from catalog.serving.metric_query import explain_metrics

ROUNDS = 25
ASKED = {
    "gmv": ("finance", ()),
    "gmv by month": ("finance", ("metric_time__month",)),
    "revenue by channel": ("sales", ("order__channel",)),
}


def main() -> None:
    """Print one line for each query: through the whole house, by hand, and the ratio."""
    folder = Path(tempfile.mkdtemp(prefix="concord-benchmark-"))
    (folder / "data").mkdir()
    settings = Settings(
        data_root=str(folder / "data"), database_url=f"sqlite:///{folder}/catalog.db", demo=True
    )
    with Services(settings) as services:
        Story(services, folder, Output("json")).tell()
        token = issue_tokens(services, folder / "tokens.json")["bi"]
        print(f"one client, {ROUNDS} rounds that take turns; medians in ms")
        with served(services) as url, duckdb.connect(config={"threads": 2}) as connection:
            for label, (domain, group_by) in ASKED.items():
                metric = label.split()[0]
                ask = {"metrics": [metric], "groupBy": list(group_by)}
                query = MetricQuery((metric,), group_by)
                compiled = explain_metrics(query, cast()[f"{domain}-owner"], services)
                by_hand = over_files(connection, folder / "data", compiled.models)
                through, bare = [], []
                for _ in range(ROUNDS):
                    started = perf_counter()
                    post(url, token, QUERY, {"ask": ask})
                    middle = perf_counter()
                    by_hand.execute(compiled.sql, list(compiled.parameters)).fetchall()
                    through.append(1000 * (middle - started))
                    bare.append(1000 * (perf_counter() - middle))
                house, hand = median(through), median(bare)
                print(
                    f"{label:<22} through GraphQL {house:7.1f}   by hand {hand:7.1f}   "
                    f"ratio {house / hand:5.2f}   above {house - hand:5.1f} ms"
                )


def over_files(
    connection: duckdb.DuckDBPyConnection, data: Path, models: tuple[str, ...]
) -> duckdb.DuckDBPyConnection:
    """Views by the names of the semantic models, which in the demo read the orders."""
    for model in models:
        connection.execute(
            f"""CREATE OR REPLACE VIEW "{model}" AS FROM '{data}/sales/orders/orders.parquet'"""
        )
    return connection


if __name__ == "__main__":
    main()
