"""Duplicate values on real data, with and without a bitmap."""

import pytest
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.report import Outcome, QualityDimension, QualityReport


@pytest.mark.parametrize(
    ("values", "surplus"),
    [
        ("(1), (2), (3)", 0),
        ("(1), (1), (1), (2), (2), (3)", 3),
        ("(-5), (-5), (1000)", 1),
        ("(NULL), (NULL), (1)", 0),
        ("(NULL::INTEGER), (NULL)", 0),
        ("(9223372036854775807), (-9223372036854775808), (9223372036854775807)", 1),
        ("(200::UTINYINT), (200)", 1),
        ("(18446744073709551615::UBIGINT), (18446744073709551615)", 1),
        ("(170141183460469231731687303715884105727::HUGEINT), (170141183460469231731687303715884105727)", 1),
        ("('a'), ('A'), ('a'), ('')", 1),
        ("('é'), ('é')", 1),
        ("('nan'::DOUBLE), ('nan'::DOUBLE)", 1),
        ("(1.50), (1.5)", 1),
        ("(DATE '2026-01-01'), (DATE '2026-01-01')", 1),
        ("(true), (true), (false)", 1),
        ("([1, 2]), ([1, 2]), ([2, 1])", 1),
    ],
)
def test_rows_beyond_the_first_of_each_value_are_surplus(
    laboratory: Laboratory, values: str, surplus: int
) -> None:
    result = laboratory.check(values, library("duplicateValues"))
    assert result.measured == surplus, result.finding
    assert result.outcome is (Outcome.PASS if surplus == 0 else Outcome.FAIL)
    assert result.dimension is QualityDimension.UNIQUENESS


def test_an_empty_table_repeats_nothing(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v WHERE false")
    rule = library("duplicateValues", unit="percent")
    assert laboratory.check_table(rule, Property("v", quality=(rule,))).measured == 0


def test_rows_in_duplicate_groups_are_told_beside_the_surplus(laboratory: Laboratory) -> None:
    result = laboratory.check("('a'), ('a'), ('a'), ('b'), ('b'), ('c')", library("duplicateValues"))
    assert result.measured == 3
    assert "5 rows in duplicate groups." in str(result.finding)
    assert result.samples == ({"v": "a", "rows": 3}, {"v": "b", "rows": 2})


def composite(laboratory: Laboratory, values: str, **unit: str) -> QualityReport:
    laboratory.table("t", f"SELECT * FROM (VALUES {values}) AS rows(a, b)")
    rule = library("duplicateValues", arguments={"properties": ["a", "b"]}, **unit)
    item = SchemaObject("t", properties=(Property("a"), Property("b")), quality=(rule,))
    return laboratory.measure(laboratory.contract(item))


@pytest.mark.parametrize(
    ("values", "surplus"),
    [
        ("(1, 'x'), (1, 'y'), (2, 'x')", 0),
        ("(1, 'x'), (1, 'x'), (2, 'x')", 1),
        ("(1, NULL), (1, NULL), (NULL, 'x'), (NULL, 'x')", 0),
        ("(1, NULL), (1, 'x'), (1, 'x'), (NULL, NULL)", 1),
        ("(1, '11'), (11, '1')", 0),
    ],
)
def test_a_composite_key_with_a_null_part_repeats_nothing(
    laboratory: Laboratory, values: str, surplus: int
) -> None:
    (result,) = (one for one in composite(laboratory, values).results if one.name == "rule")
    assert (result.measured, result.column) == (surplus, "a, b")


def test_the_share_of_surplus_rows_is_of_all_rows(laboratory: Laboratory) -> None:
    report = composite(laboratory, "(1, 'x'), (1, 'x'), (NULL, NULL), (2, 'y')", unit="percent")
    assert [one.measured for one in report.results if one.name == "rule"] == [25.0]


def test_unique_and_primary_key_imply_checks_in_the_order_of_the_key(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT * FROM (VALUES (1, 1, 'u'), (1, 2, 'u')) AS rows(a, b, c)")
    properties = (
        Property("a", primary_key=True, primary_key_position=2),
        Property("b", primary_key=True, primary_key_position=1),
        Property("c", unique=True),
    )
    report = laboratory.measure(laboratory.contract(SchemaObject("t", properties=properties)))
    measured = {one.column: one.measured for one in report.results if one.check == "duplicate_values"}
    assert measured == {"b, a": 0, "c": 1}
    assert {one.column for one in report.results if one.check == "null_values"} == {"a", "b"}


def test_dense_integers_need_no_statement_of_their_own(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT range AS v FROM range(1000) UNION ALL SELECT 7")
    rule = library("duplicateValues", mustBe=1)
    result = laboratory.check_table(rule, Property("v", quality=(rule,)))
    assert result.outcome is Outcome.PASS
    bounds, scan = laboratory.engine.asked
    assert bounds == 'SELECT MIN("v"), MAX("v") FROM "t"'
    assert "BITSTRING_AGG" in scan


def test_sparse_integers_and_texts_are_counted_apart(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT * FROM (VALUES (0), (4000000000000)) AS rows(v)")
    rule = library("duplicateValues")
    laboratory.check_table(rule, Property("v", quality=(rule,)))
    assert [sql for sql in laboratory.engine.asked if "DISTINCT" in sql]
    assert not [sql for sql in laboratory.engine.asked if "BITSTRING" in sql]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"properties": []}, {"properties": ["nowhere"]}, {"columns": ["v"]}, {"properties": "v"}],
)
def test_on_an_object_the_key_must_be_named(laboratory: Laboratory, arguments: dict[str, object]) -> None:
    laboratory.table("t", "SELECT 1 AS v")
    rule = library("duplicateValues", arguments=arguments)
    report = laboratory.measure(
        laboratory.contract(SchemaObject("t", properties=(Property("v"),), quality=(rule,)))
    )
    assert [one.code for one in report.findings] == ["QUALITY_RULE_INVALID"]
