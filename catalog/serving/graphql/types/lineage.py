"""Links of lineage as the schema shows them."""

import strawberry

from catalog.domain.lineage import LineageRole, Node, NodeKind
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.page import Connection, connection, page_size, read_cursor
from catalog.store.projections.lineage import Direction, Lineage, LineageRow


@strawberry.type(description="Something that numbers are made from, or are.")
class LineageNode:
    """`id` is `kind:name`, which `lineage` takes as its `node`."""

    id: str
    kind: NodeKind
    name: str


@strawberry.type(description="`downstream` is made from `upstream`, which does for it what `role` says.")
class LineageLink:
    """One edge of the graph."""

    downstream: LineageNode
    upstream: LineageNode
    role: LineageRole
    decides: bool = strawberry.field(
        description="False where the link is reached only over what a metric is grouped by."
    )


def lineage_page(
    info: RequestInfo, node: Node, direction: Direction, version: str, first: int, after: str | None
) -> Connection[LineageLink]:
    """A page of the links above or below a node; one statement."""
    listing = f"lineage/{direction}"
    projection = Lineage(node, direction, version, read_cursor(listing, after), page_size(first))
    return connection(listing, info.context.read(projection), first, lambda row: row.cursor, _link_of)


def _link_of(row: LineageRow) -> LineageLink:
    link = row.link
    return LineageLink(
        downstream=_node_of(link.downstream),
        upstream=_node_of(link.upstream),
        role=link.role,
        decides=row.decides,
    )


def _node_of(node: Node) -> LineageNode:
    return LineageNode(id=str(node), kind=node.kind, name=node.name)
