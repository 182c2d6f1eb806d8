"""Data contracts as the schema shows them: what a port promises, column by column."""

from collections.abc import Mapping
from typing import Any

import strawberry


@strawberry.type(description="A column of a contract's object.")
class Column:
    """One column."""

    name: str
    logical_type: str
    physical_type: str
    description: str
    classification: str
    required: bool
    unique: bool
    primary_key: bool
    tags: list[str]


@strawberry.type(description="A table, file or topic of a contract.")
class SchemaObject:
    """One object with its columns."""

    name: str
    description: str
    columns: list[Column]


@strawberry.type(description="One promised service level.")
class SlaProperty:
    """ODCS `slaProperties`."""

    property: str
    value: str
    unit: str
    element: str


@strawberry.type(description="An ODCS data contract.")
class DataContract:
    """What a dataset promises."""

    id: str
    version: str
    name: str
    status: str
    description: str
    usage: str
    limitations: str
    schema: list[SchemaObject]
    sla_properties: list[SlaProperty]


def contract_of(plain: Mapping[str, Any]) -> DataContract:
    """A contract from its stored plain form, in which fields with their default are left out."""
    text = {name: str(plain.get(name, "")) for name in _TEXT}
    return DataContract(
        **text,
        schema=[_object_of(one) for one in plain.get("schema", ())],
        sla_properties=[_sla_of(one) for one in plain.get("sla", ())],
    )


_TEXT = ("id", "version", "name", "status", "description", "usage", "limitations")


def _object_of(plain: Mapping[str, Any]) -> SchemaObject:
    columns = [
        Column(
            name=one["name"],
            logical_type=one.get("logical_type", ""),
            physical_type=one.get("physical_type", ""),
            description=one.get("description", ""),
            classification=one.get("classification", ""),
            required=one.get("required", False),
            unique=one.get("unique", False),
            primary_key=one.get("primary_key", False),
            tags=list(one.get("tags", ())),
        )
        for one in plain.get("properties", ())
    ]
    return SchemaObject(name=plain["name"], description=plain.get("description", ""), columns=columns)


def _sla_of(plain: Mapping[str, Any]) -> SlaProperty:
    return SlaProperty(
        property=plain["property"],
        value=str(plain.get("value", "")),
        unit=plain.get("unit", ""),
        element=plain.get("element", ""),
    )
