"""Operators of the standard, at and beside their bounds."""

import pytest

from catalog.quality.threshold import Threshold, read_conditions


def threshold(unit: str = "rows", **operators: object) -> Threshold:
    conditions = read_conditions(operators)
    assert isinstance(conditions, tuple)
    return Threshold(conditions, unit)


@pytest.mark.parametrize(
    ("operators", "holding", "breaking"),
    [
        ({"mustBe": 5}, [5], [4, 6, 5.0001]),
        ({"mustNotBe": 5}, [4, 5.5], [5]),
        ({"mustBeGreaterThan": 5}, [5.0001, 6], [5, 4]),
        ({"mustBeGreaterOrEqualTo": 5}, [5, 6], [4.9999]),
        ({"mustBeLessThan": 5}, [4.9999, -1], [5, 6]),
        ({"mustBeLessOrEqualTo": 5}, [5, -1], [5.0001]),
        ({"mustBeBetween": [1, 3]}, [1, 2, 3], [0.9, 3.1]),
        ({"mustNotBeBetween": [1, 3]}, [0.9, 3.1], [1, 2, 3]),
        ({"mustBeBetween": [2, 2]}, [2], [1, 3]),
        ({"mustBe": True}, [1], [0]),
        ({"mustBeGreaterThan": 0, "mustBeLessThan": 3}, [1, 2], [0, 3]),
    ],
)
def test_an_operator_holds_up_to_its_bound(
    operators: dict[str, object], holding: list[float], breaking: list[float]
) -> None:
    declared = threshold(**operators)
    assert all(declared.holds(value) for value in holding)
    assert not any(declared.holds(value) for value in breaking)


def test_without_an_operator_no_row_may_break_the_rule() -> None:
    assert Threshold().holds(0)
    assert not Threshold().holds(1)
    assert str(Threshold()) == "must be 0 rows"


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (threshold(mustBeBetween=[100, 120]), "must be between 100 and 120 rows"),
        (threshold("percent", mustBeLessThan=0.5), "must be less than 0.5 percent"),
        (threshold("h", mustBeLessOrEqualTo=24), "must be at most 24 h"),
        (threshold("", mustNotBe=1), "must not be 1"),
        (
            threshold(mustBeGreaterThan=0, mustBeLessThan=9),
            "must be greater than 0 and must be less than 9 rows",
        ),
    ],
)
def test_a_threshold_reads_as_a_sentence(declared: Threshold, text: str) -> None:
    assert str(declared) == text


@pytest.mark.parametrize(
    ("operators", "fault"),
    [
        ({"mustBe": "5"}, "mustBe takes one number"),
        ({"mustBe": None}, "mustBe takes one number"),
        ({"mustBe": float("nan")}, "mustBe takes one number"),
        ({"mustBeLessThan": [1, 2]}, "mustBeLessThan takes one number"),
        ({"mustBeBetween": 3}, "mustBeBetween takes two numbers, the smaller one first"),
        ({"mustBeBetween": [1, 2, 3]}, "mustBeBetween takes two numbers, the smaller one first"),
        ({"mustBeBetween": [3, 1]}, "mustBeBetween has its greater number first"),
        ({"mustBeNice": 1}, "mustBeNice is no operator of the standard"),
    ],
)
def test_what_is_no_operator_is_said_in_a_sentence(operators: dict[str, object], fault: str) -> None:
    assert read_conditions(operators) == fault
