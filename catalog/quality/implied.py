"""Checks that the contract implies without a rule: what required, unique, key, type and options promise."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from catalog.domain.data_contract import DataContract, Property, Relationship, SchemaObject
from catalog.domain.finding import Level, Place
from catalog.domain.finding_code import FindingCode
from catalog.quality.check import Check, Fault, Measure, Unmeasured
from catalog.quality.checks import references
from catalog.quality.checks.duplicate_values import DuplicateValues
from catalog.quality.checks.invalid_values import InvalidValues, own_constraints
from catalog.quality.checks.null_values import NullValues
from catalog.quality.checks.references import References
from catalog.quality.checks.schema_conformance import SchemaConformance
from catalog.quality.constraint import read_constraints
from catalog.quality.report import Outcome
from catalog.quality.table import primary_key
from catalog.quality.threshold import Threshold


def implied_by_object(item: SchemaObject) -> Iterator[Check]:
    """The declared columns are there, and the primary key stands once."""
    if not item.properties:
        return
    yield _implied("schema", item, "", SchemaConformance(), item.place)
    key = primary_key(item)
    if key:
        yield _implied("primary key", item, ", ".join(key), DuplicateValues(key), item.place)


def implied_by_property(item: SchemaObject, declared: Property) -> Iterator[Check]:
    """Required and key columns are filled, unique ones are unique, options and enum hold."""
    column = declared.column
    if declared.required or declared.primary_key:
        name = "required" if declared.required else "primary key"
        yield _implied(name, item, column, NullValues(column), declared.place)
    if declared.unique and primary_key(item) != (column,):
        yield _implied("unique", item, column, DuplicateValues((column,)), declared.place)
    yield from _constrained(item, declared)


def _constrained(item: SchemaObject, declared: Property) -> Iterator[Check]:
    constraints = read_constraints(own_constraints(declared))
    if isinstance(constraints, Fault):
        finding = FindingCode.QUALITY_RULE_INVALID.at(
            declared.place, f"{constraints.message}.", remedy=constraints.remedy
        )
        broken = Unmeasured(InvalidValues.kind, Outcome.ERROR, finding, InvalidValues.dimension)
        yield _implied("options", item, declared.column, broken, declared.place)
    elif constraints:
        measure = InvalidValues(declared.column, constraints)
        yield _implied("options", item, declared.column, measure, declared.place)


def implied_by_relationships(item: SchemaObject, contracts: Sequence[DataContract]) -> Iterator[Check]:
    """What foreign keys name is there.

    One whose target is in no contract at hand is an error of warning level: it promises something that
    cannot be seen from here.
    """
    for relationship in item.relationships:
        yield _referring(relationship, item, None, contracts)
    for declared in item.properties:
        for relationship in declared.relationships:
            yield _referring(relationship, item, declared, contracts)


def _referring(
    relationship: Relationship,
    item: SchemaObject,
    declared: Property | None,
    contracts: Sequence[DataContract],
) -> Check:
    read = references.read(relationship, item, declared, contracts)
    name, column = ", ".join(relationship.target), declared.column if declared else ""
    if isinstance(read, References):
        return _implied(name, item, ", ".join(read.keys), read, relationship.place)
    finding = FindingCode.QUALITY_RULE_INVALID.at(
        relationship.place, f"{read.message}.", remedy=read.remedy, level=Level.WARNING
    )
    unmeasured = Unmeasured(References.kind, Outcome.ERROR, finding, References.dimension)
    return replace(_implied(name, item, column, unmeasured, relationship.place), severity=Level.WARNING)


def _implied(
    name: str, item: SchemaObject, column: str, measure: Measure | Unmeasured, place: Place
) -> Check:
    return Check(
        id="",
        name=name,
        dataset=item.name,
        column=column,
        dimension=measure.dimension,
        severity=Level.ERROR,
        threshold=Threshold(unit="columns") if isinstance(measure, SchemaConformance) else Threshold(),
        measure=measure,
        place=place,
    )
