"""The range of integer keys, from file metadata: what lets a bitmap count distinct values."""

from collections.abc import Iterable

from sqlglot import exp

from catalog.domain.errors import EngineError
from catalog.quality.check import Check
from catalog.quality.checks.duplicate_values import DuplicateValues
from catalog.quality.statements import Statements
from catalog.quality.table import Table, column_named


def integer_ranges(
    table: Table, checks: Iterable[Check], statements: Statements
) -> dict[str, tuple[int, int]]:
    """Least and greatest value of each integer column that must be unique.

    Parquet keeps them in its footers, so the engine answers without reading rows; other formats are not
    asked. Without an answer there is no bitmap, and nothing else changes.
    """
    measures = (check.measure for check in checks)
    unique = (one for one in measures if isinstance(one, DuplicateValues) and table.has(one.keys[0]))
    columns = [column for column in dict.fromkeys(one.bitmap_column(table) for one in unique) if column]
    if table.dataset.format != "parquet" or not columns:
        return {}
    try:
        (row,) = statements.rows(_bounds(table, columns), (table.dataset,), row_limit=1, counted=False)
    except EngineError:
        return {}
    pairs = zip(columns, zip(row[::2], row[1::2], strict=True), strict=True)
    return {column: (low, high) for column, (low, high) in pairs if low is not None}


def _bounds(table: Table, columns: list[str]) -> str:
    named = map(column_named, columns)
    bounds = [bound for one in named for bound in (exp.Min(this=one), exp.Max(this=one.copy()))]
    return exp.select(*bounds).from_(table.relation).sql("duckdb")
