"""How near is the estimate of different values, and what does it cost beside the exact count and DuckDB's own?

All in one thread, CPU seconds, the better of two runs each. The rollup is by day, over the rows of a year.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import duckdb

from catalog.domain.governance import Governance
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.rollup import BuiltRollup
from catalog.domain.semantic_model import (
    Aggregation,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    SemanticModel,
)
from catalog.metrics.compile import compile_query
from catalog.metrics.estimate import STANDARD_ERROR
from catalog.metrics.query import MetricQuery
from catalog.metrics.rollup.building import rollup_query
from catalog.metrics.rollup.declaration import declared
from catalog.metrics.rollup.rolled_up_model import rolled_up_model

ROWS, PEOPLE, DAYS, SETS = 5_000_000, 1_000_000, 365, 300
LIMIT = 1.2 * STANDARD_ERROR
BY_DAY = {"name": "by_day", "measures": ["people", "exact"], "dimensions": [], "granularity": "day"}
EVENTS = SemanticModel(
    "events",
    "events",
    default_agg_time_dimension="day",
    entities=(Entity("event", EntityType.PRIMARY, "id"),),
    dimensions=(Dimension("day", DimensionType.TIME),),
    measures=(
        Measure("people", Aggregation.COUNT_DISTINCT, "person", approximate=True),
        Measure("exact", Aggregation.COUNT_DISTINCT, "person"),
    ),
)
METRICS = tuple(Metric(one.name, MetricType.SIMPLE, measure=MetricInput(one.name)) for one in EVENTS.measures)
OWN = "SELECT approx_count_distinct(person) FROM events"


def main() -> int:
    """Print the figures; 1 when the error is above what is promised, or parts give another number than rows."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(
        f"CREATE TABLE events AS SELECT i AS id, concat('person ', i % {PEOPLE}) AS person,"
        f" DATE '2025-01-01' + CAST(i % {DAYS} AS INTEGER) AS day FROM range({ROWS}) s(i)"
    )
    print(f"{ROWS:,} rows, {PEOPLE:,} different texts\n\n| | number | off | CPU s |\n|---|---|---|---|")
    queries = {"exact": sql("exact"), "estimate": sql("people"), "DuckDB's own estimate": OWN}
    found = {name: told(connection, name, query) for name, query in queries.items()}
    parts = {}
    for name in ("exact", "people"):
        over = built(connection, name)
        parts[name] = told(connection, f"{name} from a rollup of {over[1]:,} rows", over[0])
    worst = accuracy(connection)
    same = parts == {"exact": found["exact"], "people": found["estimate"]}
    print(f"\nfrom parts as from rows: {'yes' if same else 'NO'}")
    return 0 if same and worst <= LIMIT else 1


def sql(metric: str, model: SemanticModel = EVENTS) -> str:
    """The compiled query of the whole number."""
    return compile_query(SemanticManifest((model,), METRICS), MetricQuery((metric,))).sql


def built(connection: duckdb.DuckDBPyConnection, measure: str) -> tuple[str, int]:
    """The same query over a rollup that keeps this measure, and the rollup's rows."""
    custom = {"pre_aggregations": [{**BY_DAY, "measures": [measure]}]}
    model = replace(EVENTS, governance=Governance(custom=custom))
    (one,) = declared(model)
    query = rollup_query(model, one)
    kept = ", ".join(f'"{old}" AS "{new}"' for old, new in query.columns.items())
    connection.execute(f"CREATE OR REPLACE TABLE rolled AS SELECT {kept} FROM ({query.sql})")
    (rows,) = connection.execute("SELECT count(*) FROM rolled").fetchone() or (0,)
    types = ((measure, "BIGINT"),)
    state = BuiltRollup("", "", "", "", "", types, True, rows, None)  # type: ignore[arg-type]
    return sql(measure, replace(rolled_up_model(model, one, state), relation="rolled")), rows


def told(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> int:
    """The number, printed with its error and its time."""
    seconds, number = min(timed(lambda: connection.execute(query).fetchall()[0][0]) for _ in range(2))
    print(f"| {name} | {number:,} | {abs(number / PEOPLE - 1):.2%} | {seconds:.2f} |")
    return number


def timed(run: Callable[[], int]) -> tuple[float, int]:
    """CPU seconds and what came of it."""
    started = time.process_time()
    number = run()
    return time.process_time() - started, number


def accuracy(connection: duckdb.DuckDBPyConnection) -> float:
    """The worst standard error over sets of several sizes."""
    print(
        f"\n| different values, {SETS} sets each | mean off | standard error | DuckDB's own |\n|---|---|---|---|"
    )
    errors = []
    for size in (10, 1_000, 8_000, 10_000, 50_000):
        ours, own = deviations(connection, size)
        errors.append(sqrt(sum(one * one for one in ours) / len(ours)))
        theirs = sqrt(sum(one * one for one in own) / len(own))
        print(f"| {size:,} | {sum(ours) / len(ours):+.2%} | {errors[-1]:.2%} | {theirs:.2%} |")
    return max(errors)


def deviations(connection: duckdb.DuckDBPyConnection, size: int) -> tuple[list[float], list[float]]:
    """Of every set, ours and DuckDB's own."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(SETS):
        connection.execute(
            "CREATE OR REPLACE TEMPORARY TABLE events AS SELECT i AS id, DATE '2025-01-01' AS day,"
            f" concat('{number} ', i) AS person FROM range({size}) s(i)"
        )
        for kept, query in zip(found, (sql("people"), OWN), strict=True):
            ((counted,),) = connection.execute(query).fetchall()
            kept.append(counted / size - 1)
    connection.execute("DROP TABLE temp.events")
    return found


if __name__ == "__main__":
    sys.exit(main())
