"""The plan: what shares one scan, what stands apart and why."""

from quality_laboratory import library

from catalog.domain.data_contract import DataContract, Property, QualityRule, SchemaObject, SlaProperty
from catalog.domain.dataset import Dataset
from catalog.domain.sql_engine import ResultColumn
from catalog.quality.plan import TablePlan, plan
from catalog.quality.rules import checks_of
from catalog.quality.table import Table

COLUMNS = (ResultColumn("id", "BIGINT"), ResultColumn("name", "VARCHAR"), ResultColumn("at", "TIMESTAMP"))


def planned(
    item: SchemaObject, *sla: SlaProperty, ranges: dict[str, tuple[int, int]] | None = None
) -> TablePlan:
    table = Table(
        item, Dataset(item.name, "parquet", ("/data/t.parquet",), "sha256:0"), COLUMNS, ranges or {}
    )
    return plan(table, checks_of(DataContract("c", "1.0.0", "v3.1.0", schema=(item,), sla=sla)))


def test_all_that_can_share_a_scan_shares_one_and_equal_aggregates_are_asked_once() -> None:
    rules = (library("nullValues"), library("nullValues", unit="percent", mustBeLessThan=1))
    item = SchemaObject(
        "t",
        properties=(
            Property("id", required=True, unique=True),
            Property("name", quality=rules, options={"maxLength": 9}, enum=("a",)),
            Property("at"),
        ),
        quality=(library("rowCount", mustBeGreaterThan=0),),
    )
    found = planned(item, SlaProperty("latency", 1, "d", "t.at"), ranges={"id": (1, 100)})
    assert found.apart == ()
    assert found.scan is not None
    assert found.scan.sql == (
        'SELECT COUNT(*) AS a0, COUNT("id") AS a1, BIT_COUNT(BITSTRING_AGG("id", 1, 100)) AS a2, '
        """COALESCE(COUNT_IF(LENGTH("name") > 9 OR (NOT "name" IS NULL AND NOT "name" IN ('a'))), 0) """
        "AS a3, "
        'COUNT("name") AS a4, EPOCH_US(CAST(MAX("at") AS TIMESTAMP)) AS a5 FROM "t"'
    )


def test_a_plan_explains_itself() -> None:
    rule = QualityRule("sql", "mine", query="SELECT 0")
    item = SchemaObject(
        "t", properties=(Property("name", unique=True), Property("gone", required=True)), quality=(rule,)
    )
    identity = "c/t.name.duplicate_values.unique"
    distinct = 'SELECT COUNT(*) FROM (SELECT DISTINCT "name" FROM "t" WHERE NOT "name" IS NULL) AS keys'
    assert list(planned(item).explain()) == [
        f'one scan of t for {identity}: SELECT COUNT(*) AS a0, COUNT("name") AS a1 FROM "t"',
        f"apart {identity}, exact distinct keys need a hash table as large as the keys: {distinct}",
        "apart c/t.sql.mine, people's SQL runs as written: SELECT 0",
        "from the description c/t.schema_conformance.schema",
        "not asked c/t.gone.null_values.required: the data has no column gone",
    ]


def test_a_key_too_wide_for_a_bitmap_stands_apart() -> None:
    item = SchemaObject("t", properties=(Property("id", unique=True),))
    assert planned(item, ranges={"id": (0, (1 << 27) - 1)}).apart == ()
    assert len(planned(item, ranges={"id": (0, 1 << 27)}).apart) == 1
    assert len(planned(item).apart) == 1


def test_halves_hold_every_check_once() -> None:
    item = SchemaObject("t", properties=tuple(Property(name, required=True) for name in ("id", "name", "at")))
    scan = planned(item).scan
    assert scan is not None
    first, second = scan.halves()
    assert (*first.checks, *second.checks) == scan.checks
    assert first.checks
    assert second.checks


def test_what_needs_no_scan_gets_none() -> None:
    found = planned(SchemaObject("t", properties=(Property("id"),)))
    assert (found.scan, found.apart, len(found.described)) == (None, (), 1)
