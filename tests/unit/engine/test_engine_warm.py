"""Which database answers which query."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.domain.dataset import Dataset
from catalog.domain.sql_engine import SqlQuery
from catalog.engine.fence import Fence
from catalog.engine.limit import Limits
from catalog.engine.warm import WarmDatabases

LIMITS = Limits(memory_mb=512, threads=1)


@pytest.fixture
def warm() -> Iterator[WarmDatabases]:
    databases = WarmDatabases(LIMITS)
    yield databases
    databases.forget()


def pinned(orders: Dataset, fingerprint: str = "sha256:a") -> Dataset:
    return replace(orders, fingerprint=fingerprint)


def test_the_same_datasets_are_shown_once(warm: WarmDatabases, orders: Dataset) -> None:
    assert warm.showing((pinned(orders),)) is warm.showing((pinned(orders),))


def test_other_names_or_other_content_get_another_database(warm: WarmDatabases, orders: Dataset) -> None:
    known = warm.showing((pinned(orders),))
    others = (pinned(orders, "sha256:b"),), (replace(pinned(orders), name="shipments"),), ()
    assert all(warm.showing(one) is not known for one in others)


def test_files_without_a_fingerprint_are_shown_anew_each_time(warm: WarmDatabases, orders: Dataset) -> None:
    assert warm.showing((orders,)) is not warm.showing((orders,))


def test_only_the_last_few_are_kept(warm: WarmDatabases, orders: Dataset) -> None:
    first = warm.showing((pinned(orders),))
    for number in range(4):
        warm.showing((pinned(orders, f"sha256:{number}"),))
    warm.prepare(lambda: False)
    assert warm.showing((pinned(orders),)) is not first


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    file, fence, counts = tmp_path / "orders.parquet", Fence(LIMITS), []
    for rows in (3, 5):
        pq.write_table(pa.table({"id": range(rows)}), file)
        orders = Dataset("orders", "parquet", (str(file),), f"sha256:{rows}")
        _, answer = fence.answer(SqlQuery("SELECT count(*) AS n FROM orders", (orders,)))
        counts += pa.ipc.open_stream(answer).read_all()["n"].to_pylist()
    assert counts == [3, 5]


def test_what_was_refused_once_is_refused_again(orders: Dataset) -> None:
    fence = Fence(LIMITS)
    query = SqlQuery("SELECT * FROM read_text('/etc/passwd')", (pinned(orders),))
    said = [fence.answer(query) for _ in range(2)]
    assert said[0] == said[1]
    assert "refused" in said[0][0]


def test_a_name_that_is_not_shown_is_refused_though_the_text_was_right_for_another(orders: Dataset) -> None:
    fence, sql = Fence(LIMITS), "SELECT count(*) FROM orders"
    header, _ = fence.answer(SqlQuery(sql, (pinned(orders),)))
    refused, _ = fence.answer(SqlQuery(sql, (replace(pinned(orders), name="shipments"),)))
    assert ("columns" in header, "refused" in refused) == (True, True)
