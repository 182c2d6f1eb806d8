from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from waiting import PATIENCE, until_at_work

from catalog.domain.dataset import Dataset
from catalog.domain.errors import (
    EngineBusy,
    EngineDeadline,
    EngineError,
    EngineLost,
    EngineRefused,
    UsageError,
)
from catalog.domain.finding import Place
from catalog.domain.sql_engine import ResultColumn, SqlEngine, SqlQuery
from catalog.engine.pool import EnginePool


def test_a_query_over_a_declared_dataset_is_answered(pool: EnginePool, orders: Dataset) -> None:
    engine: SqlEngine = pool

    answer = engine.run(SqlQuery("SELECT count(*) AS orders, sum(id) AS ids FROM orders", (orders,)))

    assert answer.rows() == [(100, 4950)]
    assert answer.columns == (ResultColumn("orders", "BIGINT"), ResultColumn("ids", "HUGEINT"))
    assert not answer.truncated


def test_a_sum_of_whole_numbers_is_exact_and_whole(pool: EnginePool) -> None:
    ((total,),) = pool.run(SqlQuery("SELECT sum(x) FROM (VALUES (9007199254740993), (2)) t(x)", ())).rows()

    assert total == 9007199254740995
    assert isinstance(total, int)


def test_the_order_asked_for_is_the_order_given(pool: EnginePool) -> None:
    sql = "SELECT hash(x) AS h FROM range(200000) t(x) ORDER BY h DESC"

    values = [row[0] for row in pool.run(SqlQuery(sql, (), row_limit=150_000)).rows()]

    assert values == sorted(values, reverse=True)
    assert len(values) == 150_000


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(99, 99, True), (100, 100, False), (0, 0, True)])
def test_rows_beyond_the_limit_are_cut_and_marked(
    pool: EnginePool, orders: Dataset, limit: int, rows: int, truncated: bool
) -> None:
    answer = pool.run(SqlQuery("SELECT id FROM orders", (orders,), row_limit=limit))

    assert (len(answer.rows()), answer.truncated) == (rows, truncated)


def test_values_are_bound_and_come_back_as_they_were(pool: EnginePool) -> None:
    values = (
        *(None, True, 7, 2**62, 1.5, "it's", b"\0\xff", Decimal("12.345"), date(2024, 2, 29)),
        *(datetime.fromisoformat("2024-02-29T01:02:03"), datetime(2024, 2, 29, tzinfo=UTC), time(1, 2, 3)),
    )
    marks = ", ".join(f"${place}" for place in range(1, len(values) + 1))

    assert pool.run(SqlQuery(f"SELECT {marks}", (), values)).rows() == [values]


def test_lists_spans_and_identifiers_are_bound(pool: EnginePool) -> None:
    values = ([1, 2], timedelta(hours=36), UUID(int=7))
    sql = "SELECT 2 IN (SELECT unnest($1)), $2 = INTERVAL 36 HOUR, CAST($3 AS VARCHAR)"

    assert pool.run(SqlQuery(sql, (), values)).rows() == [(True, True, str(UUID(int=7)))]


def test_a_parameter_of_an_unknown_type_is_refused(pool: EnginePool) -> None:
    with pytest.raises(UsageError, match="object"):
        pool.run(SqlQuery("SELECT $1", (), (object(),)))


def test_nanoseconds_are_cut_to_what_python_knows(pool: EnginePool) -> None:
    sql = "SELECT CAST('2024-01-01 00:00:00.123456789' AS TIMESTAMP_NS)"

    assert pool.run(SqlQuery(sql, ())).rows() == [(datetime.fromisoformat("2024-01-01T00:00:00.123456"),)]


def test_a_value_without_a_form_in_python_is_an_error_and_no_number(pool: EnginePool) -> None:
    answer = pool.run(SqlQuery("SELECT CAST('infinity' AS TIMESTAMP)", ()))

    with pytest.raises(EngineError):
        answer.rows()


def test_a_dataset_is_described_with_its_physical_types(pool: EnginePool, orders: Dataset) -> None:
    assert pool.describe(orders) == (ResultColumn("id", "BIGINT"), ResultColumn("amount", "DOUBLE"))


def test_a_dataset_may_have_any_name(pool: EnginePool, orders: Dataset) -> None:
    odd = Dataset("o\"r.d'ers", "parquet", orders.files, "")

    assert len(pool.describe(odd)) == 2


