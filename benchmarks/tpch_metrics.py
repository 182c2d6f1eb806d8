"""How close to SQL written by hand is a governed metric, beside its peers? TPC-H, five questions, one run.

    tpchgen-cli parquet -s 1 --output-dir DIR
    python benchmarks/tpch_metrics.py DIR --peer metricflow=PYTHON --peer sidemantic=PYTHON --peer bsl=PYTHON

PYTHON is the interpreter of an environment that has the peer. Each engine's SQL takes turns with the hand-written
SQL on one read-only DuckDB file with two threads; rows must be equal, or the row says that they are not.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tpch.questions import QUESTIONS, Question

from catalog.metrics import MetricQuery, compile_query, read_semantic_manifest

HERE: Final = Path(__file__).resolve().parent
ROUNDS, COMPILED = 9, 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One engine's SQL for one question, and its compile times in seconds, the first apart."""

    engine: str
    sql: str
    first: float
    median: float


def main() -> None:
    """Print one line for each question and engine."""
    wanted = arguments()
    answers = {one.name: [ours(one)] for one in QUESTIONS}
    for name, python in wanted.peers:
        for question, answer in peer(name, python):
            answers[question].append(answer)
    with tempfile.TemporaryDirectory() as folder:
        file = load(Path(wanted.data), Path(folder) / "tpch.duckdb")
        with duckdb.connect(file, read_only=True, config={"threads": 2}) as connection:
            for question in QUESTIONS:
                compare(connection, question, answers[question.name])


def arguments() -> argparse.Namespace:
    """The folder of data, and the peers with their interpreters."""
    parser = argparse.ArgumentParser(description="A governed metric beside SQL by hand and its peers.")
    parser.add_argument("data", help="folder of TPC-H as Parquet")
    parser.add_argument(
        "--peer", dest="peers", action="append", default=[], type=lambda text: tuple(text.split("=", 1))
    )
    return parser.parse_args()


def ours(question: Question) -> Answer:
    """Concord's SQL and its compile times; each limit makes another query, so that none is remembered."""
    manifest = read_semantic_manifest(HERE / "tpch" / "metrics.yaml")
    query = MetricQuery(question.metrics, question.group_by)
    limited = [replace(query, limit=1_000_000 + number) for number in range(COMPILED)]
    times = [elapsed(lambda one=one: compile_query(manifest, one)) for one in limited]
    sql = compile_query(manifest, query).sql
    return Answer("concord", sql, times[0], statistics.median(times[1:]))


def peer(name: str, python: str) -> Iterator[tuple[str, Answer]]:
    """What a peer's own environment compiles."""
    command = [python, str(HERE / "tpch" / f"{name}_peer.py"), str(HERE / "tpch"), "30"]
    asked = json.dumps([asdict(one) for one in QUESTIONS])
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    for line in map(json.loads, done.stdout.splitlines()):
        if "sql" in line:
            first, *later = line["seconds"]
            yield line["name"], Answer(name, line["sql"], first, statistics.median(later))


def load(data: Path, file: Path) -> str:
    """The three tables as one DuckDB file."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE orders AS FROM '{data}/orders.parquet'")
        connection.execute(f"CREATE TABLE customer AS FROM '{data}/customer.parquet'")
        connection.execute(
            f"CREATE TABLE lineitem AS SELECT row_number() OVER () AS l_line_id, * FROM '{data}/lineitem.parquet'"
        )
    return str(file)


def compare(connection: duckdb.DuckDBPyConnection, question: Question, answers: Sequence[Answer]) -> None:
    """Each engine in turns with the hand-written SQL."""
    print(f"\n{question.name}")
    expected = rows(connection, question.hand)
    for one in answers:
        same = rows(connection, one.sql) == expected
        pairs = [
            tuple(
                elapsed(lambda sql=sql: connection.execute(sql).fetchall())
                for sql in (one.sql, question.hand)
            )
            for _ in range(ROUNDS)
        ]
        run, hand = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(mine / other for mine, other in pairs)
        print(
            f"  {one.engine:12} compile {one.median * 1e3:6.2f} ms (first {one.first * 1e3:6.1f})   "
            f"run {run * 1e3:7.1f} ms   by hand {hand * 1e3:7.1f} ms   ratio {ratio:5.2f}   "
            f"{'equal rows' if same else 'OTHER ROWS'}",
            flush=True,
        )


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[list[str]]:
    """The answer with its rows and columns in one order; numbers to six digits."""
    return sorted(sorted(text(value) for value in row) for row in connection.execute(sql).fetchall())


def text(value: Any) -> str:
    """A value as all engines would write it."""
    try:
        return f"{float(value):.6g}"
    except (TypeError, ValueError):
        return str(value).removesuffix(" 00:00:00")


def elapsed(act: Callable[[], object]) -> float:
    """Seconds for one act."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
