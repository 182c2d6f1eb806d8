"""The links that products bring, in the words of their contracts."""

from catalog.domain.data_contract import DataContract, Property, SchemaObject
from catalog.domain.data_product import DataProduct, InputPort, OutputPort
from catalog.domain.draft import ProductContent
from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.lineage.graph import in_words_of_contracts, links_of_product

PART, VALUE = LineageRole.PART, LineageRole.VALUE


def test_columns_are_named_as_their_contract_does() -> None:
    item = SchemaObject("orders", "ORD_V1", properties=(Property("amount", physical_name="AMT"),))
    start, asked = Node(NodeKind.MEASURE, "sales.o.sum"), Node.column("sales.orders", "ord_v1", "amt")
    (named,) = in_words_of_contracts([Link(start, asked, VALUE)], {("sales.orders", "ord_v1"): item})
    assert named.upstream == Node.column("sales.orders", "orders", "AMT")
    (unknown,) = in_words_of_contracts([Link(start, asked, VALUE)], {})
    assert unknown.upstream == asked


def test_a_product_brings_its_columns_contracts_and_inputs() -> None:
    contract = DataContract(
        "c", "1", "v3.1.0", schema=(SchemaObject("orders", properties=(Property("id"),)),)
    )
    product = DataProduct(
        "p",
        "orders",
        "1.0.0",
        "v1.0.0",
        "sales",
        input_ports=(InputPort("raw", "1", "raw"), InputPort("unnamed")),
        output_ports=(OutputPort("orders", contract_id="c", input_contracts=(("raw", "1"), ("crm", "1"))),),
    )
    here, this = Node(NodeKind.DATA_PRODUCT, "sales.orders"), Node(NodeKind.CONTRACT, "c")
    assert links_of_product(ProductContent(product, (contract,))) == (
        Link(this, here, PART),
        Link(Node.column("sales.orders", "orders", "*"), this, PART),
        Link(Node.column("sales.orders", "orders", "id"), this, PART),
        Link(here, Node(NodeKind.CONTRACT, "raw"), VALUE),
        Link(here, Node(NodeKind.CONTRACT, "crm"), VALUE),
    )
