"""Lineage is stored with its version and walked both ways by one statement, on both databases."""

from collections.abc import Sequence

from ports.store_examples import ANA, BEN, metric_draft, product_draft, statements, write_publication

from catalog.domain.draft import Draft
from catalog.domain.lifecycle import Status
from catalog.domain.lineage import LineageRole, Link, Node, NodeKind
from catalog.store.projections.lineage import Direction, Lineage, LineageRow
from catalog.store.unit_of_work import Store

FILTER, GROUP, PART, VALUE = LineageRole.FILTER, LineageRole.GROUP, LineageRole.PART, LineageRole.VALUE
GMV, NET = Node(NodeKind.METRIC, "sales.gmv"), Node(NodeKind.METRIC, "sales.net")
ORDERS, RAW = Node(NodeKind.DATA_PRODUCT, "sales.orders"), Node(NodeKind.DATA_PRODUCT, "sales.raw")
CONTRACT, RAW_CONTRACT = Node(NodeKind.CONTRACT, "orders: v1/ä"), Node(NodeKind.CONTRACT, "raw")
AMOUNT, STATUS = (
    Node.column("sales.orders", "orders", "amount"),
    Node.column("sales.orders", "orders", "status"),
)
SUM, STATE = Node(NodeKind.MEASURE, "sales.o.sum"), Node(NodeKind.DIMENSION, "sales.o.state")

OF_RAW = (Link(RAW_CONTRACT, RAW, PART),)
OF_ORDERS = (
    Link(CONTRACT, ORDERS, PART),
    Link(AMOUNT, CONTRACT, PART),
    Link(STATUS, CONTRACT, PART),
    Link(ORDERS, RAW_CONTRACT, VALUE),
)
OF_GMV = (
    Link(GMV, SUM, VALUE),
    Link(SUM, AMOUNT, VALUE),
    Link(GMV, STATE, GROUP),
    Link(STATE, STATUS, VALUE),
)
OF_NET = (Link(NET, GMV, VALUE), Link(GMV, SUM, VALUE), Link(SUM, AMOUNT, VALUE), Link(NET, STATE, FILTER))


def put(store: Store, draft: Draft, links: Sequence[Link], **changes: object) -> None:
    with store.open(ANA) as unit:
        write_publication(unit, draft, **changes)
        unit.add_lineage(draft.key, draft.version, links)
        unit.commit()


def mesh(store: Store) -> None:
    put(store, product_draft("raw"), OF_RAW)
    put(store, product_draft(), OF_ORDERS)
    put(store, metric_draft(), OF_GMV)
    put(store, metric_draft("net"), (*OF_NET, Link(STATE, STATUS, VALUE)))


def walk(store: Store, node: Node, direction: Direction, **more: object) -> tuple[LineageRow, ...]:
    return store.read(BEN, Lineage(node, direction, **more))  # type: ignore[arg-type]


def links(rows: Sequence[LineageRow]) -> set[Link]:
    return {row.link for row in rows}


def test_a_metric_is_walked_up_to_the_products_behind_its_products(store: Store) -> None:
    mesh(store)
    assert links(walk(store, GMV, Direction.UPSTREAM)) == {*OF_GMV, *OF_ORDERS, *OF_RAW}
    assert links(walk(store, NET, Direction.UPSTREAM)) == {
        *OF_NET,
        Link(STATE, STATUS, VALUE),
        *OF_ORDERS,
        *OF_RAW,
    }


def test_everything_below_a_column_a_contract_a_product_and_a_metric_is_found(store: Store) -> None:
    mesh(store)
    metrics = {GMV, NET}
    for node in (AMOUNT, STATUS, CONTRACT, ORDERS, RAW_CONTRACT, RAW):
        found = links(walk(store, node, Direction.DOWNSTREAM))
        assert metrics <= {link.downstream for link in found}, node
    assert links(walk(store, GMV, Direction.DOWNSTREAM)) == {OF_NET[0]}


def test_what_is_only_grouped_by_does_not_decide(store: Store) -> None:
    mesh(store)
    found = {row.link: row.decides for row in walk(store, STATUS, Direction.DOWNSTREAM)}
    assert found[Link(GMV, STATE, GROUP)] is False
    assert found[Link(NET, STATE, FILTER)] is True


def test_parts_of_one_version_are_not_taken_for_those_of_another(store: Store) -> None:
    """Net still sums the amount of the first version when the metric itself has moved on to another column."""
    mesh(store)
    put(store, metric_draft(version="2.0.0"), (Link(GMV, SUM, VALUE), Link(SUM, STATUS, VALUE)))
    assert Link(SUM, AMOUNT, VALUE) not in links(walk(store, GMV, Direction.UPSTREAM))
    assert Link(SUM, AMOUNT, VALUE) in links(walk(store, GMV, Direction.UPSTREAM, version="1.0.0"))
    assert Link(SUM, STATUS, VALUE) not in links(walk(store, NET, Direction.UPSTREAM))
    assert {row.link.downstream for row in walk(store, STATUS, Direction.DOWNSTREAM)} >= {GMV, STATE}


def test_what_is_not_served_and_what_is_unknown_look_the_same(store: Store) -> None:
    put(store, metric_draft(), OF_GMV, status=Status.RETIRED)
    assert walk(store, GMV, Direction.UPSTREAM) == walk(store, NET, Direction.UPSTREAM) == ()
    assert walk(store, GMV, Direction.UPSTREAM, version="1.0.0") == ()
    assert walk(store, AMOUNT, Direction.DOWNSTREAM) == ()


def test_pages_hold_every_link_once_in_an_order_that_stays(store: Store) -> None:
    mesh(store)
    whole = walk(store, RAW, Direction.DOWNSTREAM)
    paged: list[LineageRow] = []
    while page := walk(store, RAW, Direction.DOWNSTREAM, limit=2, after=paged[-1].cursor if paged else ""):
        paged += page
    assert tuple(paged) == whole
    assert len(links(paged)) == len(paged) > 4


def test_a_circle_of_products_ends(store: Store) -> None:
    put(store, product_draft("raw"), (*OF_RAW, Link(RAW, CONTRACT, VALUE)))
    put(store, product_draft(), OF_ORDERS)
    circle = links(walk(store, ORDERS, Direction.UPSTREAM))
    assert circle == {OF_ORDERS[0], OF_ORDERS[3], *OF_RAW, Link(RAW, CONTRACT, VALUE)}


def test_a_walk_is_one_statement_however_deep(store: Store) -> None:
    mesh(store)
    for node in (NET, RAW):
        for direction in Direction:
            with statements(store) as seen:
                walk(store, node, direction)
            assert len(seen) == 1
