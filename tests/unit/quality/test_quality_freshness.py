"""Freshness on real data; now is 2026-11-21 12:00 UTC."""

import pytest
from quality_laboratory import Laboratory

from catalog.domain.data_contract import Property, SchemaObject, SlaProperty
from catalog.domain.finding import Level
from catalog.quality.report import CheckResult, Outcome, QualityDimension


def freshness(laboratory: Laboratory, values: str, level: SlaProperty) -> CheckResult:
    laboratory.table("t", f"SELECT v FROM (VALUES {values}) AS rows(v)")
    item = SchemaObject("orders", physical_name="t", properties=(Property("at", physical_name="v"),))
    report = laboratory.measure(laboratory.contract(item, sla=(level,)))
    (result,) = (one for one in report.results if one.check == "freshness")
    return result


def latency(value: object, unit: str, element: str = "orders.at", name: str = "latency") -> SlaProperty:
    return SlaProperty(name, value, unit, element)


@pytest.mark.parametrize(
    ("values", "age"),
    [
        ("(TIMESTAMP '2026-11-21 10:00:00'), (TIMESTAMP '2020-01-01'), (NULL)", 2),
        ("(TIMESTAMPTZ '2026-11-21 10:00:00+02')", 4),
        ("(TIMESTAMP_NS '2026-11-21 11:30:00.5')", 0.5 - 0.5 / 3600),
        ("(TIMESTAMP_S '2026-11-21 11:00:00')", 1),
        ("(DATE '2026-11-21')", 12),
        ("(DATE '2026-11-22')", 0),
        ("(TIMESTAMP '2026-11-21 12:00:01')", 0),
    ],
)
def test_the_age_of_the_newest_value_is_taken_in_utc(laboratory: Laboratory, values: str, age: float) -> None:
    result = freshness(laboratory, values, latency(24, "h"))
    assert result.measured == pytest.approx(age)
    assert (result.outcome, result.name) == (Outcome.PASS, "latency")
    assert result.dimension is QualityDimension.TIMELINESS


@pytest.mark.parametrize(
    ("value", "unit", "outcome"),
    [
        (2, "d", Outcome.PASS),
        (1.99, "days", Outcome.FAIL),
        (48, "h", Outcome.PASS),
        (47, "hours", Outcome.FAIL),
        (2880, "m", Outcome.PASS),
        (2879, "minutes", Outcome.FAIL),
    ],
)
@pytest.mark.parametrize("name", ["latency", "frequency", "freshness"])
def test_the_level_holds_up_to_its_bound(
    laboratory: Laboratory, name: str, value: float, unit: str, outcome: Outcome
) -> None:
    result = freshness(laboratory, "(TIMESTAMP '2026-11-19 12:00:00')", latency(value, unit, name=name))
    assert result.outcome is outcome


@pytest.mark.parametrize("condition", ["true", "false"])
def test_without_a_value_nothing_is_fresh(laboratory: Laboratory, condition: str) -> None:
    laboratory.table("t", f"SELECT NULL::TIMESTAMP AS v WHERE {condition}")
    item = SchemaObject("t", properties=(Property("v"),))
    result = laboratory.measure(laboratory.contract(item, sla=(latency(1, "d", "t.v"),))).results[-1]
    assert (result.outcome, result.measured) == (Outcome.FAIL, None)
    assert "There is no instant to take an age from." in str(result.finding)


def test_a_value_far_in_the_future_hides_the_age_and_is_an_error(laboratory: Laboratory) -> None:
    result = freshness(laboratory, "(TIMESTAMP '2099-01-01'), (TIMESTAMP '2020-01-01')", latency(1, "d"))
    assert (result.outcome, result.measured) == (Outcome.ERROR, None)
    assert "in the future" in str(result.finding)


@pytest.mark.parametrize("value", ["('2026-11-21 10:00')", "(1700000000)"])
def test_a_column_of_another_kind_is_an_error(laboratory: Laboratory, value: str) -> None:
    result = freshness(laboratory, value, latency(1, "d"))
    assert result.outcome is Outcome.ERROR
    assert "no points in time" in str(result.finding)


def test_an_infinite_instant_is_never_fresh(laboratory: Laboratory) -> None:
    assert freshness(laboratory, "('infinity'::TIMESTAMP)", latency(1, "d")).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "level",
    [
        latency(1, "d", "orders.nowhere"),
        latency(1, "d", "nowhere.at"),
        latency(1, "d", "orders"),
        latency(1, "y"),
        latency(1, ""),
        latency("one", "d"),
        latency(True, "d"),
        latency(0, "d"),
        latency(-3, "h"),
    ],
)
def test_a_level_that_cannot_be_understood_is_an_error(laboratory: Laboratory, level: SlaProperty) -> None:
    result = freshness(laboratory, "(TIMESTAMP '2026-11-21')", level)
    assert result.outcome is Outcome.ERROR
    assert result.finding is not None
    assert result.finding.code == "QUALITY_RULE_INVALID"


def test_a_level_without_an_element_is_skipped_and_says_so(laboratory: Laboratory) -> None:
    result = freshness(laboratory, "(TIMESTAMP '2026-11-21')", latency(1, "d", ""))
    assert result.outcome is Outcome.SKIPPED
    assert result.finding is not None
    assert (result.finding.code, result.finding.level) == ("QUALITY_CHECK_SKIPPED", Level.INFO)


def test_each_element_is_measured_and_other_levels_are_not(laboratory: Laboratory) -> None:
    laboratory.table("t", "SELECT TIMESTAMP '2026-11-21' AS a, TIMESTAMP '2026-01-01' AS b")
    item = SchemaObject("t", properties=(Property("a"), Property("b")))
    levels = (latency(1, "d", "t.a, t.b"), SlaProperty("retention", 7, "y", "t.a"))
    report = laboratory.measure(laboratory.contract(item, sla=levels))
    outcomes = {one.column: one.outcome for one in report.results if one.check == "freshness"}
    assert outcomes == {"a": Outcome.PASS, "b": Outcome.FAIL}
