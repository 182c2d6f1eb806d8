"""What changes in a data product: its ports, and the contracts behind them."""

from collections.abc import Iterator, Mapping, Sequence

from catalog.domain.data_contract import DataContract, SchemaObject, Server
from catalog.domain.data_product import DataProduct, OutputPort
from catalog.domain.draft import ProductContent
from catalog.registry.canonical import canonical
from catalog.registry.column_changes import ADDITION, BREAKING, EDITORIAL, column_changes
from catalog.registry.compatibility import Change
from catalog.registry.pairing import name_likeness, pair
from catalog.registry.sla_changes import sla_changes


def product_changes(old: ProductContent, new: ProductContent) -> Iterator[Change]:
    """Every change that a consumer of the product may notice, port by port."""
    before, after = {one.id: one for one in old.contracts}, {one.id: one for one in new.contracts}
    ports = pair(old.product.output_ports, new.product.output_ports, _port_key, _port_likeness)
    seen: set[tuple[str, str]] = set()
    for one, other in (*ports.kept, *ports.renamed):
        yield from _port_changes(one, other)
        contracts = (one.contract_id, other.contract_id)
        if contracts not in seen:
            seen.add(contracts)
            yield from _behind_port(before, after, contracts)
    for port in ports.removed:
        yield Change(BREAKING, f"/outputPorts/{port.name}", f"output port {port.name} is gone")
    for port in ports.added:
        yield Change(ADDITION, f"/outputPorts/{port.name}", f"output port {port.name} is new")
    yield from _product_facts(old.product, new.product)


def _port_key(port: OutputPort) -> str:
    return f"{port.name}@{port.version}"


def _port_likeness(old: OutputPort, new: OutputPort) -> float:
    """The same port moved on, or the same contract under another name."""
    if old.name == new.name:
        return 1.0
    return 0.8 if old.contract_id and old.contract_id == new.contract_id else 0.0


def _port_changes(old: OutputPort, new: OutputPort) -> Iterator[Change]:
    path = f"/outputPorts/{old.name}"
    if old.name != new.name:
        yield Change(BREAKING, path, f"output port {old.name} is now called {new.name}")
    if old.type != new.type and old.type:
        yield Change(BREAKING, path, f"output port {old.name} turns from {old.type} into {new.type or 'any'}")
    if old.input_contracts != new.input_contracts:
        yield Change(ADDITION, path, f"output port {old.name} is made from other contracts")


def _behind_port(
    before: Mapping[str, DataContract], after: Mapping[str, DataContract], contracts: tuple[str, str]
) -> Iterator[Change]:
    old, new = before.get(contracts[0]), after.get(contracts[1])
    if old is not None and new is not None:
        yield from _contract_changes(old, new)
    elif old is not None:
        yield Change(BREAKING, f"/contracts/{old.id}", f"contract {old.id} is no longer promised")
    elif new is not None:
        yield Change(ADDITION, f"/contracts/{new.id}", f"contract {new.id} is now promised")


def _product_facts(old: DataProduct, new: DataProduct) -> Iterator[Change]:
    if old.limitations != new.limitations:
        yield Change(ADDITION, "/description/limitations", "the known limitations change")
    if canonical(old.input_ports) != canonical(new.input_ports):
        yield Change(ADDITION, "/inputPorts", "the product is made from other inputs")


def _contract_changes(old: DataContract, new: DataContract) -> Iterator[Change]:
    path = f"/contracts/{new.id}"
    pairs = pair(old.schema, new.schema, lambda one: one.name, _object_likeness)
    for before, after in pairs.kept:
        yield from _object_changes(before, after, f"{path}/schema/{before.name}")
    for before, after in pairs.renamed:
        place = f"{path}/schema/{before.name}"
        yield Change(BREAKING, place, f"{before.name} is now called {after.name}")
        yield from _object_changes(before, after, f"{path}/schema/{after.name}")
    for item in pairs.removed:
        yield Change(BREAKING, f"{path}/schema/{item.name}", f"{item.name} is gone")
    for item in pairs.added:
        yield Change(ADDITION, f"{path}/schema/{item.name}", f"{item.name} is new")
    yield from sla_changes(old.sla, new.sla, f"{path}/slaProperties")
    yield from _server_changes(old.servers, new.servers, f"{path}/servers")
    if (old.usage, old.limitations) != (new.usage, new.limitations):
        yield Change(ADDITION, f"{path}/description", f"usage or limitations of {new.id} change")


def _object_likeness(old: SchemaObject, new: SchemaObject) -> float:
    """The same table under another name: the same place, or mostly the same columns."""
    if old.physical_name and old.physical_name == new.physical_name:
        return 1.0
    before, after = {one.name for one in old.properties}, {one.name for one in new.properties}
    common = len(before & after) / max(len(before | after), 1)
    return 0.8 * common + 0.2 * name_likeness(old.name, new.name)


def _object_changes(old: SchemaObject, new: SchemaObject, path: str) -> Iterator[Change]:
    if old.physical_name and old.physical_name != new.physical_name:
        where = new.physical_name or new.name
        yield Change(BREAKING, path, f"{old.name} lies at {where}, no longer at {old.physical_name}")
    yield from row_changes(old, new, path)
    if canonical(_rules(old)) != canonical(_rules(new)):
        yield Change(ADDITION, path, f"the quality rules of {old.name} change")
    if old.description != new.description:
        yield Change(EDITORIAL, path, f"the description of {old.name} changes")
    yield from column_changes(old.properties, new.properties, f"{path}/properties")


def row_changes(old: SchemaObject, new: SchemaObject, path: str) -> Iterator[Change]:
    """What changes in the meaning of a row: its key, and what it stands for."""
    if _primary_key(old) != _primary_key(new):
        keys = ", ".join(_primary_key(old)) or "none", ", ".join(_primary_key(new)) or "none"
        kind = BREAKING if _primary_key(old) else ADDITION
        yield Change(kind, path, f"the primary key of {old.name} goes from {keys[0]} to {keys[1]}")
    if old.granularity != new.granularity and old.granularity:
        yield Change(BREAKING, path, f"a row of {old.name} means something else")


def _primary_key(item: SchemaObject) -> tuple[str, ...]:
    keyed = [one for one in item.properties if one.primary_key]
    return tuple(one.name for one in sorted(keyed, key=lambda one: one.primary_key_position))


def _rules(item: SchemaObject) -> list[object]:
    return [*item.quality, *((one.name, one.quality) for one in item.properties if one.quality)]


def _server_changes(old: Sequence[Server], new: Sequence[Server], path: str) -> Iterator[Change]:
    after = {one.name: one for one in new}
    before = {one.name for one in old}
    for server in old:
        moved = after.get(server.name)
        if moved is None:
            yield Change(BREAKING, f"{path}/{server.name}", f"server {server.name} is gone")
        elif (server.type, canonical(server.options)) != (moved.type, canonical(moved.options)):
            yield Change(BREAKING, f"{path}/{server.name}", f"server {server.name} lies elsewhere")
    for name in (one.name for one in new if one.name not in before):
        yield Change(ADDITION, f"{path}/{name}", f"server {name} is new")
