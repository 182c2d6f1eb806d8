"""A quality laboratory: tables written as real files, measured by the real engine."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from waiting import PATIENCE

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    SchemaObject,
    Server,
    SlaProperty,
)
from catalog.domain.data_product import DataProduct
from catalog.domain.dataset import Dataset
from catalog.domain.draft import ProductContent
from catalog.domain.sql_engine import ResultColumn, SqlQuery, SqlResult
from catalog.engine.pool import EnginePool
from catalog.engine.source import RootedLocator
from catalog.quality.report import CheckResult, QualityReport
from catalog.quality.run import run

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class StoppedClock:
    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


@dataclass
class RecordingEngine:
    """The real engine, and what it was asked."""

    pool: EnginePool
    asked: list[str] = field(default_factory=list)

    @property
    def version(self) -> str:
        return self.pool.version

    def run(self, query: SqlQuery) -> SqlResult:
        self.asked.append(query.sql)
        return self.pool.run(query)

    def describe(self, dataset: Dataset) -> tuple[ResultColumn, ...]:
        return self.pool.describe(dataset)


@dataclass
class Laboratory:
    """Writes tables into a data root and measures contracts on them."""

    root: Path
    engine: RecordingEngine

    def table(self, name: str, select: str, *, format: str = "parquet") -> None:  # noqa: A002
        """The rows of a SELECT as a file."""
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(f"COPY ({select}) TO '{self.root / name}.{format}' (FORMAT {format})")

    def contract(
        self,
        *objects: SchemaObject,
        id: str = "shop",  # noqa: A002
        sla: tuple[SlaProperty, ...] = (),
        format: str = "parquet",  # noqa: A002
    ) -> DataContract:
        server = Server("files", "local", options={"path": f"{{object}}.{format}", "format": format})
        return DataContract(id, "1.0.0", "v3.1.0", servers=(server,), schema=objects, sla=sla)

    def measure(
        self,
        *contracts: DataContract,
        related: tuple[DataContract, ...] = (),
        deadline_seconds: float = PATIENCE,
    ) -> QualityReport:
        self.engine.asked.clear()
        return run(
            ProductContent(DataProduct("p", "shop", "1.0.0", "v1.0.0", "sales"), contracts),
            engine=self.engine,
            locator=RootedLocator(self.root),
            clock=StoppedClock(),
            related=related,
            deadline_seconds=deadline_seconds,
        )

    def check(self, values: str, rule: QualityRule, **declared: Any) -> CheckResult:
        """The one result of a rule on column `v` of a table whose rows are `values`, as `(1), (NULL)`."""
        self.table("t", f"SELECT v FROM (VALUES {values}) AS rows(v)")
        return self.check_table(rule, Property("v", quality=(rule,), **declared))

    def check_table(self, rule: QualityRule, *properties: Property) -> CheckResult:
        """The result of a rule of one of the properties of the table `t`, written before."""
        report = self.measure(self.contract(SchemaObject("t", properties=properties)))
        (result,) = (one for one in report.results if one.name == rule.name)
        return result


def library(
    metric: str, *, unit: str = "rows", arguments: dict[str, Any] | None = None, **operators: Any
) -> QualityRule:
    """A library rule named `rule`."""
    return QualityRule(
        "library", "rule", metric=metric, unit=unit, arguments=arguments or {}, operators=operators
    )
