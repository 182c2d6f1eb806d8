"""Which columns a metric uses, and whether they decide its number or only split it."""

from collections.abc import Iterable, Mapping
from typing import Final

from catalog.domain.lineage import LineageRole, Link, Node, NodeKind

# The strongest role counts: what decides the number, before what places or splits it.
_STRENGTH: Final[Mapping[LineageRole, int]] = {
    role: rank
    for rank, role in enumerate((
        LineageRole.GROUP,
        LineageRole.TIME,
        LineageRole.PART,
        LineageRole.KEY,
        LineageRole.FILTER,
        LineageRole.VALUE,
    ))
}  # fmt: skip


def columns_used(links: Iterable[Link], start: Node) -> dict[Node, LineageRole]:
    """Every column above `start`, with the strongest role in which it is used.

    On the way the weakest link counts: the column of a dimension that is only grouped by only groups.
    """
    above: dict[Node, list[Link]] = {}
    for link in links:
        above.setdefault(link.downstream, []).append(link)
    reached = {start: LineageRole.VALUE}
    queue = [start]
    while queue:
        node = queue.pop()
        for link in above.get(node, ()):
            role = min(reached[node], link.role, key=_STRENGTH.__getitem__)
            known = reached.get(link.upstream)
            if known is None or _STRENGTH[role] > _STRENGTH[known]:
                reached[link.upstream] = role
                queue.append(link.upstream)
    return {node: role for node, role in sorted(reached.items()) if node.kind is NodeKind.COLUMN}
