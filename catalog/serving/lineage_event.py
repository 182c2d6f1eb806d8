"""The OpenLineage event of a served metric, the same behind every door."""

from typing import Any

from catalog.access.actor import Actor
from catalog.access.decide import unseen
from catalog.bootstrap import Services
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lineage import Node
from catalog.lineage.openlineage import event_of
from catalog.store.projections.assets import Assets
from catalog.store.projections.lineage import Direction, Lineage


def lineage_event(key: AssetKey, actor: Actor, services: Services) -> dict[str, Any]:
    """The event of the version that is offered first; raises `NotFound` for what is not a served metric.

    The event is whole, whatever stands above the metric.
    """
    node = Node.of(key)
    with services.store.open(actor, read_only=True) as unit:
        found = unit.read(Assets(AssetKind.METRIC, domain=key.domain, name=key.name, limit=1))
        links = unit.read(Lineage(node, Direction.UPSTREAM, limit=0, most=0)) if found else ()
    if not found or key.kind is not AssetKind.METRIC:
        raise unseen(key)
    row = found[0]
    published_at = next(one.published_at for one in row.versions if one.version == row.version)
    return event_of(
        node,
        row.version,
        (one.link for one in links),
        published_at=published_at,
        description=row.description,
        owner=row.owner,
    )
