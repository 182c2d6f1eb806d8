"""Lets the metrics over a product stand anew when its served versions change, in the change's own transaction."""

from collections.abc import Sequence

from catalog.domain.draft import MetricContent
from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.standing import Standing
from catalog.publishing.facts import past_of
from catalog.publishing.ports import Gate
from catalog.publishing.standing import Past, Standings
from catalog.registry.journal import tell
from catalog.registry.ports import UnitOfWork
from catalog.registry.served import Served


def stand_anew(key: AssetKey, unit: UnitOfWork, gate: Gate) -> None:
    """Store how each served metric that reads the product stands now; nothing for a metric's key.

    A metric that loses its number, or has it again, is told to consumers; its version does not change.
    """
    if key.kind is not AssetKind.DATA_PRODUCT:
        return
    served = gate.served.of(unit)
    for one, before, after in standings_over(key, served, past_of(served, unit)):
        unit.versions.stand(one.draft.key, one.draft.version, after)
        if before.valid != after.valid:
            type_ = EventType.RESTORED if after.valid else EventType.INVALIDATED
            lost = [column.reason for source in after.sources for column in source.lost]
            detail = {"because": str(key), "reasons": list(dict.fromkeys(lost))}
            tell(unit, Event(type_, one.draft.key, one.draft.version, detail))


def standings_over(
    key: AssetKey, served: Sequence[Served], past: Past
) -> tuple[tuple[Served, Standing, Standing], ...]:
    """The served metrics over the product that would stand otherwise in this mesh: metric, before, after."""
    standings = Standings.over(served, past)
    found = []
    for one in served:
        content = one.draft.content
        if isinstance(content, MetricContent) and key.qualified_name in content.closure.products:
            after = standings.of(one.draft, one.standing)
            if one.standing is None or after != one.standing:
                found.append((one, one.standing or after, after))
    return tuple(found)
