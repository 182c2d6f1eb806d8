"""MetricFlow's own query cases with their independent check SQL."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pg8000.native
import pytest
from postgresql_tables import connected, copy_tables

from catalog.domain.document import Document
from catalog.domain.lineage import EVERY_ROW
from catalog.domain.metric import SemanticManifest
from catalog.manifests.read import read
from catalog.metrics.compile import compile_query
from catalog.metrics.plan.read_model import ReadModel
from catalog.metrics.query import MetricQuery, OrderBy
from catalog.metrics.validation import validate

pytestmark = pytest.mark.fixtures

SERVED_NOW: Final = 94


@pytest.fixture(scope="module")
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "metricflow"


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("CREATE SCHEMA mf")
        for file in sorted((folder / "tables").glob("*.parquet")):
            connection.execute(f"CREATE TABLE mf.{file.stem} AS FROM read_parquet('{file}')")
        yield connection


@cache
def manifest(file: Path) -> SemanticManifest:
    return read([Document(file.name, file.read_bytes())]).semantic


def cases(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]


def test_every_served_case_gives_the_rows_of_its_check_sql(
    folder: Path, database: duckdb.DuckDBPyConnection
) -> None:
    served = cases(folder)
    wrong = [case["id"] for case in served if not agrees(case, folder, database)]
    print(f"\nMetricFlow cases: {len(served) - len(wrong)} of {len(served)} pass")
    assert wrong == []
    assert len(served) == SERVED_NOW


def test_every_authored_manifest_is_valid(folder: Path) -> None:
    files = sorted((folder / "manifests").glob("*.yaml"))
    assert len(files) == 13
    assert [one for file in files for one in validate(manifest(file)) if one.blocks] == []


@pytest.mark.postgresql
def test_every_served_case_gives_the_same_rows_on_postgresql(
    folder: Path, database: duckdb.DuckDBPyConnection, postgresql_url: str
) -> None:
    served = cases(folder)
    with connected(postgresql_url) as server:
        copy_tables(database, server)
        wrong = [case["id"] for case in served if not agrees_there(case, folder, database, server)]
    print(f"\nMetricFlow cases on PostgreSQL: {len(served) - len(wrong)} of {len(served)} pass")
    assert wrong == []


def agrees_there(
    case: dict[str, Any],
    folder: Path,
    database: duckdb.DuckDBPyConnection,
    server: pg8000.native.Connection,
) -> bool:
    compiled = compile_query(manifest_of(case, folder), query(case), dialect="postgres")
    rows = server.execute_unnamed(compiled.sql).rows or []
    found = arranged([*compiled.columns], rows, ordered=case["check_order"])
    return found == table(database.execute(case["check_sql"]), ordered=case["check_order"])


def agrees(case: dict[str, Any], folder: Path, database: duckdb.DuckDBPyConnection) -> bool:
    compiled = compile_query(manifest_of(case, folder), query(case))
    found = table(database.execute(compiled.sql), ordered=case["check_order"])
    return found == table(database.execute(case["check_sql"]), ordered=case["check_order"])


def manifest_of(case: dict[str, Any], folder: Path) -> SemanticManifest:
    return manifest(folder / "manifests" / f"{case['manifest']}.authored.yaml")


def query(case: dict[str, Any]) -> MetricQuery:
    items = [item["raw"] for item in case["group_by"]] + [item_name(item) for item in case["group_by_objs"]]
    return MetricQuery(
        tuple(case["metrics"]),
        tuple(items),
        (case["where"],) if case["where"] else (),
        tuple(OrderBy(one["name"], one["descending"]) for one in case["order_by"]),
        case["limit"],
        tuple(case["time_constraint"]) if case["time_constraint"] else None,
        case["min_max_only"],
    )


def item_name(item: dict[str, Any]) -> str:
    part = f"extract_{item['date_part']}" if item.get("date_part") else item.get("grain")
    return "__".join(filter(None, (item["name"], part)))


def table(answer: duckdb.DuckDBPyConnection, *, ordered: bool) -> tuple[list[str], list[tuple[str, ...]]]:
    """Column names in order, and rows in that order of columns."""
    names = [column[0] for column in answer.description or []]
    return arranged(names, answer.fetchall(), ordered=ordered)


def arranged(
    names: list[str], answer: Iterable[Sequence[Any]], *, ordered: bool
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The same for rows with names; numbers to six digits, dates as midnights."""
    order = sorted(range(len(names)), key=lambda position: names[position])
    rows = [tuple(text(row[position]) for position in order) for row in answer]
    return sorted(names), rows if ordered else sorted(rows)


def text(value: Any) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{float(value):.6g}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value} 00:00:00"
    return str(value)


def test_the_lineage_of_every_case_names_exactly_the_columns_that_its_plan_reads(folder: Path) -> None:
    for case in cases(folder):
        compiled = compile_query(manifest_of(case, folder), query(case))
        read = {
            (one.relation, column)
            for one in compiled.plan.walk()
            if isinstance(one, ReadModel)
            for column in one.columns
        }
        told = {(one.relation, one.column) for output in compiled.lineage for one in output.sources}
        assert {pair for pair in told if pair[1] != EVERY_ROW} == read, case["id"]
        assert all(output.sources for output in compiled.lineage), case["id"]
