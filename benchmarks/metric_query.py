"""What does a governed metric cost beside SQL written by hand? Compile times, and execution on Parquet.

Prints medians and ratios; our SQL and the hand-written SQL run in turns on the same two million rows.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
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
from catalog.metrics.query import MetricQuery

ROWS, ROUNDS, COMPILED = 2_000_000, 9, 300
TIME, CATEGORY = DimensionType.TIME, DimensionType.CATEGORICAL
PAID = "{{ Dimension('order__status') }} = 'paid'"

ORDERS = SemanticModel(
    "orders",
    "orders",
    default_agg_time_dimension="ordered_at",
    entities=(
        Entity("order", EntityType.PRIMARY, "order_id"),
        Entity("customer", EntityType.FOREIGN, "customer_id"),
    ),
    dimensions=(Dimension("status", CATEGORY), Dimension("ordered_at", TIME)),
    measures=(Measure("amount", Aggregation.SUM), Measure("orders", Aggregation.COUNT, "order_id")),
)
CUSTOMERS = SemanticModel(
    "customers",
    "customers",
    default_agg_time_dimension="joined_at",
    entities=(Entity("customer", EntityType.PRIMARY, "customer_id"),),
    dimensions=(Dimension("country", CATEGORY), Dimension("joined_at", TIME)),
    measures=(Measure("customers", Aggregation.COUNT, "customer_id"),),
)
METRICS = (
    Metric("revenue", MetricType.SIMPLE, measure=MetricInput("amount")),
    Metric("orders", MetricType.SIMPLE, measure=MetricInput("orders")),
    Metric("customers", MetricType.SIMPLE, measure=MetricInput("customers")),
    Metric(
        "paid_share",
        MetricType.RATIO,
        numerator=MetricInput("revenue", filters=(PAID,), alias="paid"),
        denominator=MetricInput("revenue"),
    ),
    Metric(
        "revenue_per_customer",
        MetricType.RATIO,
        numerator=MetricInput("revenue"),
        denominator=MetricInput("customers"),
    ),
)
MANIFEST = SemanticManifest((ORDERS, CUSTOMERS), METRICS)

QUESTIONS = {
    "simple: revenue by month": (
        MetricQuery(("revenue",), ("metric_time__month",)),
        "SELECT date_trunc('month', ordered_at), sum(amount) FROM orders GROUP BY 1",
    ),
    "ratio: paid share by month": (
        MetricQuery(("paid_share",), ("metric_time__month",)),
        """SELECT date_trunc('month', ordered_at),
                  sum(amount) FILTER (status = 'paid')::DOUBLE / nullif(sum(amount), 0)
           FROM orders GROUP BY 1""",
    ),
    "join: revenue by country": (
        MetricQuery(("revenue",), ("customer__country",)),
        "SELECT country, sum(amount) FROM orders LEFT JOIN customers USING (customer_id) GROUP BY 1",
    ),
    "filter: revenue of a quarter by status": (
        MetricQuery(
            ("revenue",),
            ("order__status",),
            ("{{ TimeDimension('metric_time', 'quarter') }} = '2025-04-01'",),
        ),
        """SELECT status, sum(amount) FROM orders
           WHERE ordered_at >= TIMESTAMP '2025-04-01' AND ordered_at < TIMESTAMP '2025-07-01' GROUP BY 1""",
    ),
    "two facts: revenue per customer by country": (
        MetricQuery(("revenue_per_customer",), ("customer__country",)),
        """SELECT coalesce(o.country, c.country), revenue::DOUBLE / nullif(customers, 0)
           FROM (SELECT country, sum(amount) AS revenue
                 FROM orders LEFT JOIN customers USING (customer_id) GROUP BY 1) AS o
           FULL JOIN (SELECT country, count(customer_id) AS customers FROM customers GROUP BY 1) AS c
           ON o.country IS NOT DISTINCT FROM c.country""",
    ),
}


def main() -> None:
    """Print one line for each question."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 2}) as connection:
        generate(connection, Path(folder))
        for name, (query, hand) in QUESTIONS.items():
            compiled = compile_query(MANIFEST, query)
            took = statistics.median(compiling(query))
            same(connection, compiled.sql, hand)
            ours, by_hand = in_turns(
                lambda sql=compiled.sql: connection.execute(sql).fetchall(),
                lambda hand=hand: connection.execute(hand).fetchall(),
            )
            print(
                f"{name:45} compile {took * 1e3:5.2f} ms   ours {ours * 1e3:6.1f} ms   "
                f"by hand {by_hand * 1e3:6.1f} ms   ratio {ours / by_hand:.2f}"
            )


def compiling(query: MetricQuery) -> list[float]:
    """Seconds for the query with limits that nobody asked for before: none of them is remembered."""
    limited = [replace(query, limit=1_000_000 + number) for number in range(COMPILED)]
    return [elapsed(lambda one=one: compile_query(MANIFEST, one)) for one in limited]


def generate(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Orders of two years and their customers, as Parquet."""
    connection.execute(
        f"""
        COPY (
          SELECT i AS order_id, (hash(i) % 50_000)::INTEGER AS customer_id,
                 ['paid', 'open', 'returned', NULL][1 + (hash(i + 1) % 4)::INTEGER] AS status,
                 (hash(i + 2) % 100_000 / 100.0)::DECIMAL(12, 2) AS amount,
                 TIMESTAMP '2024-01-01' + INTERVAL (i * 31) SECOND AS ordered_at
          FROM range({ROWS}) AS r(i)
        ) TO '{folder}/orders.parquet';
        COPY (
          SELECT i::INTEGER AS customer_id, ['de', 'fr', 'us', NULL][1 + (hash(i) % 4)::INTEGER] AS country,
                 TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS joined_at
          FROM range(50_000) AS r(i)
        ) TO '{folder}/customers.parquet';
        CREATE VIEW orders AS FROM read_parquet('{folder}/orders.parquet');
        CREATE VIEW customers AS FROM read_parquet('{folder}/customers.parquet');
        """
    )


def same(connection: duckdb.DuckDBPyConnection, ours: str, hand: str) -> None:
    """Both give the same rows, or the comparison means nothing."""
    found = sorted(map(repr, connection.execute(ours).fetchall()))
    assert found == sorted(map(repr, connection.execute(hand).fetchall())), ours


def in_turns(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Seconds for each, taken alternately so that both see the same machine."""
    pairs = [(elapsed(one), elapsed(other)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def elapsed(act: Callable[[], object]) -> float:
    """Seconds for one act."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
