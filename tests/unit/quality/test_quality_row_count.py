"""Row count on real data."""

import pytest
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import QualityRule, SchemaObject
from catalog.quality.report import CheckResult, Outcome


def counted(laboratory: Laboratory, rule: QualityRule, rows: int = 3) -> CheckResult:
    laboratory.table("t", f"SELECT 1 AS v FROM range({rows})")
    report = laboratory.measure(laboratory.contract(SchemaObject("t", quality=(rule,))))
    (result,) = report.results
    return result


@pytest.mark.parametrize(
    ("rows", "outcome"), [(99, Outcome.FAIL), (100, Outcome.PASS), (120, Outcome.PASS), (121, Outcome.FAIL)]
)
def test_the_number_of_rows_is_compared_with_both_bounds(
    laboratory: Laboratory, rows: int, outcome: Outcome
) -> None:
    result = counted(laboratory, library("rowCount", mustBeBetween=[100, 120]), rows)
    assert (result.measured, result.row_count, result.outcome) == (rows, rows, outcome)
    assert result.samples == ()


def test_an_empty_table_has_no_row(laboratory: Laboratory) -> None:
    assert counted(laboratory, library("rowCount", mustBeGreaterThan=0), 0).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "rule",
    [
        library("rowCount"),
        library("rowCount", unit="percent", mustBeGreaterThan=1),
        library("rowCount", arguments={"of": "v"}, mustBeGreaterThan=1),
    ],
)
def test_a_row_count_without_a_number_of_rows_to_compare_with_is_invalid(
    laboratory: Laboratory, rule: QualityRule
) -> None:
    result = counted(laboratory, rule)
    assert result.outcome is Outcome.ERROR
    assert result.finding is not None
    assert result.finding.code == "QUALITY_RULE_INVALID"


def test_a_row_count_belongs_on_the_object(laboratory: Laboratory) -> None:
    rule = library("rowCount", mustBeGreaterThan=0)
    result = laboratory.check("(1)", rule)
    assert result.outcome is Outcome.ERROR
