"""Data products as the schema shows them: what a domain offers, through which ports."""

from collections.abc import Mapping
from typing import Any

import strawberry

from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import Node
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.data_contract import DataContract, contract_of
from catalog.serving.graphql.types.lineage import LineageConnection, lineage_page
from catalog.serving.graphql.types.version import Version, version_of
from catalog.store.projections.assets import AssetRow
from catalog.store.projections.lineage import Direction, Lineage


@strawberry.type(description="What a product reads.")
class InputPort:
    """ODPS `inputPorts`."""

    name: str
    version: str
    contract_id: str


@strawberry.type(description="What a product offers, under a contract.")
class OutputPort:
    """ODPS `outputPorts`."""

    name: str
    version: str
    type: str
    description: str
    contract: DataContract | None


@strawberry.type(description="Where a product is observed or controlled.")
class ManagementPort:
    """ODPS `managementPorts`."""

    name: str
    content: str
    type: str
    url: str


@strawberry.type(description="A data product: the version offered first, and all others beside it.")
class DataProduct:
    """An ODPS data product of one domain."""

    key: str
    domain: str
    name: str
    title: str
    description: str
    owner: str
    steward: str
    status: Status
    version: str
    row_version: int
    tags: list[str]
    limitations: str
    versions: list[Version]

    @strawberry.field(description="What is made from the product, up to metrics; or what it is made from.")
    def lineage(
        self,
        info: RequestInfo,
        direction: Direction = Direction.DOWNSTREAM,
        first: int = 50,
        after: str | None = None,
    ) -> LineageConnection:
        """A page of links."""
        node = Node.of(AssetKey.parse(self.key))
        return lineage_page(info, Lineage(node, direction), first, after)

    input_ports: list[InputPort]
    output_ports: list[OutputPort]
    management_ports: list[ManagementPort]
    contracts: list[DataContract]


def product_of(row: AssetRow) -> DataProduct:
    """The product as the schema shows it; ports and contracts come from the stored summary."""
    product: Mapping[str, Any] = row.summary.get("product", {})
    contracts = [contract_of(one) for one in row.summary.get("contracts", ())]
    return DataProduct(
        key=str(row.key),
        domain=row.key.domain,
        name=row.key.name,
        title=row.title,
        description=row.description,
        owner=row.owner,
        steward=row.steward,
        status=row.status,
        version=row.version,
        row_version=row.row_version,
        tags=list(product.get("tags", ())),
        limitations=product.get("limitations", ""),
        versions=[version_of(one) for one in row.versions],
        input_ports=[_input_port(one) for one in product.get("input_ports", ())],
        output_ports=[_output_port(one, contracts) for one in product.get("output_ports", ())],
        management_ports=[_management_port(one) for one in product.get("management_ports", ())],
        contracts=contracts,
    )


def _input_port(plain: Mapping[str, Any]) -> InputPort:
    return InputPort(
        name=plain["name"], version=plain.get("version", ""), contract_id=plain.get("contract_id", "")
    )


def _output_port(plain: Mapping[str, Any], contracts: list[DataContract]) -> OutputPort:
    wanted = plain.get("contract_id", "")
    return OutputPort(
        name=plain["name"],
        version=plain.get("version", ""),
        type=plain.get("type", ""),
        description=plain.get("description", ""),
        contract=next((one for one in contracts if one.id == wanted), None),
    )


def _management_port(plain: Mapping[str, Any]) -> ManagementPort:
    return ManagementPort(**{name: plain.get(name, "") for name in ("name", "content", "type", "url")})
