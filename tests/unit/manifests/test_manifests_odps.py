"""ODPS documents as data products."""

from catalog.domain.data_contract import TeamMember
from catalog.domain.data_product import DataProduct
from catalog.domain.document import Document
from catalog.manifests.read import read

PRODUCT = """\
apiVersion: v1.0.0
kind: DataProduct
id: p-1
name: Customer Orders
version: 2.0
domain: Sales
status: active
description: {purpose: Why., limitations: What not., usage: How.}
tags: [core]
inputPorts:
- {name: shop, version: 1.10, contractId: c-in, tags: [raw], customProperties: [{property: a, value: 1}]}
outputPorts:
- name: orders
  version: 1.0.0
  contractId: c-out
  type: tables
  description: Orders.
  tags: [gold]
  inputContracts: [{id: c-in, version: 1.10}]
  customProperties: [{property: sla, value: gold}]
- {name: draft, version: 0.1.0}
managementPorts:
- {name: dictionary, content: dictionary, type: topic, url: https://x.example}
- {name: control, content: control}
support: [{channel: chat, url: https://chat.example}]
team: {members: [{username: ann, role: owner}]}
customProperties: [{property: owner, value: ann}, {property: businessGoal, value: Sell more.}]
"""


def product(text: str) -> DataProduct:
    manifest = read([Document("orders.odps.yaml", text.encode())])
    assert [finding for finding in manifest.findings if finding.blocks] == []
    (found,) = manifest.products
    return found


def test_the_fundamentals_are_read_as_written() -> None:
    found = product(PRODUCT)
    assert (found.id, found.name, found.version, found.api_version) == (
        "p-1",
        "Customer Orders",
        "2.0",
        "v1.0.0",
    )
    assert (found.domain, found.status, found.tags) == ("Sales", "active", ("core",))
    assert (found.purpose, found.limitations, found.usage) == ("Why.", "What not.", "How.")
    assert str(found.key) == "data_product:sales.customer-orders"
    assert (found.place.file, found.place.line) == ("orders.odps.yaml", 1)


def test_input_ports_name_their_contract() -> None:
    (port,) = product(PRODUCT).input_ports
    assert (port.name, port.version, port.contract_id, port.tags) == ("shop", "1.10", "c-in", ("raw",))
    assert (port.custom, port.place.line, port.place.field) == ({"a": 1}, 11, "/inputPorts/0")


def test_output_ports_name_contract_and_lineage() -> None:
    orders, draft = product(PRODUCT).output_ports
    assert (orders.name, orders.version, orders.contract_id, orders.type) == (
        "orders",
        "1.0.0",
        "c-out",
        "tables",
    )
    assert (orders.description, orders.tags, orders.custom) == ("Orders.", ("gold",), {"sla": "gold"})
    assert orders.input_contracts == (("c-in", "1.10"),)
    assert (draft.contract_id, draft.input_contracts, draft.place.line) == ("", (), 21)


def test_management_ports_are_rest_unless_said_otherwise() -> None:
    dictionary, control = product(PRODUCT).management_ports
    assert (dictionary.name, dictionary.content, dictionary.type) == ("dictionary", "dictionary", "topic")
    assert dictionary.url == "https://x.example"
    assert (control.type, control.place.line) == ("rest", 24)


def test_people_and_governance_are_read() -> None:
    found = product(PRODUCT)
    assert found.team == (TeamMember("ann", role="owner"),)
    assert found.support == ("https://chat.example",)
    assert (found.governance.owner, found.governance.business_goal) == ("ann", "Sell more.")


def test_the_team_of_0_9_is_a_list() -> None:
    old = PRODUCT.replace("v1.0.0", "v0.9.0").replace(
        "{members: [{username: ann, role: owner}]}", "[{username: ann, role: owner}]"
    )
    manifest = read([Document("orders.odps.yaml", old.encode())])
    assert [finding.code for finding in manifest.findings if "quotes" not in finding.remedy] == [
        "CONTRACT_MISSING"
    ]
    assert manifest.products[0].team == (TeamMember("ann", role="owner"),)
