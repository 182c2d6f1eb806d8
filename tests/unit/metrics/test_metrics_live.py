"""Definitions held against data: what the semantic models promise is measured, and a broken promise is found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from waiting import PATIENCE

from catalog.domain.dataset import Dataset
from catalog.domain.errors import EngineDeadline
from catalog.domain.finding import Finding, Place
from catalog.domain.metric import Metric, MetricInput, MetricType, SemanticManifest
from catalog.domain.semantic_model import (
    Aggregation,
    CustomGranularity,
    Dimension,
    DimensionType,
    Entity,
    EntityType,
    Measure,
    SemanticModel,
    TimeGranularity,
    TimeSpine,
)
from catalog.domain.sql_engine import SqlQuery, SqlResult
from catalog.engine.pool import EnginePool
from catalog.metrics.live.check import check_live

HERE = Place("orders.yml", 4, 3)
ORDERS = SemanticModel(
    "orders",
    "fct_orders",
    default_agg_time_dimension="ordered_at",
    entities=(Entity("order", EntityType.PRIMARY, "order_id", place=HERE),),
    dimensions=(
        Dimension("ordered_at", DimensionType.TIME, place=HERE),
        Dimension("state", DimensionType.CATEGORICAL, "upper(status)", place=HERE),
    ),
    measures=(
        Measure("amount", Aggregation.SUM, place=HERE),
        Measure("big", Aggregation.SUM_BOOLEAN, "amount > 10", place=HERE),
    ),
)
HISTORY = SemanticModel(
    "history",
    "dim_customers",
    primary_entity="customer_row",
    entities=(Entity("customer", EntityType.NATURAL, "id"),),
    dimensions=(
        Dimension("valid_from", DimensionType.TIME, validity_start=True),
        Dimension("valid_to", DimensionType.TIME, validity_end=True),
    ),
    place=HERE,
)
ROWS = "SELECT * FROM (VALUES (1, 5, 'paid', DATE '2026-01-01'), (2, 20, 'open', DATE '2026-01-02')) t(order_id, amount, status, ordered_at)"
TWICE = f"SELECT * FROM ({ROWS}) UNION ALL SELECT * FROM ({ROWS}) WHERE order_id = 2"


@pytest.fixture(scope="module")
def engine() -> Iterator[EnginePool]:
    pool = EnginePool(workers=1)
    yield pool
    pool.close()


def data(folder: Path, sql: str, name: str = "orders") -> Dataset:
    file = folder / f"{name}.parquet"
    duckdb.sql(sql).write_parquet(str(file))
    return Dataset(name, "parquet", (str(file),), f"sha256:{hash(sql)}")


def found(model: SemanticModel, dataset: Dataset, engine: Any) -> tuple[Finding, ...]:
    manifest = SemanticManifest((model,))
    return check_live(manifest, {model.name: dataset}, engine, deadline_seconds=PATIENCE)


def codes(model: SemanticModel, dataset: Dataset, engine: Any) -> list[str]:
    return [one.code for one in found(model, dataset, engine)]


def test_data_that_keeps_every_promise_has_no_findings(tmp_path: Path, engine: EnginePool) -> None:
    assert found(ORDERS, data(tmp_path, ROWS), engine) == ()


def test_a_model_whose_data_is_out_of_reach_is_not_judged(engine: EnginePool) -> None:
    assert check_live(SemanticManifest((ORDERS,)), {}, engine, deadline_seconds=1) == ()


def test_a_declared_key_that_repeats_is_found_where_it_is_declared(
    tmp_path: Path, engine: EnginePool
) -> None:
    (finding,) = found(ORDERS, data(tmp_path, TWICE), engine)
    assert (finding.code, finding.place, finding.blocks) == ("METRIC_KEY_REPEATED", HERE, True)
    assert "repeats in 1 of 3 rows" in finding.message


def test_rows_without_a_key_are_no_repetition(tmp_path: Path, engine: EnginePool) -> None:
    nulls = f"SELECT NULLIF(order_id, order_id) AS order_id, amount, status, ordered_at FROM ({ROWS})"
    assert found(ORDERS, data(tmp_path, nulls), engine) == ()


def test_every_column_that_the_data_has_not_is_found(tmp_path: Path, engine: EnginePool) -> None:
    without = f"SELECT order_id, amount AS amounts, ordered_at FROM ({ROWS})"
    lost = found(ORDERS, data(tmp_path, without), engine)
    assert [one.code for one in lost] == ["METRIC_COLUMN_MISSING"] * 3
    assert ["status" in one.message for one in lost] == [True, False, False]
    assert "Did you mean amounts?" in lost[1].remedy


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("* REPLACE (amount::VARCHAR AS amount)", "a sum needs numbers"),
        ("* REPLACE (ordered_at::VARCHAR AS ordered_at)", "a time dimension needs a date or timestamp"),
    ],
)
def test_a_type_that_does_not_fit_its_use_is_found(
    tmp_path: Path, engine: EnginePool, changed: str, said: str
) -> None:
    model = replace(ORDERS, measures=ORDERS.measures[:1])
    (finding,) = found(model, data(tmp_path, f"SELECT {changed} FROM ({ROWS})"), engine)
    assert finding.code == "METRIC_TYPE_MISMATCH"
    assert said in finding.message


def test_types_are_known_of_data_without_rows(tmp_path: Path, engine: EnginePool) -> None:
    empty = f"SELECT * REPLACE (amount::VARCHAR AS amount) FROM ({ROWS}) WHERE false"
    model = replace(ORDERS, measures=ORDERS.measures[:1])
    assert codes(model, data(tmp_path, empty), engine) == ["METRIC_TYPE_MISMATCH"]


@pytest.mark.parametrize(
    ("first_end", "overlap"),
    [("DATE '2026-02-01'", False), ("DATE '2026-02-02'", True), ("NULL::DATE", True)],
)
def test_windows_of_validity_that_overlap_are_found(
    tmp_path: Path, engine: EnginePool, first_end: str, overlap: bool
) -> None:
    rows = f"""SELECT * FROM (VALUES
        (1, DATE '2026-01-01', {first_end}), (1, DATE '2026-02-01', NULL), (2, DATE '2026-01-15', NULL)
    ) t(id, valid_from, valid_to)"""
    expected = ["METRIC_VALIDITY_OVERLAPS"] if overlap else []
    assert codes(HISTORY, data(tmp_path, rows, "history"), engine) == expected


def test_the_same_data_is_measured_once(tmp_path: Path, engine: EnginePool) -> None:
    dataset, counted = data(tmp_path, ROWS), Counting(engine)
    assert found(ORDERS, dataset, counted) == found(ORDERS, dataset, counted)
    assert counted.statements == 1
    assert found(ORDERS, replace(dataset, fingerprint="sha256:other"), counted) == ()
    assert counted.statements == 2


def test_an_engine_that_gives_no_answer_is_a_finding_that_blocks(tmp_path: Path, engine: EnginePool) -> None:
    dataset = replace(data(tmp_path, ROWS), fingerprint="sha256:late")
    (finding,) = found(ORDERS, dataset, Late(engine))
    assert (finding.code, finding.blocks) == ("METRIC_DATA_UNCHECKED", True)


SPINE = TimeSpine(
    "days", "days", "day", TimeGranularity.DAY, (CustomGranularity("fiscal", "quarter"),), place=HERE
)
DAYS = "SELECT CAST(d AS DATE) AS day, 'Q1' AS quarter FROM generate_series(DATE '2026-01-01', DATE '2026-01-09', INTERVAL 1 DAY) s(d)"


def found_of_spine(spine: TimeSpine, dataset: Dataset, engine: Any) -> list[Finding]:
    manifest = SemanticManifest((), (), (spine,))
    return list(check_live(manifest, {}, engine, deadline_seconds=PATIENCE, spines={spine.name: dataset}))


def test_a_spine_with_every_moment_once_has_no_findings(tmp_path: Path, engine: EnginePool) -> None:
    for sql in (DAYS, f"{DAYS} UNION ALL SELECT NULL, NULL", f"SELECT * FROM ({DAYS}) WHERE false"):
        assert found_of_spine(SPINE, data(tmp_path, sql, "days"), engine) == []
    hours = "SELECT d AS day, 1 AS quarter FROM generate_series(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-03', INTERVAL 1 HOUR) s(d)"
    by_hour = replace(SPINE, granularity=TimeGranularity.HOUR)
    assert found_of_spine(by_hour, data(tmp_path, hours, "days"), engine) == []
    months = f"SELECT DISTINCT date_trunc('month', day) AS day, 'x' AS quarter FROM ({DAYS})"
    by_month = replace(SPINE, granularity=TimeGranularity.MONTH)
    assert found_of_spine(by_month, data(tmp_path, months, "days"), engine) == []


@pytest.mark.parametrize(
    ("sql", "code", "said"),
    [
        (f"{DAYS} UNION ALL {DAYS} LIMIT 11", "METRIC_KEY_REPEATED", "repeats a moment in 2 of 11 rows"),
        (f"SELECT * FROM ({DAYS}) WHERE day NOT IN ('2026-01-03', '2026-01-05')", "TIME_SPINE_INCOMPLETE", "lacks 2 moments"),
        (f"SELECT day + INTERVAL 5 HOUR AS day, quarter FROM ({DAYS})", "TIME_SPINE_INCOMPLETE", "9 moments of the time spine"),
        (f"SELECT CAST(day AS VARCHAR) AS day, quarter FROM ({DAYS})", "METRIC_TYPE_MISMATCH", "needs a date or timestamp"),
        (f"SELECT day FROM ({DAYS})", "METRIC_COLUMN_MISSING", "reads the column quarter"),
        (f"SELECT day AS days, quarter FROM ({DAYS})", "METRIC_COLUMN_MISSING", "reads the column day"),
    ],
    ids=["twice", "gaps", "uneven", "text", "no calendar", "no moments"],
)  # fmt: skip
def test_a_spine_that_is_not_what_it_promises_is_found_where_it_is_declared(
    tmp_path: Path, engine: EnginePool, sql: str, code: str, said: str
) -> None:
    (finding,) = found_of_spine(SPINE, data(tmp_path, sql, "days"), engine)
    assert (finding.code, finding.place, finding.blocks) == (code, HERE, True)
    assert said in finding.message
    assert finding.remedy


def test_a_spine_that_cannot_be_measured_is_a_finding_that_blocks(tmp_path: Path, engine: EnginePool) -> None:
    dataset = replace(data(tmp_path, DAYS, "days"), fingerprint="sha256:late")
    (finding,) = found_of_spine(SPINE, dataset, Late(engine))
    assert (finding.code, finding.blocks) == ("METRIC_DATA_UNCHECKED", True)


class Counting:
    """The engine, and how many statements it ran."""

    def __init__(self, engine: EnginePool) -> None:
        self.engine, self.statements, self.version = engine, 0, "counting"
        self.describe = engine.describe

    def run(self, query: SqlQuery) -> SqlResult:
        self.statements += 1
        return self.engine.run(query)


class Late(Counting):
    """An engine whose time is always over."""

    def run(self, query: SqlQuery) -> SqlResult:
        raise EngineDeadline


def test_an_expression_that_mixes_types_is_found_before_the_engine_fails_on_it(
    tmp_path: Path, engine: EnginePool
) -> None:
    mixed = Dimension("mixed", DimensionType.CATEGORICAL, "status + 1", place=HERE)
    ages = Measure("ages", Aggregation.SUM, "CASE WHEN status = 5 THEN amount END", place=HERE)
    wrong = replace(ORDERS, dimensions=(*ORDERS.dimensions, mixed), measures=(*ORDERS.measures, ages))
    judged = found(wrong, data(tmp_path, ROWS), engine)
    assert [one.code for one in judged] == ["METRIC_TYPE_MISMATCH"] * 2
    assert {one.message.rpartition(": ")[2] for one in judged} == {
        "a text is counted with.",
        "a text is compared with a number.",
    }
    assert {one.place for one in judged} == {HERE}


def test_a_filter_that_does_not_fit_the_data_is_found_at_its_metric(
    tmp_path: Path, engine: EnginePool
) -> None:
    state, order = "{{ Dimension('order__state') }}", "{{ Entity('order') }}"
    filters = (f"{state} = 'PAID' AND {order} > 1", f"{state} > 1", f"{order} = 'first'")
    metrics = tuple(
        Metric(
            f"m{n}",
            MetricType.SIMPLE,
            measure=MetricInput("amount"),
            filters=(one,),
            place=replace(HERE, line=n),
        )
        for n, one in enumerate(filters)
    )
    manifest = SemanticManifest((ORDERS,), metrics)
    judged = check_live(manifest, {"orders": data(tmp_path, ROWS)}, engine, deadline_seconds=PATIENCE)
    assert [(one.code, one.place.line) for one in judged] == [
        ("FILTER_TYPE_MISMATCH", 1),
        ("FILTER_TYPE_MISMATCH", 2),
    ]
