"""References on real data."""

import pytest
from quality_laboratory import Laboratory

from catalog.domain.data_contract import DataContract, Property, Relationship, SchemaObject
from catalog.domain.finding import Level
from catalog.quality.report import CheckResult, Outcome, QualityDimension


def customers() -> SchemaObject:
    return SchemaObject("customers", properties=(Property("id", physical_name="nr"), Property("country")))


def referring(
    laboratory: Laboratory, target: tuple[str, ...], *related: DataContract, source: tuple[str, ...] = ()
) -> CheckResult:
    """The result of a relationship of `orders`, on the property unless it has sources."""
    laboratory.table(
        "customers", "SELECT * FROM (VALUES (1, 'DE'), (2, NULL), (2, 'FR')) AS rows(nr, country)"
    )
    laboratory.table(
        "orders",
        "SELECT * FROM (VALUES (10, 1, 'DE'), (11, 2, 'DE'), (12, NULL, 'DE'), (13, 9, NULL), (14, 9, 'FR')) "
        "AS rows(id, customer, country)",
    )
    link = (Relationship(source, target),)
    item = SchemaObject(
        "orders",
        properties=(
            Property("id", primary_key=True),
            Property("customer", relationships=() if source else link),
            Property("country"),
        ),
        relationships=link if source else (),
    )
    own = () if related else (customers(),)
    report = laboratory.measure(laboratory.contract(item, *own), related=related)
    (result,) = (one for one in report.results if one.check == "references")
    return result


@pytest.mark.parametrize(
    "target", ["customers.id", "schema/customers/properties/id", "places.yaml#customers.id"]
)
def test_rows_that_name_nothing_count_and_null_names_nothing(laboratory: Laboratory, target: str) -> None:
    result = referring(laboratory, (target,))
    assert (result.measured, result.outcome, result.column) == (2, Outcome.FAIL, "customer"), result.finding
    assert result.dimension is QualityDimension.CONSISTENCY
    assert result.samples == ({"id": 13, "customer": 9}, {"id": 14, "customer": 9})


def test_a_composite_key_is_compared_as_one_and_with_a_null_part_not_at_all(laboratory: Laboratory) -> None:
    result = referring(
        laboratory, ("customers.id", "customers.country"), source=("orders.customer", "orders.country")
    )
    assert (result.measured, result.column) == (2, "customer, country"), result.finding
    assert {one["id"] for one in result.samples} == {11, 14}


def test_the_target_may_be_in_a_related_contract(laboratory: Laboratory) -> None:
    related = laboratory.contract(customers(), id="crm")
    assert referring(laboratory, ("customers.id",), related).measured == 2


def test_an_object_may_refer_to_itself(laboratory: Laboratory) -> None:
    laboratory.table("staff", "SELECT * FROM (VALUES (1, NULL), (2, 1), (3, 9)) AS rows(id, boss)")
    boss = Property("boss", relationships=(Relationship((), ("staff.id",)),))
    report = laboratory.measure(laboratory.contract(SchemaObject("staff", properties=(Property("id"), boss))))
    assert [one.measured for one in report.results if one.check == "references"] == [1]


@pytest.mark.security
def test_an_error_does_not_quote_protected_values_of_the_target(laboratory: Laboratory) -> None:
    laboratory.table("people", "SELECT 'eve@x.org' AS mail")
    laboratory.table("t", "SELECT 1 AS person")
    people = SchemaObject("people", properties=(Property("mail", classification="restricted"),))
    person = Property("person", relationships=(Relationship((), ("people.mail",)),))
    report = laboratory.measure(
        laboratory.contract(SchemaObject("t", properties=(person,))),
        related=(laboratory.contract(people, id="crm"),),
    )
    (result,) = (one for one in report.results if one.check == "references")
    assert result.outcome is Outcome.ERROR
    assert "eve@" not in repr(report)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (("nowhere.id",), ()),
        (("customers.nothing",), ()),
        (("customers",), ()),
        (("customers.address.street",), ()),
        (("customers.id", "orders.id"), ("orders.customer", "orders.id")),
        (("customers.id", "customers.country"), ("orders.customer",)),
        (("customers.id",), ("customers.id",)),
        ((), ()),
    ],
)
def test_a_reference_that_cannot_be_resolved_warns_and_does_not_block(
    laboratory: Laboratory, target: tuple[str, ...], source: tuple[str, ...]
) -> None:
    result = referring(laboratory, target, source=source)
    assert (result.outcome, result.severity) == (Outcome.ERROR, Level.WARNING)
    assert result.finding is not None
    assert (result.finding.code, result.finding.level) == ("QUALITY_RULE_INVALID", Level.WARNING)
    assert not result.blocks
