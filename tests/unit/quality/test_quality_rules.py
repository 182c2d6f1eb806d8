"""From a contract to its checks: nothing is lost, nothing is doubled, ids stay."""

from dataclasses import replace
from typing import Any

import pytest
from quality_laboratory import library

from catalog.domain.data_contract import DataContract, Property, QualityRule, SchemaObject
from catalog.domain.finding import Level, Place
from catalog.quality.check import Check, Unmeasured
from catalog.quality.checks.null_values import NullValues
from catalog.quality.report import Outcome, QualityDimension
from catalog.quality.rules import checks_of

PLACE = Place("c.yaml", 7, 9, "/schema/0/quality/0")


def contract(*objects: SchemaObject) -> DataContract:
    return DataContract("shop", "1.0.0", "v3.1.0", schema=objects)


def checks(
    *rules: QualityRule, on_object: tuple[QualityRule, ...] = (), **declared: Any
) -> tuple[Check, ...]:
    item = SchemaObject("t", properties=(Property("v", quality=rules, **declared),), quality=on_object)
    return checks_of(contract(item))


def declared(rule: QualityRule, *, on_object: bool = False) -> Check:
    """The check that a single rule becomes."""
    found = checks(on_object=(rule,)) if on_object else checks(rule)
    (check,) = (one for one in found if one.kind != "schema_conformance")
    return check


def test_a_contract_without_schema_has_no_checks() -> None:
    assert checks_of(contract()) == ()
    assert checks_of(contract(SchemaObject("empty"))) == ()


def test_every_object_with_properties_is_compared_with_its_schema() -> None:
    (check,) = checks()
    assert (check.id, check.kind) == ("shop/t.schema_conformance.schema", "schema_conformance")


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (library("nullvalues"), "nullvalues is no metric of the library"),
        (library(""), "a rule without a metric is no metric of the library"),
        (library("nullValues", arguments={"x": 1}), "nullValues takes no argument, not x"),
        (library("nullValues", unit="miles"), "miles is no unit of nullValues"),
        (library("nullValues", mustBe="few"), "mustBe takes one number"),
        (replace(library("nullValues"), dimension="beauty"), "beauty is no dimension"),
        (replace(library("nullValues"), type="magic"), "magic is no type of rule"),
        (library("duplicateValues", arguments={"properties": ["v"]}), "duplicateValues of a property"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_an_error_with_its_place(rule: QualityRule, fault: str) -> None:
    check = declared(replace(rule, place=PLACE))
    assert isinstance(check.measure, Unmeasured)
    assert check.measure.outcome is Outcome.ERROR
    finding = check.measure.finding
    assert (finding.code, finding.place, finding.level) == ("QUALITY_RULE_INVALID", PLACE, Level.ERROR)
    assert finding.message.startswith(fault)
    assert finding.remedy


@pytest.mark.parametrize("metric", ["nullValues", "missingValues", "invalidValues"])
def test_metrics_of_values_belong_on_a_property(metric: str) -> None:
    check = declared(library(metric), on_object=True)
    assert isinstance(check.measure, Unmeasured)
    assert "move the rule to a property" in check.measure.finding.remedy


def test_an_invalid_rule_weighs_what_its_author_gave_it() -> None:
    check = declared(replace(library("none"), severity="warning"))
    assert isinstance(check.measure, Unmeasured)
    assert (check.severity, check.measure.finding.level) == (Level.WARNING, Level.WARNING)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (QualityRule("text", description="Mail is verified"), "Mail is verified is for people to attest"),
        (QualityRule("custom", engine="soda", implementation="x"), "The rule is for soda"),
        (QualityRule("custom"), "The rule is for another tool"),
    ],
)
def test_rules_for_people_and_other_tools_are_skipped_with_the_reason(rule: QualityRule, told: str) -> None:
    check = declared(rule)
    assert isinstance(check.measure, Unmeasured)
    assert check.measure.outcome is Outcome.SKIPPED
    assert check.measure.finding.level is Level.INFO
    assert check.measure.finding.message.startswith(told)


def test_a_rule_inside_a_nested_property_is_an_error_and_not_lost() -> None:
    inner = Property("city", quality=(library("nullValues"),))
    deep = Property("list", items=Property("", properties=(inner,)))
    item = SchemaObject("t", properties=(Property("address", properties=(inner, deep)),))
    outcomes = [
        one.measure.outcome for one in checks_of(contract(item)) if isinstance(one.measure, Unmeasured)
    ]
    assert outcomes == [Outcome.ERROR, Outcome.ERROR]


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("", Level.ERROR),
        ("error", Level.ERROR),
        ("Warning", Level.WARNING),
        ("info", Level.INFO),
        ("critical", Level.ERROR),
    ],
)
def test_an_unknown_severity_weighs_as_an_error(word: str, level: Level) -> None:
    assert declared(replace(library("nullValues"), severity=word)).severity is level


def test_a_declared_dimension_replaces_the_kinds_own() -> None:
    assert declared(library("nullValues")).dimension is QualityDimension.COMPLETENESS
    check = declared(replace(library("nullValues"), dimension="validity"))
    assert check.dimension is QualityDimension.CONFORMITY


def test_the_unit_of_sql_is_its_authors_and_rows_is_nobodys() -> None:
    assert str(declared(QualityRule("sql", query="SELECT 1")).threshold) == "must be 0"
    rule = QualityRule("sql", query="SELECT 1", unit="percent", operators={"mustBeLessThan": 5})
    assert str(declared(rule).threshold) == "must be less than 5 percent"


def test_what_is_implied_and_declared_alike_is_one_check() -> None:
    found = checks(library("nullValues", mustBe=0), required=True)
    assert [one.name for one in found if one.kind == "null_values"] == ["rule"]


def test_what_is_declared_otherwise_stands_beside_what_is_implied() -> None:
    found = checks(library("nullValues", mustBeLessThan=9), required=True)
    assert [one.name for one in found if one.kind == "null_values"] == ["required", "rule"]
    found = checks(replace(library("nullValues"), severity="info"), required=True)
    assert len([one for one in found if one.kind == "null_values"]) == 2


def test_a_primary_key_of_one_unique_column_is_checked_once() -> None:
    found = checks(primary_key=True, unique=True, required=True)
    kinds = [one.kind for one in found]
    assert kinds == ["schema_conformance", "duplicate_values", "null_values"]


def test_ids_are_unique_readable_and_independent_of_other_rules() -> None:
    rules = (library("nullValues"), library("nullValues", unit="percent"), library("duplicateValues"))
    ids = [one.id for one in checks(*rules)]
    assert ids == [
        "shop/t.schema_conformance.schema",
        "shop/t.v.null_values.rule",
        "shop/t.v.null_values.rule.2",
        "shop/t.v.duplicate_values.rule",
    ]
    assert [one.id for one in checks(rules[0], rules[2])] == [ids[0], ids[1], ids[3]]


def test_checks_stand_in_the_order_of_objects() -> None:
    objects = [SchemaObject(name, properties=(Property("v", required=True),)) for name in ("b", "a")]
    assert [one.dataset for one in checks_of(contract(*objects))] == ["b", "b", "a", "a"]


def test_physical_names_are_what_is_read() -> None:
    item = SchemaObject("t", properties=(Property("v", physical_name="V_1", required=True),))
    (check,) = (one for one in checks_of(contract(item)) if one.kind == "null_values")
    assert check.measure == NullValues("V_1")
    assert check.subject == "t.V_1 (required)"
