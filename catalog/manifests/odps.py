"""Data products: ODPS 0.9 and 1.0 as domain objects. The document has passed its JSON Schema."""

from catalog.domain.data_product import DataProduct, InputPort, ManagementPort, OutputPort
from catalog.domain.governance import Governance
from catalog.manifests.element import Element
from catalog.manifests.odcs import support, team
from catalog.manifests.yaml_document import YamlDocument


def data_product(document: YamlDocument) -> DataProduct:
    """The product a document declares; unknown fields stay in the document alone."""
    root = Element.root(document)
    description = root.element("description")
    return DataProduct(
        id=root.text("id"),
        name=root.text("name"),
        version=root.text("version"),
        api_version=root.text("apiVersion"),
        domain=root.text("domain"),
        status=root.text("status"),
        purpose=description.text("purpose"),
        limitations=description.text("limitations"),
        usage=description.text("usage"),
        tags=root.texts("tags"),
        input_ports=tuple(_input_port(item) for item in root.elements("inputPorts")),
        output_ports=tuple(_output_port(item) for item in root.elements("outputPorts")),
        management_ports=tuple(_management_port(item) for item in root.elements("managementPorts")),
        support=support(root),
        team=team(root),
        governance=Governance.from_properties(root.custom),
        place=root.place,
    )


def _input_port(item: Element) -> InputPort:
    return InputPort(
        name=item.text("name"),
        version=item.text("version"),
        contract_id=item.text("contractId"),
        tags=item.texts("tags"),
        custom=item.custom,
        place=item.place,
    )


def _output_port(item: Element) -> OutputPort:
    return OutputPort(
        name=item.text("name"),
        version=item.text("version"),
        contract_id=item.text("contractId"),
        type=item.text("type"),
        description=item.text("description"),
        input_contracts=tuple(
            (one.text("id"), one.text("version")) for one in item.elements("inputContracts")
        ),
        tags=item.texts("tags"),
        custom=item.custom,
        place=item.place,
    )


def _management_port(item: Element) -> ManagementPort:
    return ManagementPort(
        name=item.text("name"),
        content=item.text("content"),
        type=item.text("type", "rest"),
        url=item.text("url"),
        place=item.place,
    )
