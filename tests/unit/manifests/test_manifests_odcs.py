"""ODCS documents as contracts: 3.0 to 3.2, old forms and new."""

from catalog.domain.data_contract import DataContract, Relationship, TeamMember
from catalog.domain.document import Document
from catalog.manifests.read import read

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders-contract
version: 1.10
status: active
name: Orders
domain: sales
dataProduct: orders
description: {purpose: Orders as placed., usage: Reporting., limitations: No returns.}
tags: [core, 2026]
servers:
- server: production
  type: local
  environment: prod
  path: data/orders/*.parquet
  format: parquet
  customProperties: [{property: zone, value: eu}]
schema:
- name: orders
  physicalName: ord
  physicalType: table
  description: One row per order.
  dataGranularityDescription: order
  tags: [fact]
  customProperties: [{property: cluster, value: 3}]
  quality:
  - {metric: rowCount, mustBeGreaterThan: 10, severity: error, dimension: completeness}
  - {type: sql, query: select 1, mustBeBetween: [1, 2], unit: percent}
  relationships:
  - {from: [orders.customer, orders.shop], to: [customers.id, customers.shop]}
  properties:
  - name: id
    physicalName: order_id
    logicalType: integer
    physicalType: BIGINT
    primaryKey: true
    primaryKeyPosition: 1
    required: true
    unique: true
    partitioned: true
    classification: internal
    criticalDataElement: true
    encryptedName: id_enc
    logicalTypeOptions: {minimum: 1}
    tags: [key]
    customProperties: [{property: masked, value: true}]
    quality:
    - {metric: nullValues, mustBe: 0, name: no nulls, description: Every order has an id.}
    - {type: custom, engine: soda, implementation: {rule: x}, customProperties: [{property: team, value: a}]}
    - {type: text, description: Ask Ann.}
  - name: state
    logicalType: string
    enum: [{value: open}, {value: 1.10}, {value: true}]
    relationships: [{to: states.code}]
  - name: address
    logicalType: object
    properties: [{name: street, logicalType: string}]
  - name: lines
    logicalType: array
    items: {logicalType: object, properties: [{name: sku, logicalType: string, classification: public}]}
slaProperties:
- {property: latency, value: 24, unit: h, element: orders.updated_at, driver: operational}
- {property: retention, value: 1.5, unit: y}
team:
  members: [{username: ann, name: Ann, role: owner, dateOut: '2026-01-01'}, {username: bob}]
roles: [{role: reader}, {role: writer}]
support: [{channel: '#orders', url: https://chat.example/orders}, {channel: mail}]
customProperties:
- {property: owner, value: ann}
- {property: steward, value: bob}
- {property: regimes, value: [gdpr, sox]}
- {property: tier, value: tier_1}
- {property: other, value: {a: 1}}
"""


def contract(text: str) -> DataContract:
    manifest = read([Document("orders.odcs.yaml", text.encode())])
    assert [finding for finding in manifest.findings if finding.blocks] == []
    (found,) = manifest.contracts
    return found


def test_the_fundamentals_are_read_as_written() -> None:
    found = contract(CONTRACT)
    assert (found.id, found.version, found.api_version, found.status) == (
        "orders-contract",
        "1.10",
        "v3.2.0",
        "active",
    )
    assert (found.name, found.domain, found.data_product) == ("Orders", "sales", "orders")
    assert (found.description, found.usage, found.limitations) == (
        "Orders as placed.",
        "Reporting.",
        "No returns.",
    )
    assert found.tags == ("core", "2026")
    assert (found.place.file, found.place.line) == ("orders.odcs.yaml", 1)
    assert found.roles == ("reader", "writer")
    assert found.support == ("https://chat.example/orders", "mail")


def test_a_server_keeps_every_option_of_its_type() -> None:
    (server,) = contract(CONTRACT).servers
    assert (server.name, server.type, server.environment, server.place.line) == (
        "production",
        "local",
        "prod",
        12,
    )
    assert server.options == {
        "path": "data/orders/*.parquet",
        "format": "parquet",
        "customProperties": [{"property": "zone", "value": "eu"}],
    }


def test_a_schema_object_is_found_by_either_name() -> None:
    found = contract(CONTRACT)
    table = found.object_named("ord")
    assert table is not None
    assert table is found.object_named("orders")
    assert (table.physical_type, table.description, table.granularity) == (
        "table",
        "One row per order.",
        "order",
    )
    assert (table.tags, table.custom, table.place.line) == (("fact",), {"cluster": 3}, 19)


def test_a_property_carries_all_that_the_catalog_reasons_about() -> None:
    column = contract(CONTRACT).schema[0].properties[0]
    assert (column.name, column.column, column.logical_type, column.physical_type) == (
        "id",
        "order_id",
        "integer",
        "BIGINT",
    )
    assert column.required
    assert column.unique
    assert column.primary_key
    assert column.partitioned
    assert column.critical
    assert (column.primary_key_position, column.classification, column.encrypted_name) == (
        1,
        "internal",
        "id_enc",
    )
    assert (column.options, column.tags, column.custom) == ({"minimum": 1}, ("key",), {"masked": True})
    assert (column.place.line, column.place.column, column.place.field) == (32, 5, "/schema/0/properties/0")


def test_a_property_says_nothing_that_was_not_declared() -> None:
    street = contract(CONTRACT).schema[0].properties[2].properties[0]
    assert not street.required
    assert not street.primary_key
    assert (street.primary_key_position, street.enum, street.quality, street.items) == (-1, (), (), None)


def test_nested_properties_and_items_are_kept_with_their_places() -> None:
    _, _, address, lines = contract(CONTRACT).schema[0].properties
    assert [one.name for one in address.properties] == ["street"]
    assert lines.items is not None
    assert [(one.name, one.classification) for one in lines.items.properties] == [("sku", "public")]
    assert lines.items.properties[0].place.field == "/schema/0/properties/3/items/properties/0"


def test_enum_values_are_text_as_written() -> None:
    assert contract(CONTRACT).schema[0].properties[1].enum == ("open", "1.10", "true")


def test_relationships_are_read_on_objects_and_properties() -> None:
    table = contract(CONTRACT).schema[0]
    (of_object,), (of_property,) = table.relationships, table.properties[1].relationships
    assert (of_object.source, of_object.target) == (
        ("orders.customer", "orders.shop"),
        ("customers.id", "customers.shop"),
    )
    assert of_property == Relationship((), ("states.code",), place=of_property.place)
    assert of_property.place.line == 54


def test_quality_rules_are_read_on_objects_and_properties() -> None:
    table = contract(CONTRACT).schema[0]
    count, sql = table.quality
    assert (count.type, count.metric, count.operators, count.unit) == (
        "library",
        "rowCount",
        {"mustBeGreaterThan": 10},
        "rows",
    )
    assert (count.severity, count.dimension, count.place.line) == ("error", "completeness", 27)
    assert (sql.type, sql.query, sql.operators, sql.unit) == (
        "sql",
        "select 1",
        {"mustBeBetween": [1, 2]},
        "percent",
    )
    nulls, custom, text = table.properties[0].quality
    assert (nulls.name, nulls.description) == ("no nulls", "Every order has an id.")
    assert (custom.engine, custom.implementation, custom.custom) == ("soda", {"rule": "x"}, {"team": "a"})
    assert (text.type, text.description, text.operators) == ("text", "Ask Ann.", {})


def test_service_levels_keep_their_values() -> None:
    latency, retention = contract(CONTRACT).sla
    assert (latency.property, latency.value, latency.unit) == ("latency", 24, "h")
    assert (latency.element, latency.driver) == ("orders.updated_at", "operational")
    assert (retention.value, retention.place.line) == (1.5, 63)


def test_a_service_level_without_an_element_takes_the_default_one() -> None:
    latency, retention = contract(CONTRACT + "slaDefaultElement: orders.placed_at\n").sla
    assert (latency.element, retention.element) == ("orders.updated_at", "orders.placed_at")


def test_governance_travels_in_custom_properties() -> None:
    governance = contract(CONTRACT).governance
    assert (governance.owner, governance.steward, governance.tier) == ("ann", "bob", "tier_1")
    assert governance.regimes == ("gdpr", "sox")
    assert governance.custom["other"] == {"a": 1}


def test_the_team_is_an_object_or_the_list_of_3_0() -> None:
    members = (TeamMember("ann", "Ann", "owner", "2026-01-01"), TeamMember("bob"))
    assert contract(CONTRACT).team == members
    old = CONTRACT.replace("team:\n  members: [", "team: [").replace("v3.2.0", "v3.1.0")
    old = old.replace("    enum: [{value: open}, {value: 1.10}, {value: true}]\n", "")
    assert contract(old).team == members


OLD = """\
apiVersion: v3.0.2
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
- name: t
  properties:
  - name: c
    logicalType: string
    quality:
    - {rule: duplicateCount, mustBe: 0}
    - {type: library, rule: validValues, validValues: [a, b]}
    - {rule: validValues, validValues: [a], mustBeLessThan: 5, unit: percent}
    - {rule: rowCount, mustBeGreaterThan: 1}
    - {rule: ownRule, mustBe: 1}
"""


def test_the_rule_names_of_3_0_become_metrics() -> None:
    rules = contract(OLD).schema[0].properties[0].quality
    assert [(rule.type, rule.metric, rule.arguments, rule.operators) for rule in rules] == [
        ("library", "duplicateValues", {}, {"mustBe": 0}),
        ("library", "invalidValues", {"validValues": ["a", "b"]}, {"mustBe": 0}),
        ("library", "invalidValues", {"validValues": ["a"]}, {"mustBeLessThan": 5}),
        ("library", "rowCount", {}, {"mustBeGreaterThan": 1}),
        ("library", "ownRule", {}, {"mustBe": 1}),
    ]
