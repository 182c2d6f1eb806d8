"""Data contracts (Bitol ODCS 3.0 to 3.2): what a dataset promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.domain.finding import NOWHERE, Place
from catalog.domain.governance import Governance


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One `quality` entry as declared; `quality.check` gives it a meaning.

    `operators` holds the declared `mustBe…` keys with their values. Deprecated `rule` names come as the
    `metric` that replaced them. `engine` and `implementation` are set for rules of type `custom`.
    """

    type: str
    name: str = ""
    description: str = ""
    metric: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    operators: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    unit: str = "rows"
    dimension: str = ""
    severity: str = ""
    engine: str = ""
    implementation: Any = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Relationship:
    """A foreign key: columns `source` take their values from columns `target`, pairwise.

    Both are references as declared (`customers.id`, or a path into another contract); `source` is empty where
    the property that declares the relationship is meant.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    type: str = "foreignKey"
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Property:
    """A column. Nested `properties` and `items` are kept for objects and arrays."""

    name: str
    logical_type: str = ""
    physical_type: str = ""
    physical_name: str = ""
    description: str = ""
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int = -1
    partitioned: bool = False
    classification: str = ""
    critical: bool = False
    encrypted_name: str = ""
    transform_logic: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    enum: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    properties: tuple["Property", ...] = ()
    items: "Property | None" = None
    quality: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE

    @property
    def column(self) -> str:
        """The name the data carries."""
        return self.physical_name or self.name


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """A table, file or topic of the contract."""

    name: str
    physical_name: str = ""
    physical_type: str = ""
    description: str = ""
    granularity: str = ""
    tags: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    quality: tuple[QualityRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE

    def property_named(self, name: str) -> Property | None:
        """The column of that name, if declared."""
        return next((one for one in self.properties if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the data is; `options` holds the keys of the server's type (path, format, schema, …)."""

    name: str
    type: str
    environment: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class SlaProperty:
    """One service level: `latency` of 24 `h` on `orders.updated_at`, say."""

    property: str
    value: Any
    unit: str = ""
    element: str = ""
    driver: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person or group behind a product or contract."""

    username: str
    name: str = ""
    role: str = ""
    date_out: str = ""


@dataclass(frozen=True, slots=True)
class DataContract:
    """An ODCS document with everything the catalog reasons about; the original bytes are kept beside it."""

    id: str
    version: str
    api_version: str
    status: str = ""
    name: str = ""
    domain: str = ""
    data_product: str = ""
    description: str = ""
    usage: str = ""
    limitations: str = ""
    tags: tuple[str, ...] = ()
    servers: tuple[Server, ...] = ()
    schema: tuple[SchemaObject, ...] = ()
    sla: tuple[SlaProperty, ...] = ()
    team: tuple[TeamMember, ...] = ()
    roles: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    governance: Governance = field(default_factory=Governance)
    place: Place = NOWHERE

    def object_named(self, name: str) -> SchemaObject | None:
        """The schema object of that name or physical name, if declared."""
        return next((one for one in self.schema if name in {one.name, one.physical_name}), None)
