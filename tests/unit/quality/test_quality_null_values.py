"""Null values on real data."""

import pytest
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.report import Outcome, QualityDimension

NOTHING = "(NULL::INTEGER) LIMIT 0"


@pytest.mark.parametrize(
    ("values", "nulls"),
    [
        ("(1), (2)", 0),
        ("(1), (NULL), (3), (NULL)", 2),
        ("(NULL::INTEGER), (NULL)", 2),
        ("('nan'::DOUBLE), (NULL), (1)", 1),
        ("(''), (' '), (NULL)", 1),
        ("('ключ'), ('鍵'), (NULL)", 1),
        ("(''::BLOB), (NULL)", 1),
        ("([1, NULL]), (NULL)", 1),
    ],
)
def test_only_null_counts(laboratory: Laboratory, values: str, nulls: int) -> None:
    result = laboratory.check(values, library("nullValues"))
    assert result.measured == nulls
    assert result.outcome is (Outcome.PASS if nulls == 0 else Outcome.FAIL)
    assert result.dimension is QualityDimension.COMPLETENESS


def test_an_empty_table_has_no_nulls_in_rows_and_in_percent(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 1 AS v WHERE false")
    for unit in ("rows", "percent"):
        rule = library("nullValues", unit=unit)
        result = laboratory.check_table(rule, Property("v", quality=(rule,)))
        assert (result.outcome, result.measured, result.row_count) == (Outcome.PASS, 0.0, 0)


@pytest.mark.parametrize(
    ("limit", "outcome"), [(24.9, Outcome.FAIL), (25, Outcome.PASS), (25.1, Outcome.PASS)]
)
def test_a_share_is_compared_exactly_at_its_bound(
    laboratory: Laboratory, limit: float, outcome: Outcome
) -> None:
    result = laboratory.check(
        "(1), (NULL), (3), (4)", library("nullValues", unit="percent", mustBeLessOrEqualTo=limit)
    )
    assert (result.measured, result.outcome) == (25.0, outcome)


def test_a_failure_names_number_threshold_column_and_rows(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT * FROM (VALUES (7, 'a'), (8, NULL)) AS rows(k, v)")
    rule = library("nullValues", unit="percent", mustBeLessThan=10)
    result = laboratory.check_table(rule, Property("k", primary_key=True), Property("v", quality=(rule,)))
    assert result.finding is not None
    assert result.finding.code == "QUALITY_CHECK_FAILED"
    expected = "t.v (rule): null_values measured 50 percent (1 of 2 rows), must be less than 10 percent."
    assert result.finding.message == expected
    assert result.samples == ({"k": 8, "v": None},)


def test_required_implies_that_nothing_is_null(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT * FROM (VALUES (1), (NULL)) AS rows(v)")
    item = SchemaObject("t", properties=(Property("v", required=True),))
    by_name = {one.name: one for one in laboratory.measure(laboratory.contract(item)).results}
    assert by_name["required"].measured == 1
    assert by_name["required"].blocks
