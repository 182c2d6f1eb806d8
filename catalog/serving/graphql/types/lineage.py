"""Links of lineage as the schema shows them."""

from dataclasses import replace

import strawberry

from catalog.domain.lineage import LineageRole, Node, NodeKind
from catalog.serving.graphql.request import RequestInfo
from catalog.serving.graphql.types.page import Connection, connection, page_size, read_cursor
from catalog.store.projections.lineage import Lineage, LineageRow


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


@strawberry.type(name="LineageLinkConnection", description="A page of a walk over lineage.")
class LineageConnection(Connection[LineageLink]):
    """A connection that says whether its walk came to an end."""

    truncated: bool = strawberry.field(
        description="True where there is more than was walked: ask for a node further on, or for less depth."
    )


def lineage_page(info: RequestInfo, asked: Lineage, first: int, after: str | None) -> LineageConnection:
    """A page of the links above or below a node; one statement."""
    listing = f"lineage/{asked.direction}"
    rows = info.context.read(replace(asked, after=read_cursor(listing, after), limit=page_size(first)))
    page = connection(listing, rows, first, lambda row: row.cursor, _link_of)
    truncated = any(row.truncated for row in rows)
    return LineageConnection(edges=page.edges, page_info=page.page_info, truncated=truncated)


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
