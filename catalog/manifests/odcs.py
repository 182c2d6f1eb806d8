"""Data contracts: ODCS 3.0 to 3.2 as domain objects. The document has passed its JSON Schema."""

from typing import Any, Final

from catalog.domain.data_contract import (
    DataContract,
    Property,
    QualityRule,
    Relationship,
    SchemaObject,
    Server,
    SlaProperty,
    TeamMember,
)
from catalog.domain.governance import Governance
from catalog.manifests.element import Element
from catalog.manifests.yaml_document import YamlDocument

# ODCS 3.0 named its library rules otherwise; 3.1 keeps `rule` as a deprecated alias of `metric`.
_METRICS: Final = {
    "duplicateCount": "duplicateValues",
    "nullCheck": "nullValues",
    "validValues": "invalidValues",
}


def data_contract(document: YamlDocument) -> DataContract:
    """The contract a document declares; unknown fields stay in the document alone."""
    root = Element.root(document)
    description = root.element("description")
    return DataContract(
        id=root.text("id"),
        version=root.text("version"),
        api_version=root.text("apiVersion"),
        status=root.text("status"),
        name=root.text("name"),
        domain=root.text("domain"),
        data_product=root.text("dataProduct"),
        description=description.text("purpose"),
        usage=description.text("usage"),
        limitations=description.text("limitations"),
        tags=root.texts("tags"),
        servers=tuple(_server(item) for item in root.elements("servers")),
        schema=tuple(_schema_object(item) for item in root.elements("schema")),
        sla=tuple(
            _sla_property(item, root.text("slaDefaultElement")) for item in root.elements("slaProperties")
        ),
        team=team(root),
        roles=tuple(item.text("role") for item in root.elements("roles")),
        support=support(root),
        governance=Governance.from_properties(root.custom),
        place=root.place,
    )


def team(root: Element) -> tuple[TeamMember, ...]:
    """The members of a team: an object with members, or the list of ODCS 3.0 and ODPS 0.9."""
    members = root.elements("team") or root.element("team").elements("members")
    return tuple(
        TeamMember(item.text("username"), item.text("name"), item.text("role"), item.text("dateOut"))
        for item in members
    )


def support(root: Element) -> tuple[str, ...]:
    """Support channels by address, by name where they have none."""
    return tuple(item.text("url") or item.text("channel") for item in root.elements("support"))


def _server(item: Element) -> Server:
    return Server(
        name=item.text("server"),
        type=item.text("type"),
        environment=item.text("environment"),
        options=item.without("server", "type", "environment"),
        place=item.place,
    )


def _schema_object(item: Element) -> SchemaObject:
    return SchemaObject(
        name=item.text("name"),
        physical_name=item.text("physicalName"),
        physical_type=item.text("physicalType"),
        description=item.text("description"),
        granularity=item.text("dataGranularityDescription"),
        tags=item.texts("tags"),
        properties=_properties(item),
        quality=_quality(item),
        relationships=_relationships(item),
        custom=item.custom,
        place=item.place,
    )


def _properties(item: Element) -> tuple[Property, ...]:
    return tuple(_property(child) for child in item.elements("properties"))


def _property(item: Element) -> Property:
    return Property(
        name=item.text("name"),
        logical_type=item.text("logicalType"),
        physical_type=item.text("physicalType"),
        physical_name=item.text("physicalName"),
        description=item.text("description"),
        required=item.flag("required"),
        unique=item.flag("unique"),
        primary_key=item.flag("primaryKey"),
        primary_key_position=item.integer("primaryKeyPosition", -1),
        partitioned=item.flag("partitioned"),
        classification=item.text("classification"),
        critical=item.flag("criticalDataElement"),
        encrypted_name=item.text("encryptedName"),
        transform_logic=item.text("transformLogic"),
        options=item.mapping("logicalTypeOptions"),
        enum=tuple(one.text("value") for one in item.elements("enum")),
        tags=item.texts("tags"),
        properties=_properties(item),
        items=_property(item.element("items")) if item.mapping("items") else None,
        quality=_quality(item),
        relationships=_relationships(item),
        custom=item.custom,
        place=item.place,
    )


def _relationships(item: Element) -> tuple[Relationship, ...]:
    return tuple(
        Relationship(
            source=_references(one, "from"),
            target=_references(one, "to"),
            type=one.text("type", "foreignKey"),
            place=one.place,
        )
        for one in item.elements("relationships")
    )


def _references(item: Element, key: str) -> tuple[str, ...]:
    single = item.text(key)
    return (single,) if single else item.texts(key)


def _quality(item: Element) -> tuple[QualityRule, ...]:
    return tuple(_quality_rule(rule) for rule in item.elements("quality"))


def _quality_rule(item: Element) -> QualityRule:
    declared = item.text("metric") or item.text("rule")
    metric = _METRICS.get(declared, declared)
    arguments, operators = _judged(item, declared)
    return QualityRule(
        type=item.text("type", "library"),
        name=item.text("name"),
        description=item.text("description"),
        metric=metric,
        arguments=arguments,
        operators=operators,
        query=item.text("query"),
        unit=item.text("unit", "rows"),
        dimension=item.text("dimension"),
        severity=item.text("severity"),
        engine=item.text("engine"),
        implementation=item.fields.get("implementation"),
        custom=item.custom,
        place=item.place,
    )


def _judged(item: Element, declared: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments and operators; the 3.0 list `validValues` becomes an argument, and no row may break it."""
    arguments = dict(item.mapping("arguments"))
    operators = {key: value for key, value in item.fields.items() if key.startswith(("mustBe", "mustNotBe"))}
    if isinstance(valid := item.fields.get("validValues"), list):
        arguments.setdefault("validValues", valid)
    if declared == "validValues" and not operators:
        operators["mustBe"] = 0
    return arguments, operators


def _sla_property(item: Element, default_element: str) -> SlaProperty:
    return SlaProperty(
        property=item.text("property"),
        value=item.fields.get("value"),
        unit=item.text("unit"),
        element=item.text("element", default_element),
        driver=item.text("driver"),
        place=item.place,
    )
