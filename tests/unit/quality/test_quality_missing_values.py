"""Missing values on real data."""

import pytest
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import Property
from catalog.quality.report import Outcome


@pytest.mark.parametrize(
    ("values", "listed", "missing"),
    [
        ("('a'), (''), ('n/a'), (NULL)", [None, "", "n/a"], 3),
        ("('a'), ('N/A'), (NULL)", ["n/a"], 1),
        ("(' '), ('')", [" "], 1),
        ("(1), (-1), (0), (NULL)", [-1], 2),
        ("(1), (-1), (NULL)", ["-1", "n/a"], 2),
        ("(1.5), (-9.99)", [-9.99], 1),
        ("('nan'::DOUBLE), (1), (NULL)", ["nan"], 2),
        ("(DATE '1900-01-01'), (DATE '2026-01-01'), (NULL)", ["1900-01-01", "n/a"], 2),
        ("(TIMESTAMP '1900-01-01 00:00:00'), (NULL)", ["1900-01-01T00:00:00"], 2),
        ("(true), (false), (NULL)", ["n/a"], 1),
        ("('κενό'), ('x')", ["κενό"], 1),
        ("('it''s'), ('x')", ["it's"], 1),
        ("(NULL::VARCHAR), (NULL)", [None], 2),
    ],
)
def test_null_and_the_listed_stand_ins_are_missing(
    laboratory: Laboratory, values: str, listed: list[object], missing: int
) -> None:
    result = laboratory.check(values, library("missingValues", arguments={"missingValues": listed}))
    assert result.measured == missing
    assert len(result.samples) == missing


@pytest.mark.parametrize(
    "arguments", [{}, {"missingValues": "n/a"}, {"missingValues": []}, {"values": ["n/a"]}]
)
def test_without_a_list_the_rule_is_invalid(laboratory: Laboratory, arguments: dict[str, object]) -> None:
    result = laboratory.check("(1)", library("missingValues", arguments=arguments))
    assert result.outcome is Outcome.ERROR
    assert result.finding is not None
    assert result.finding.code == "QUALITY_RULE_INVALID"


@pytest.mark.parametrize("unit", ["rows", "percent"])
def test_an_empty_table_has_no_missing_value(laboratory: Laboratory, unit: str) -> None:
    laboratory.table("t", "SELECT 'a' AS v WHERE false")
    rule = library("missingValues", arguments={"missingValues": ["x"]}, unit=unit)
    result = laboratory.check_table(rule, Property("v", quality=(rule,)))
    assert (result.outcome, result.measured) == (Outcome.PASS, 0)
