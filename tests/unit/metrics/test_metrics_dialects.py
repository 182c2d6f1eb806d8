"""Expressions of people mean the same in every dialect, or are refused there; `make snapshots` writes them anew."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from postgresql_tables import connected, copy_tables

from catalog.domain.errors import UsageError
from catalog.metrics.allow_list import FUNCTIONS, OPERATORS
from catalog.metrics.dialect import NAMES, dialect_named
from catalog.metrics.dialects.dialect import value_literal
from catalog.metrics.errors import QueryRefused
from catalog.metrics.expression import parse_expression
from catalog.metrics.query import MetricQuery

SNAPSHOTS = Path(__file__).resolve().parents[2] / "snapshots" / "metrics"
CELLS = """
CREATE TABLE cells (
  k INTEGER, i INTEGER, j INTEGER, x DOUBLE, n DECIMAL(12, 2), s VARCHAR, t VARCHAR, p BOOLEAN,
  d TIMESTAMP, e TIMESTAMP, f DATE
);
INSERT INTO cells VALUES
  (1, 7, 2, 2.5, 2.50, 'a_b', 'a', TRUE, '2026-01-04 23:59:59.5', '2026-01-05 00:00:00', '2026-01-04'),
  (2, -7, 2, -2.5, -0.05, 'a\\_b', 'A', FALSE, '1969-12-31 23:00:00', '1970-01-01 01:00:00.25', '1969-12-31'),
  (3, 0, 3, 0.125, 1.15, '  ab ', NULL, NULL, '2024-02-29 12:00:00', '2025-03-01 00:00:00', '2024-02-29'),
  (4, 5, 0, 1.5, 100.00, '', 'é', TRUE, '2020-12-31 00:00:00', '2027-01-01 00:00:00', '2027-01-01'),
  (5, NULL, 4, NULL, NULL, NULL, 'xya', NULL, NULL, '2026-10-25 02:30:00', NULL),
  (6, 2147480000, 1, 0.5, 0.50, 'a%b', '%', FALSE, '2026-03-29 02:30:00', '2026-03-29 03:30:00', '2026-03-29'),
  (7, 1, NULL, -0.5, -0.50, 'aXb', 'ab', TRUE, '0099-05-01 00:00:00', NULL, '2026-12-28');
