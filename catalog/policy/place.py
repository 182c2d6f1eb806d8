"""From a violation's JSON pointer back to the line that its author wrote."""

from collections.abc import Iterator, Mapping

from catalog.domain.data_contract import DataContract
from catalog.domain.draft import Draft, ProductContent
from catalog.domain.finding import NOWHERE, Place
from catalog.policy.mesh import checks_of, columns_of


def places_of(draft: Draft) -> dict[str, Place]:
    """The place of every element of the view that stands in a document, by its pointer; "" is the asset's."""
    content = draft.content
    if not isinstance(content, ProductContent):
        return {"": content.metric.place}
    product = content.product
    places = {"": product.place}
    places |= {f"/product/inputPorts/{at}": port.place for at, port in enumerate(product.input_ports)}
    places |= {f"/product/outputPorts/{at}": port.place for at, port in enumerate(product.output_ports)}
    places |= {
        f"/product/managementPorts/{at}": port.place for at, port in enumerate(product.management_ports)
    }
    for index, contract in enumerate(content.contracts):
        places |= dict(_in_contract(f"/contracts/{index}", contract))
    return places


def place_at(places: Mapping[str, Place], pointer: str) -> Place:
    """The place of the element, of its nearest ancestor where it has none."""
    while places.get(pointer, NOWHERE) == NOWHERE and pointer:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer, NOWHERE)


def _in_contract(path: str, contract: DataContract) -> Iterator[tuple[str, Place]]:
    yield path, contract.place
    for index, server in enumerate(contract.servers):
        yield f"{path}/servers/{index}", server.place
    for index, level in enumerate(contract.sla):
        yield f"{path}/sla/{index}", level.place
    for index, item in enumerate(contract.schema):
        yield f"{path}/objects/{index}", item.place
    for index, check in enumerate(checks_of(contract)):
        yield f"{path}/quality/{index}", check.place
    for index, (_, _, column) in enumerate(columns_of(contract)):
        yield f"{path}/columns/{index}", column.place