def test_csv_is_read_with_its_header_and_types_from_all_rows(pool: EnginePool, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,n\n" + "x,1\n" * 30_000 + "y,1.5\n")

    answer = pool.run(SqlQuery("SELECT sum(n) FROM a", (Dataset("a", "csv", (str(file),), ""),)))

    assert answer.rows() == [(30001.5,)]


def test_csv_of_text_only_still_has_a_header(pool: EnginePool, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,town\nann,rome\n")

    answer = pool.run(SqlQuery("SELECT name, town FROM a", (Dataset("a", "csv", (str(file),), ""),)))

    assert answer.rows() == [("ann", "rome")]


def test_json_lines_are_read(pool: EnginePool, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"n": 1}\n{"n": 2, "m": "x"}\n')

    answer = pool.run(SqlQuery("SELECT n, m FROM a ORDER BY n", (Dataset("a", "json", (str(file),), ""),)))

    assert answer.rows() == [(1, None), (2, "x")]


def test_files_of_one_dataset_are_matched_by_column_name(pool: EnginePool, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"b": [20], "a": [10]}), tmp_path / "2.parquet")
    files = (str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet"))

    answer = pool.run(SqlQuery("SELECT sum(a), sum(b) FROM t", (Dataset("t", "parquet", files, ""),)))

    assert answer.rows() == [(11, 22)]


def test_nothing_stays_from_one_query_to_the_next(pool: EnginePool, orders: Dataset) -> None:
    pool.run(SqlQuery("SELECT 1 FROM orders", (orders,)))

    with pytest.raises(EngineRefused):
        pool.run(SqlQuery("SELECT 1 FROM orders", ()))


def test_a_refusal_names_the_place_and_the_rule(pool: EnginePool, orders: Dataset) -> None:
    sql = "SELECT 'é',\n  getenv('HOME')\nFROM orders, invoices"

    with pytest.raises(EngineRefused) as refused:
        pool.run(SqlQuery(sql, (orders,)))

    found = {(one.code, one.place) for one in refused.value.findings}
    assert found == {
        ("SQL_FUNCTION_REFUSED", Place(line=2, column=3)),
        ("SQL_RELATION_REFUSED", Place(line=3, column=14)),
    }
    assert all(one.remedy for one in refused.value.findings)


def test_a_column_in_a_line_with_wide_letters_is_counted_in_letters(pool: EnginePool) -> None:
    with pytest.raises(EngineRefused) as refused:
        pool.run(SqlQuery("SELECT 'éé', getenv('x')", ()))

    assert refused.value.findings[0].place == Place(line=1, column=14)


def test_engine_text_is_kept_from_the_message(pool: EnginePool, orders: Dataset) -> None:
    with pytest.raises(EngineError) as failed:
        pool.run(SqlQuery("SELECT CAST('s3cret' AS INTEGER) FROM orders", (orders,)))

    shown = str(failed.value) + "".join(map(str, failed.value.findings))
    assert failed.value.code == "ENGINE_ERROR"
    assert "s3cret" in failed.value.detail
    assert "s3cret" not in shown
    assert failed.value.findings[0].place.column == 8


def test_an_error_in_a_late_row_is_an_error_of_the_query(pool: EnginePool) -> None:
    sql = "SELECT CAST(CASE WHEN x = 9000 THEN 'nine' ELSE '1' END AS INTEGER) FROM range(100000) t(x)"

    with pytest.raises(EngineError) as failed:
        pool.run(SqlQuery(sql, ()))

    assert failed.value.findings[0].code == "SQL_INVALID"
    assert "nine" in failed.value.detail


def test_unreadable_data_is_told_from_wrong_sql(pool: EnginePool, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    file.write_bytes(b"PAR1 this is none PAR1")

    with pytest.raises(EngineError) as failed:
        pool.run(SqlQuery("SELECT * FROM a", (Dataset("a", "parquet", (str(file),), ""),)))

    assert failed.value.findings[0].code == "DATA_UNREADABLE"
    assert str(tmp_path) not in str(failed.value) + str(failed.value.findings)


def test_a_format_without_a_reader_is_an_error(pool: EnginePool, orders: Dataset) -> None:
    with pytest.raises(EngineError, match="rejected"):
        pool.run(SqlQuery("SELECT 1", (Dataset("a", "xlsx", orders.files, ""),)))


def test_sql_beyond_all_measure_is_refused_unread(pool: EnginePool) -> None:
    with pytest.raises(EngineRefused):
        pool.run(SqlQuery("SELECT 1 --" + "x" * (1 << 20), ()))


def test_sql_nested_beyond_all_measure_costs_one_query_only(pool: EnginePool) -> None:
    with pytest.raises(EngineError):
        pool.run(SqlQuery("SELECT " + "(" * 100_000 + "1" + ")" * 100_000, ()))

    assert pool.run(SqlQuery("SELECT 1", ())).rows() == [(1,)]


def test_long_sums_and_many_unions_are_not_nested_too_deeply(pool: EnginePool) -> None:
    terms = " + ".join(["1"] * 400)
    unions = " UNION ALL ".join(["SELECT 1 AS a"] * 200)

    assert pool.run(SqlQuery(f"SELECT {terms}, (SELECT sum(a) FROM ({unions}))", ())).rows() == [(400, 200)]


@pytest.mark.parametrize("sql", ["SELECT '\ud800'", 'SELECT 1 AS "\ud800"', "SELECT '\0'", "SELECT\0 1"])
def test_text_that_is_no_text_harms_nobody(pool: EnginePool, sql: str) -> None:
    pids = pool.pids
    with suppress(EngineError):
        pool.run(SqlQuery(sql, ()))

    assert pool.pids == pids


def test_a_deadline_that_has_passed_is_no_answer(pool: EnginePool) -> None:
    with pytest.raises(EngineDeadline):
        pool.run(SqlQuery("SELECT count(*) FROM range(100000000)", (), deadline_seconds=-1))


def test_trailing_semicolons_and_comments_do_no_harm(pool: EnginePool) -> None:
    for sql in ("SELECT 1;", "SELECT 1 ;\n", "SELECT 1 -- one", "SELECT 1 /* one */", "SELECT 1 -- one;"):
        assert pool.run(SqlQuery(sql, ())).rows() == [(1,)]


def test_the_clock_of_the_engine_is_utc(pool: EnginePool) -> None:
    sql = "SELECT CAST(CAST('2024-07-01 12:00:00+02' AS TIMESTAMPTZ) AS VARCHAR)"

    assert pool.run(SqlQuery(sql, ())).rows() == [("2024-07-01 10:00:00+00",)]


def test_the_version_names_the_engine(pool: EnginePool) -> None:
    assert pool.version.startswith("duckdb 2.")


def test_a_full_queue_is_busy(orders: Dataset) -> None:
    pool = EnginePool(workers=1, memory_mb=512, queue=0)
    endless = SqlQuery(
        "SELECT count(*) FROM range(1000000000000) t(x) WHERE hash(x) = 1", (), deadline_seconds=PATIENCE
    )
    pool.run(SqlQuery("SELECT 1", ()))
    (pid,) = pool.pids
    taken: list[str] = []

    def occupy() -> None:
        try:
            pool.run(endless)
        except EngineLost as error:
            taken.append(error.code)

    running = Thread(target=occupy)
    running.start()
    try:
        until_at_work(pid)
        with pytest.raises(EngineBusy):
            pool.run(SqlQuery("SELECT 1", ()))
    finally:
        pool.close()
        running.join()
    assert taken == ["ENGINE_LOST"]


def test_waiting_longer_than_the_deadline_is_busy() -> None:
    pool = EnginePool(workers=1, memory_mb=512, queue=1)
    pool.run(SqlQuery("SELECT 1", ()))
    with pool._child(1.0), pytest.raises(EngineBusy):
        pool.run(SqlQuery("SELECT 1", (), deadline_seconds=0.1))

    assert pool.run(SqlQuery("SELECT 1", ())).rows() == [(1,)]
    pool.close()


def test_a_closed_pool_is_lost_and_leaves_no_process() -> None:
    pool = EnginePool(workers=1, memory_mb=512)
    pool.run(SqlQuery("SELECT 1", ()))
    (pid,) = pool.pids

    pool.close()
    pool.close()

    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(EngineLost, match="closed"):
        pool.run(SqlQuery("SELECT 1", ()))


def test_no_process_is_started_before_it_is_needed() -> None:
    assert EnginePool().pids == ()