"""  # fmt: skip
EXPRESSIONS = [
    "i + j * 2 - 1", "-j", "i / j", "n / 3", "i // 2", "i % 4", "i % 4 = -3", "POW(j, 2)", "x ** 2", "ABS(i)", "SIGN(x)",
    "SQRT(j)", "EXP(x)", "LN(k)", "CEIL(x)", "FLOOR(x)", "ROUND(x)", "ROUND(n, 1)", "GREATEST(i, j, 3)", "LEAST(x, j)",
    "NULLIF(i, 0)", "COALESCE(i, j, 0)", "CASE WHEN i > 2 THEN 'big' WHEN i > 0 THEN 'small' ELSE 'none' END",
    "CASE j WHEN 2 THEN 'two' END", "IF(p, 1, 0)", "i = 7", "i <> 7", "i > j", "i >= j", "i < j", "i <= j",
    "i BETWEEN 1 AND 7", "i NOT BETWEEN 1 AND 7", "i IN (1, 7)", "i NOT IN (1, 7)", "i IS NULL", "i IS NOT NULL",
    "p IS TRUE", "p IS NOT TRUE", "p IS FALSE", "NOT p", "p AND i > 0", "p OR i > 0", "i IS NOT DISTINCT FROM j",
    "i IS DISTINCT FROM j", "NOT (i IS NOT DISTINCT FROM j)", "(i, j) IN ((7, 2))",
    "s || t", "CONCAT(s, t, '!')", "LOWER(s)", "UPPER(t)", "LENGTH(s)", "LEFT(s, 2)", "RIGHT(s, 2)", "RIGHT(t, 3)",
    "LEFT(s, -1)", "SUBSTRING(s, 2, 2)", "SUBSTRING(s, 2)", "SUBSTRING(s, -1)", "REPLACE(s, 'a', 'z')",
    "STARTS_WITH(s, t)", "NOT STARTS_WITH(s, t)", "TRIM(s)", "LTRIM(s)", "RTRIM(s)", "TRIM(t, 'xy')",
    "s LIKE 'a_b'", "s NOT LIKE 'a_b'", "s LIKE 'a\\_b'", "s LIKE 'a!_b' ESCAPE '!'", "s LIKE t", "s ILIKE 'A\\_B'",
    "CAST(i AS BIGINT)", "CAST(x AS INTEGER)", "CAST(FLOOR(x) AS INTEGER)", "CAST(LENGTH(s) AS SMALLINT)",
    "CAST(n AS DOUBLE)", "CAST(x AS DECIMAL)", "CAST(n AS DECIMAL(10, 1))", "CAST(k AS VARCHAR)", "CAST(p AS INTEGER)",
    "CAST(k AS FLOAT)", "CAST(d AS DATE)", "CAST(f AS TIMESTAMP)", "CAST('2026-01-31' AS DATE)", "DATE(d)",
    "CAST('2026-01-01 00:00:00+00' AS TIMESTAMPTZ) IS NULL", "CAST(d AS TIME)", "TRY_CAST(t AS DOUBLE)", "TRY_CAST(t AS INTEGER)",
    "YEAR(d)", "QUARTER(d)", "MONTH(d)", "EXTRACT(day FROM d)", "EXTRACT(week FROM d)", "EXTRACT(week FROM f)",
    "EXTRACT(hour FROM d)", "EXTRACT(minute FROM d)", "EXTRACT(second FROM d)", "EXTRACT(dow FROM d)",
    "EXTRACT(dow FROM f)", "EXTRACT(isodow FROM d)", "EXTRACT(doy FROM d)", "EXTRACT(epoch FROM d)",
    "EXTRACT(millisecond FROM d)",
    *(f"DATE_TRUNC('{unit}', d)" for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")),
    "DATE_TRUNC('millisecond', d)", "DATE_TRUNC('microsecond', d)", "DATE_TRUNC('week', f)",
    "DATE_TRUNC('week', CAST(d AS DATE))",
    *(f"DATE_DIFF('{unit}', d, e)" for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")),
    "DATE_DIFF('day', f, e)", "d + INTERVAL 3 DAY", "d - INTERVAL 1 MONTH", "f - INTERVAL '2 weeks'", "INTERVAL 1 HOUR + d",
    "f + INTERVAL 1 YEAR", "d - INTERVAL 1 QUARTER", "d + INTERVAL 90 MINUTE", "INTERVAL 3 DAY", "d < '2026-01-01'",
    "d < TIMESTAMP '2026-01-01 12:30:00'", "f > DATE '2026-01-01'", "'it''s a \\ \" ` $1 ${x} é'", "1.50", "1e3", "TRUE", "NULL",
]  # fmt: skip
IMPRECISE = {"CAST(k AS FLOAT)", "EXP(x)", "LN(k)", "SQRT(j)", "i / j", "n / 3"}


def written(text: str, dialect: str) -> str:
    try:
        return dialect_named(dialect).written(parse_expression(text).copy())
    except QueryRefused as refused:
        return f"refused: {refused}"


@pytest.mark.parametrize("dialect", NAMES)
def test_every_expression_is_written_as_it_was_or_refused(dialect: str) -> None:
    lines = [f"-- {text}\n{written(text, dialect)}\n" for text in EXPRESSIONS]
    file = SNAPSHOTS / dialect / "expressions.txt"
    if os.environ.get("CONCORD_UPDATE_SNAPSHOTS") == "1":
        file.write_text("\n".join(lines))
    assert file.read_text() == "\n".join(lines)


def test_every_function_and_operator_that_is_allowed_is_among_the_expressions() -> None:
    trees = [parse_expression(text) for text in EXPRESSIONS]
    met = {type(node) for tree in trees for node in tree.walk()}
    spelled_alike = {"DateTrunc"}
    assert {one.__name__ for one in {*FUNCTIONS, *OPERATORS} - met} <= spelled_alike


@pytest.mark.parametrize("dialect", NAMES)
def test_what_is_written_is_read_back_as_one_expression(dialect: str) -> None:
    for text in EXPRESSIONS:
        sql = written(text, dialect)
        if not sql.startswith("refused"):
            tree = sqlglot.parse_one(f"SELECT {sql}", read=dialect)
            assert len(tree.expressions) == 1


@pytest.fixture(scope="module")
def cells() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(CELLS)
        yield connection


@pytest.mark.postgresql
def test_every_expression_has_the_same_value_on_postgresql(
    cells: duckdb.DuckDBPyConnection, postgresql_url: str
) -> None:
    differing = {}
    compared = 0
    with connected(postgresql_url) as server:
        copy_tables(cells, server)
        for text in EXPRESSIONS:
            there = written(text, "postgres")
            if there.startswith("refused"):
                continue
            here = cells.execute(f"SELECT {written(text, 'duckdb')} FROM cells ORDER BY k").fetchall()
            found = server.execute_unnamed(f"SELECT {there} FROM cells ORDER BY k").rows or []
            compared += 1
            if [comparable(one[0]) for one in here] != [comparable(one[0]) for one in found]:
                differing[text] = (here, found)
    assert differing == {}
    assert compared > 100


def comparable(value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(f"{float(value):.9g}")
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # the data has no zone
    return value


def test_a_name_that_would_be_cut_is_refused() -> None:
    with pytest.raises(QueryRefused, match="too long"):
        dialect_named("postgres").written(parse_expression("a" * 64))
    assert dialect_named("duckdb").written(parse_expression("a" * 64)) == f'"{"a" * 64}"'


def test_snowflake_reads_names_without_quotes_in_capitals() -> None:
    assert written('amount + "Amount"', "snowflake") == '"AMOUNT" + "Amount"'


@pytest.mark.parametrize("dialect", ["spark", "snowflake", "bigquery", "trino"])
def test_values_are_only_bound_where_parameters_have_numbers(dialect: str) -> None:
    from metrics_shop import SHOP

    from catalog.metrics.compile import compile_query

    query = MetricQuery(("revenue",), where=("{{ Dimension('order__status') }} = 'x'",))
    with pytest.raises(UsageError, match="numbered"):
        compile_query(SHOP, query, dialect=dialect, bind=True)
    assert "= 'x'" in compile_query(SHOP, query, dialect=dialect).sql


HOSTILE = [
    "' OR 1=1 --", "\\", "\\'", "\\\\'", "'; DROP TABLE x; --", "${env:HOME}", "$${x}", "{{ x }}", "\n", "\r", "\t",
    "\b", "\x0b", "é", "\u2019", "\U0001f600", "%", "_", "`", '"', "$$", "@@version", "/*", "*/", "--", "#", "\\u0027",
    "\\x27", "\\n", "'''", '"""', "\\\\", "a\\", "r'x'", "\u202e", "$1", "?", ":a", "&x", "''", "\x7f", "\u2028",
]  # fmt: skip


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_a_text_is_read_back_as_it_was_and_ends_where_it_ended(value: str, dialect: str) -> None:
    spoken = dialect_named(dialect)
    for text in (value, f"a{value}b", value * 3, f"{value}'"):
        sql = spoken.written(value_literal(text))
        tree = sqlglot.parse_one(f"SELECT {sql}, 1", read=spoken.sql)
        assert len(tree.expressions) == 2
        assert tree.expressions[0].this == text
