"""Lineage is stored with its version and walked both ways by one statement, on both databases."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from ports.store_examples import ANA, BEN, metric_draft, product_draft, statements, write_publication

from catalog.domain.draft import Draft
from catalog.domain.errors import UsageError
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


def naive(
    given: Sequence[Link], start: Node, direction: Direction, depth: int
) -> dict[Link, tuple[int, bool]]:
    """Each link with how far it is, and whether some way to it (of at most `depth` links) decides."""
    found: dict[Link, tuple[int, bool]] = {}
    states = {(start, True)}
    for distance in range(1, depth + 1):
        following = set(states)
        for link in given:
            near, far = (
                (link.upstream, link.downstream)
                if direction is Direction.DOWNSTREAM
                else (link.downstream, link.upstream)
            )
            for decides in (True, False):
                if (near, decides) in states:
                    now = decides and link.role is not GROUP
                    before = found.get(link, (distance, False))
                    found[link] = (before[0], before[1] or now)
                    following.add((far, now))
        states = following
    return found


@pytest.mark.parametrize("seed", range(6))
def test_walks_over_random_graphs_with_circles_are_those_of_a_naive_walk(store: Store, seed: int) -> None:
    random = Random(seed)
    nodes = [Node(NodeKind.CONTRACT, f"c{number}") for number in range(12)]
    given = [
        Link(random.choice(nodes), random.choice(nodes), random.choice([GROUP, VALUE, FILTER]))
        for _ in range(random.randrange(8, 30))
    ]
    half = len(given) // 2
    put(store, product_draft("raw"), list(dict.fromkeys(given[:half])))
    put(store, product_draft(), list(dict.fromkeys(given[half:])))
    for start, direction in ((one, way) for one in nodes[:4] for way in Direction):
        for depth in (0, 1, 2, 4):
            wanted = naive(given, start, direction, depth or 2 * len(nodes))
            found = walk(store, start, direction, depth=depth, limit=0)
            assert {row.link: row.decides for row in found} == {
                link: decides for link, (_, decides) in wanted.items()
            }
            assert not any(row.truncated for row in found)


def test_a_walk_that_ends_too_early_says_so_and_holds_the_nearest_links(store: Store) -> None:
    chain = [Node(NodeKind.CONTRACT, f"c{number:03}") for number in range(120)]
    every = [Link(one, other, VALUE) for other, one in pairwise(chain)]
    put(store, product_draft("raw"), every)
    for most in (1, 7, 118):
        found = walk(store, chain[0], Direction.DOWNSTREAM, limit=0, most=most)
        assert links(found) == set(every[: most + 1])
        assert all(row.truncated for row in found)
    for most in (0, 119, 500):
        found = walk(store, chain[0], Direction.DOWNSTREAM, limit=0, most=most)
        assert links(found) == set(every)
        assert not any(row.truncated for row in found)
    assert all(row.truncated for row in walk(store, chain[0], Direction.DOWNSTREAM, limit=2, most=50))


def test_a_depth_that_is_none_is_refused() -> None:
    for depth in (-1, 101):
        with pytest.raises(UsageError, match="depth"):
            Lineage(GMV, Direction.UPSTREAM, depth=depth)


def test_a_walk_is_one_statement_however_deep(store: Store) -> None:
    mesh(store)
    for node in (NET, RAW):
        for direction in Direction:
            with statements(store) as seen:
                walk(store, node, direction)
            assert len(seen) == 1
