"""Values of a query, bound or written in place: each reaches the engine as the very same value."""

from decimal import Decimal

import duckdb
import pytest
from metrics_shop import SHOP

from catalog.metrics.compile import compile_query
from catalog.metrics.dialect import dialect_named
from catalog.metrics.dialects.dialect import value_literal
from catalog.metrics.errors import QueryRefused
from catalog.metrics.query import MetricQuery
from catalog.metrics.read import read_semantic_manifest

HOSTILE = [
    "' OR '1'='1", "''", "'; DROP TABLE orders; --", "\\", "\\'", "\\\\'; --", "$1", "$$ $$", "a' || 'b", "\n\t",
    "é\u202e\u2019\u02bc\uff07", "%_", "{ x }", "/* */", '"', "`", "E'\\x41'", "x" * 3_000, "\\u0027", "\r\\n",
]  # fmt: skip
NUMBERS = [
    (7, "7"), (2**63 - 1, "9223372036854775807"), (Decimal("0.10"), "0.10"),
    (Decimal("12345678901234567890.12345678901234567"), "12345678901234567890.12345678901234567"),
    (1e300, "1e300"), (1e-7, "1e-7"),
]  # fmt: skip


def asked(condition: str) -> MetricQuery:
    return MetricQuery(("revenue",), where=(condition,))


@pytest.mark.parametrize(
    "value", [*HOSTILE, *(value for value, _ in NUMBERS)], ids=lambda one: repr(one)[:40]
)
def test_duckdb_reads_a_literal_as_the_value_it_stands_for(value: object) -> None:
    written = dialect_named("duckdb").written(value_literal(value))
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {written}").fetchone()
    assert found is not None
    assert (found[0], type(found[0])) == (value, type(value))


@pytest.mark.parametrize("value", HOSTILE, ids=lambda one: repr(one)[:40])
def test_a_text_selects_the_rows_that_hold_it_and_no_others(value: str) -> None:
    query = asked("{{ Dimension('order__status') }} = '" + value.replace("'", "''") + "'")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.orders (status VARCHAR, amount INTEGER)")
        connection.execute("INSERT INTO shop.orders VALUES (?, 1), ('paid', 10), (NULL, 100)", [value])
        for bind in (True, False):
            compiled = compile_query(SHOP, query, bind=bind)
            assert connection.execute(compiled.sql, list(compiled.parameters)).fetchall() == [(1,)]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_a_number_keeps_its_type_and_every_digit(value: object, text: str) -> None:
    query = asked(f"{{{{ Dimension('order__status') }}}} > {text}")
    compiled = compile_query(SHOP, query, bind=True)
    assert [(one, type(one)) for one in compiled.parameters] == [(value, type(value))]


@pytest.mark.parametrize("text", ["1e999", "9223372036854775808", "0." + "1" * 40])
def test_a_number_that_no_engine_holds_exactly_is_refused(text: str) -> None:
    for bind in (True, False):
        with pytest.raises(QueryRefused, match="number|digits"):
            compile_query(SHOP, asked(f"{{{{ Dimension('order__status') }}}} > {text}"), bind=bind)


@pytest.mark.parametrize(
    "text", ["infinity", "-infinity", "now", "2026-01-01T00:00:00Z", "epoch", "0001-01-01"]
)
def test_a_time_without_a_calendar_day_of_its_own_is_refused(text: str) -> None:
    for bind in (True, False):
        with pytest.raises(QueryRefused, match="is no date or time without zone"):
            compile_query(SHOP, asked(f"{{{{ TimeDimension('metric_time', 'day') }}}} > '{text}'"), bind=bind)
        with pytest.raises(QueryRefused, match="is no range of time"):
            compile_query(SHOP, MetricQuery(("revenue",), time_constraint=(text, text)), bind=bind)


def test_times_stand_in_the_statement_as_timestamps() -> None:
    query = MetricQuery(("revenue",), time_constraint=("2024-02-29", "2024-02-29T12:30:00.5"))
    assert "CAST('2024-02-29 00:00:00' AS TIMESTAMP)" in compile_query(SHOP, query).sql
    assert compile_query(SHOP, query, bind=True).parameters[0] == "2024-02-29 00:00:00"


def test_what_is_no_value_of_a_query_is_never_written() -> None:
    for value in (True, None, b"x", [1]):
        with pytest.raises(TypeError):
            value_literal(value)


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        ("amount", 3 * 2**62),
        ("amount * 4", None),
        ("CAST(amount AS INTEGER)", None),
        ("price / 0", (None,)),
        ("0 * price", 0),
        ("big", None),
        ("wide", None),
        ("far", float("inf")),
    ],
)
def test_a_sum_is_exact_or_an_error_where_a_value_overflows(expr: str, value: object) -> None:
    measures = [{"name": "measured", "agg": "sum", "expr": expr, "create_metric": True}]
    model = {
        "name": "t",
        "model": "t",
        "primary_entity": "t",
        "measures": measures,
        "defaults": {"agg_time_dimension": "d"},
    }
    time = {"name": "d", "type": "time", "type_params": {"time_granularity": "day"}}
    read = read_semantic_manifest({"semantic_models": [{**model, "dimensions": [time]}]})
    compiled = compile_query(read, MetricQuery(("measured",)))
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t (amount BIGINT, price DECIMAL(38, 2), big DECIMAL(38, 2), wide HUGEINT, far DOUBLE, d DATE)"
        )
        row = f"({2**62}, 9, {10**36 - 1}, {2**126}, 1e308, NULL)"
        connection.execute(f"INSERT INTO t VALUES {row}, {row}, {row}")
        if value is None:
            with pytest.raises((duckdb.OutOfRangeException, duckdb.ConversionException)):
                connection.execute(compiled.sql)
        else:
            found = connection.execute(compiled.sql).fetchall()
            assert found == [value if isinstance(value, tuple) else (value,)]
