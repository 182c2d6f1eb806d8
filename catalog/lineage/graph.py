"""The links of the graph that an asset brings with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from catalog.domain.data_contract import DataContract, SchemaObject
from catalog.domain.data_product import DataProduct
from catalog.domain.draft import ProductContent
from catalog.domain.lineage import EVERY_ROW, LineageRole, Link, Node, NodeKind

PART, VALUE = LineageRole.PART, LineageRole.VALUE


def links_of_product(content: ProductContent) -> tuple[Link, ...]:
    """Columns belong to contracts, contracts to the product, the product is made from its input contracts.

    Each object also has the column `*`, which stands for its rows.
    """
    product = content.product
    return tuple(dict.fromkeys([*_offered(product, content.contracts), *_inputs(product)]))


def in_words_of_contracts(
    links: Iterable[Link], objects: Mapping[tuple[str, str], SchemaObject]
) -> tuple[Link, ...]:
    """The links with each column as its contract spells it, where `objects` has its product and relation.

    SQL takes a column in any case and a relation by its physical name; in the graph each has one name.
    """
    known = {
        (*name, column.column.casefold()): Node.column(name[0], item.name, column.column)
        for name, item in objects.items()
        for column in item.properties
    }
    known |= {
        (*name, EVERY_ROW): Node.column(name[0], item.name, EVERY_ROW) for name, item in objects.items()
    }

    def named(node: Node) -> Node:
        if node.kind is not NodeKind.COLUMN:
            return node
        product, relation, column = node.name.split("/", 2)
        return known.get((product, relation, column.casefold()), node)

    return tuple(
        replace(one, downstream=named(one.downstream), upstream=named(one.upstream)) for one in links
    )


def _offered(product: DataProduct, contracts: Iterable[DataContract]) -> Iterator[Link]:
    here, name = Node.of(product.key), product.key.qualified_name
    for contract in contracts:
        this = Node(NodeKind.CONTRACT, contract.id)
        yield Link(this, here, PART)
        for item in contract.schema:
            yield Link(Node.column(name, item.name, EVERY_ROW), this, PART)
            for column in item.properties:
                yield Link(Node.column(name, item.name, column.column), this, PART)


def _inputs(product: DataProduct) -> Iterator[Link]:
    here = Node.of(product.key)
    ids = [port.contract_id for port in product.input_ports]
    ids += [one for port in product.output_ports for one, _ in port.input_contracts]
    for one in filter(None, ids):
        yield Link(here, Node(NodeKind.CONTRACT, one), VALUE)
