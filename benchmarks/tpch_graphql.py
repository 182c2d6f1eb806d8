"""What do the five questions of TPC-H cost through the whole house, against SQL written by hand?

    tpchgen-cli parquet -s 1 --output-dir DIR
    python benchmarks/tpch_graphql.py DIR

Products and metrics are registered and published through the real gate; one BI tool asks over HTTP with its token.
The SQL by hand runs on a bare DuckDB connection with two threads. Both read the same Parquet files, in turns.
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from house import Client, House, house, in_turns
from tpch.mesh import TABLES, load, serve_metrics
from tpch.questions import QUESTIONS
from tpch_metrics import text

from catalog.bootstrap import Services
from catalog.config import Settings

ROUNDS = 25


def main() -> None:
    """Print one line for each question; answers are computed each time, none is remembered."""
    parser = argparse.ArgumentParser(description="TPC-H through GraphQL beside SQL by hand.")
    parser.add_argument("data", type=Path, help="folder of TPC-H as Parquet")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="concord-benchmark-") as folder:
        settings = Settings(
            data_root=f"{folder}/data",
            cache_root=f"{folder}/cache",
            database_url=f"sqlite:///{folder}/catalog.db",
            demo=True,
        )
        load(given.data, Path(settings.data_root))
        with Services(settings) as services:
            token = serve_metrics(services)
        print(f"Parquet on both sides; {given.rounds} rounds in turns; in ms: least (median; mean CPU)")
        with house(settings, remembered_mb=0) as running:
            compare(Client(running.url, token), running, settings, given.rounds)


def compare(client: Client, running: House, settings: Settings, rounds: int) -> None:
    """Each question through the house and by hand."""
    with duckdb.connect(config={"threads": 2}) as connection:
        for table in TABLES:
            file = f"{settings.data_root}/tpch/{table}.parquet"
            connection.execute(f"CREATE VIEW {table} AS FROM '{file}'")
        for one in QUESTIONS:
            ask = partial(client.ask, {"metrics": one.metrics, "groupBy": one.group_by})
            by_hand = partial(rows_by_hand, connection, one.hand)
            same = comparable(ask()) == comparable(by_hand())
            turns = in_turns(ask, by_hand, running, rounds)
            print(turns.told(one.name.partition(":")[0], "equal rows" if same else "OTHER ROWS"), flush=True)


def rows_by_hand(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """The answer of a bare connection."""
    return connection.execute(sql).fetchall()


def comparable(rows: list[list[object]] | list[tuple[object, ...]]) -> list[list[str]]:
    """Rows and columns in one order, instants as days."""
    return sorted(sorted(text(value).removesuffix("T00:00:00") for value in row) for row in rows)


if __name__ == "__main__":
    main()
