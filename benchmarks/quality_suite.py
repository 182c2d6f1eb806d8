"""How much does a quality suite cost beside a bare scan of the same columns, and beside a statement per check?

Everything runs in the fenced engine, on one generated table, in one process; the three ways take turns and the
medians are compared. Only the ratios mean something: seconds are of this machine and its load.

    python benchmarks/quality_suite.py [rows]
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    SchemaObject,
    Server,
    SlaProperty,
)
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import ProductContent
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.pool import EnginePool
from catalog.engine.source import RootedLocator
from catalog.quality.execute import Execution
from catalog.quality.plan import plan
from catalog.quality.rules import checks_of
from catalog.quality.run import run
from catalog.quality.statements import Statements
from catalog.quality.table import Table

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROUNDS = 5
MOST_SECONDS = 40.0
TABLE = """
COPY (
    SELECT
        range AS order_id,
        (hash(range) % 200000)::INTEGER AS customer_id,
        (hash(range + 1) % 400)::SMALLINT AS store_id,
        ['web', 'app', 'store'][(hash(range + 2) % 3)::INTEGER + 1] AS channel,
        ['completed', 'returned', 'cancelled'][(hash(range + 3) % 3)::INTEGER + 1] AS status,
        ((hash(range + 4) % 100000) / 100)::DECIMAL(12, 2) AS gross_amount,
        (hash(range + 5) % 1000) / 1000.0 AS discount,
        CASE WHEN hash(range + 6) % 50 > 0 THEN 'c' || range || '@example.org' END AS email,
        lpad((hash(range + 7) % 99999)::VARCHAR, 5, '0') AS zip,
        hash(range + 8) % 2 = 0 AS is_gift,
        TIMESTAMP '2026-11-20' - INTERVAL (range) SECOND AS ordered_at,
        (TIMESTAMP '2026-11-20' - INTERVAL (range) SECOND)::DATE AS ordered_on
    FROM range({rows})
) TO '{file}'
"""
BARE = """
SELECT sum(order_id), sum(customer_id), sum(store_id), sum(strlen(channel)), sum(strlen(status)),
    sum(gross_amount), sum(discount), sum(strlen(email)), sum(strlen(zip)), count_if(is_gift),
    sum(epoch(ordered_at)), sum(epoch(ordered_on))
FROM orders
"""


class Clock:
    """Stands still."""

    def now(self) -> datetime:
        """The day after the last order."""
        return NOW


def rule(
    metric: str, unit: str = "rows", /, arguments: dict[str, object] | None = None, **must: float
) -> QualityRule:
    """A library rule."""
    return QualityRule("library", metric=metric, arguments=arguments or {}, operators=must, unit=unit)


def contract() -> DataContract:
    """Twelve columns with 28 checks of every kind that one table allows."""
    properties = (
        Property("order_id", logical_type="integer", primary_key=True, required=True),
        Property("customer_id", logical_type="integer", required=True, options={"minimum": 0}),
        Property("store_id", logical_type="integer", required=True, options={"minimum": 0, "maximum": 399}),
        Property("channel", logical_type="string", required=True, enum=("web", "app", "store")),
        Property("status", logical_type="string", required=True, enum=("completed", "returned", "cancelled")),
        Property(
            "gross_amount", logical_type="number", required=True, options={"minimum": 0, "maximum": 1000}
        ),
        Property("discount", logical_type="number", required=True, options={"minimum": 0, "maximum": 1}),
        Property(
            "email",
            logical_type="string",
            options={"maxLength": 40},
            quality=(
                rule("nullValues", "percent", mustBeLessThan=5),
                rule("missingValues", "percent", {"missingValues": ["", "n/a"]}, mustBeLessThan=5),
                rule("invalidValues", arguments={"pattern": "@example[.]org$"}, mustBe=0),
            ),
        ),
        Property("zip", logical_type="string", required=True, options={"minLength": 5, "maxLength": 5}),
        Property("is_gift", logical_type="boolean", required=True),
        Property("ordered_at", logical_type="timestamp", required=True, options={"minimum": "2020-01-01"}),
        Property("ordered_on", logical_type="date", required=True),
    )
    rules = (
        rule("rowCount", mustBeGreaterThan=0),
        QualityRule("sql", query="SELECT count(*) FROM orders WHERE discount > gross_amount + 1"),
    )
    return DataContract(
        "bench",
        "1.0.0",
        "v3.1.0",
        servers=(Server("files", "local", options={"path": "orders.parquet"}),),
        schema=(SchemaObject("orders", properties=properties, quality=rules),),
        sla=(SlaProperty("latency", 2, "d", "orders.ordered_at"),),
    )


class Bench:
    """One table, one engine, three ways to look at the table."""

    def __init__(self, root: Path, engine: EnginePool) -> None:
        self.contract, self.engine, self.locator = contract(), engine, RootedLocator(root)
        (self.item,) = self.contract.schema
        self.dataset = self.locator.locate(self.contract, self.item)
        self.content = ProductContent(
            DataProduct("bench", "bench", "1.0.0", "v1.0.0", "sales"), (self.contract,)
        )

    def bare_scan(self) -> int:
        """Read every column once."""
        self.engine.run(SqlQuery(BARE, (self.dataset,)))
        return 1

    def suite(self) -> int:
        """Our run, from finding the data to the report."""
        report = run(
            self.content, engine=self.engine, locator=self.locator, clock=Clock(), deadline_seconds=60
        )
        assert report.passes, report.findings
        return report.scans

    def statement_per_check(self) -> int:
        """The same checks, each planned alone."""
        statements = Statements(self.engine, 60)
        execution = Execution(statements, NOW, lambda _names: ())
        table = Table(self.item, self.dataset, self.engine.describe(self.dataset))
        for check in checks_of(self.contract):
            execution.observe(plan(table, [check]))
        return statements.scans

    def cpu_seconds(self) -> float:
        """Processor time of this process and of the engine's children."""
        ticks = 0
        for pid in self.engine.pids:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def measured(bench: Bench, way: Callable[[], int]) -> tuple[float, float, int]:
    """Wall and processor seconds of one turn, and its scans."""
    wall, cpu = time.perf_counter(), bench.cpu_seconds()
    scans = way()
    return time.perf_counter() - wall, bench.cpu_seconds() - cpu, scans


def main(rows: int) -> None:
    """Take turns, print the medians and the ratios."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(TABLE.format(rows=rows, file=root / "orders.parquet"))
        engine = EnginePool(workers=1)
        try:
            bench = Bench(root, engine)
            ways = (bench.bare_scan, bench.suite, bench.statement_per_check)
            for way in ways:
                way()
            turns = []
            while len(turns) < ROUNDS and time.monotonic() - began < MOST_SECONDS:
                turns.append([measured(bench, way) for way in ways])
        finally:
            engine.close()
    checks = len(checks_of(contract()))
    print(f"{checks} checks, {rows} rows, 12 columns, {len(turns)} rounds; medians")
    print(f"{'':22}{'wall s':>8}{'cpu s':>8}{'scans':>7}{'wall ÷ scan':>13}{'cpu ÷ scan':>12}")
    floor_wall, floor_cpu = (median(turn[0][part] for turn in turns) for part in (0, 1))
    for index, name in enumerate(("bare scan", "fused suite", "statement per check")):
        wall, cpu = (median(turn[index][part] for turn in turns) for part in (0, 1))
        print(
            f"{name:22}{wall:8.3f}{cpu:8.3f}{turns[0][index][2]:7}{wall / floor_wall:13.2f}{cpu / floor_cpu:12.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
