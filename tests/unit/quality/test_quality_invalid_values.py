"""Invalid values on real data."""

from typing import Any

import pytest
from quality_laboratory import Laboratory, library

from catalog.domain.data_contract import Property, SchemaObject
from catalog.quality.report import Outcome, QualityDimension


@pytest.mark.parametrize(
    ("values", "arguments", "invalid"),
    [
        ("('kg'), ('pounds'), ('g'), (NULL)", {"validValues": ["pounds", "kg"]}, 1),
        ("('a'), (''), (NULL)", {"validValues": ["", None, "n/a"]}, 1),
        ("(1), (2), (3)", {"validValues": [1, "2"]}, 1),
        ("(1), (2)", {"validValues": [1.5, "x"]}, 2),
        ("(1.50), (2.00)", {"validValues": [1.5]}, 1),
        ("('1'), ('2')", {"validValues": [1]}, 1),
        ("('nan'::DOUBLE), (1), (NULL)", {"validValues": [1]}, 1),
        ("(true), (false)", {"validValues": [True]}, 1),
        ("(DATE '2026-01-01'), (DATE '2026-01-02'), (NULL)", {"validValues": ["2026-01-01", "soon"]}, 1),
        ("('Zürich'), ('Zurich')", {"validValues": ["Zürich"]}, 1),
        ("('AB12'), ('ab12'), ('xAB12y'), (NULL)", {"pattern": "^[A-Z]{2}[0-9]{2}$"}, 2),
        ("('xAB12y'), ('-')", {"pattern": "[A-Z]{2}"}, 1),
        ("('it''s'), ('its')", {"pattern": "it's"}, 1),
        ("(75001), (750)", {"pattern": "^[0-9]{5}$"}, 1),
        ("('a'), ('日本語'), ('abcd')", {"minLength": 2, "maxLength": 3}, 2),
        ("(''), (NULL)", {"minLength": 1}, 1),
        ("(0), (5), (10), (11), (-1), (NULL)", {"minimum": 0, "maximum": 10}, 2),
        ("(0), (5), (10)", {"exclusiveMinimum": 0, "exclusiveMaximum": 10}, 2),
        (
            "(0), (5), (10)",
            {"minimum": 0, "maximum": 10, "exclusiveMaximum": True, "exclusiveMinimum": False},
            1,
        ),
        ("(0.1::DOUBLE), ('nan'::DOUBLE), (NULL)", {"minimum": 0}, 1),
        ("(0.1::DOUBLE), ('nan'::DOUBLE), ('infinity'::DOUBLE)", {"maximum": 1}, 2),
        ("('-infinity'::DOUBLE), (0)", {"minimum": -1e300}, 1),
        ("(DATE '2025-12-31'), (DATE '2026-01-01')", {"minimum": "2026-01-01"}, 1),
        ("(TIMESTAMP '2026-01-01 00:00:01'), (NULL)", {"maximum": "2026-01-01T00:00:00"}, 1),
        ("(TIME '09:00'), (TIME '18:00')", {"maximum": "17:00:00"}, 1),
    ],
)
def test_values_outside_what_is_allowed_count_and_null_does_not(
    laboratory: Laboratory, values: str, arguments: dict[str, Any], invalid: int
) -> None:
    result = laboratory.check(values, library("invalidValues", arguments=arguments))
    assert result.measured == invalid, result.finding
    assert len(result.samples) == invalid
    assert result.dimension is QualityDimension.CONFORMITY


def test_a_value_that_breaks_two_constraints_counts_once(laboratory: Laboratory) -> None:
    rule = library("invalidValues", arguments={"pattern": "^a", "maxLength": 2})
    assert laboratory.check("('bbb'), ('a')", rule).measured == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"validValue": ["a"]},
        {"validValues": "a"},
        {"validValues": []},
        {"pattern": 5},
        {"pattern": ""},
        {"minLength": -1},
        {"maxLength": "3"},
        {"minimum": True},
        {"maximum": [1]},
    ],
)
def test_arguments_that_say_nothing_make_the_rule_invalid(
    laboratory: Laboratory, arguments: dict[str, Any]
) -> None:
    result = laboratory.check("('a')", library("invalidValues", arguments=arguments))
    assert (result.outcome, result.measured) == (Outcome.ERROR, None)
    assert result.finding is not None
    assert result.finding.code == "QUALITY_RULE_INVALID"
    assert result.finding.remedy


@pytest.mark.parametrize(
    ("values", "arguments"),
    [("('a')", {"minimum": 0}), ("(1)", {"minimum": "2026-01-01"}), ("(DATE '2026-01-01')", {"maximum": 3})],
)
def test_a_bound_of_another_type_than_the_column_is_an_error(
    laboratory: Laboratory, values: str, arguments: dict[str, Any]
) -> None:
    result = laboratory.check(values, library("invalidValues", arguments=arguments))
    assert result.outcome is Outcome.ERROR
    assert "does not fit the column's type" in str(result.finding)


def test_a_bound_that_is_no_date_is_an_error_and_never_passes(laboratory: Laboratory) -> None:
    result = laboratory.check("(DATE '2026-01-01')", library("invalidValues", arguments={"minimum": "soon"}))
    assert result.outcome is Outcome.ERROR


def test_options_and_enum_of_a_property_imply_a_check(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT * FROM (VALUES (1, 'a'), (-1, 'c')) AS rows(n, e)")
    properties = (
        Property("n", logical_type="integer", options={"minimum": 0, "format": "i32"}),
        Property("e", logical_type="string", enum=("a", "b")),
    )
    report = laboratory.measure(laboratory.contract(SchemaObject("t", properties=properties)))
    measured = {one.column: one.measured for one in report.results if one.check == "invalid_values"}
    assert measured == {"n": 1, "e": 1}


def test_a_rule_without_arguments_means_what_the_property_allows(laboratory: Laboratory) -> None:
    rule = library("invalidValues", mustBeLessThan=2)
    result = laboratory.check("('a'), ('z')", rule, enum=("a",))
    assert (result.measured, result.outcome) == (1, Outcome.PASS)


def test_options_that_say_nothing_are_an_error_of_the_property(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT 'a' AS v")
    item = SchemaObject("t", properties=(Property("v", options={"pattern": 5}),))
    report = laboratory.measure(laboratory.contract(item))
    assert [one.code for one in report.findings] == ["QUALITY_RULE_INVALID"]
    assert not report.passes


@pytest.mark.parametrize("unit", ["rows", "percent"])
def test_an_empty_table_has_no_invalid_value(laboratory: Laboratory, unit: str) -> None:
    laboratory.table("t", "SELECT 'a' AS v WHERE false")
    rule = library("invalidValues", arguments={"pattern": "x"}, unit=unit)
    result = laboratory.check_table(rule, Property("v", quality=(rule,)))
    assert (result.outcome, result.measured) == (Outcome.PASS, 0)


def test_a_long_list_of_valid_values_is_told_in_part(laboratory: Laboratory) -> None:
    rule = library("invalidValues", arguments={"validValues": list(range(1000))})
    result = laboratory.check("(-1)", rule)
    assert "validValues 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 990 more." in str(result.finding)
