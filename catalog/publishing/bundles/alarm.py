"""Tells of what went wrong with policies outside of any use case."""

from catalog.access.actor import Actor
from catalog.domain.event import Event
from catalog.registry.journal import tell
from catalog.registry.ports import OpenUnit


def sound(event: Event, actor: Actor, open_unit: OpenUnit) -> None:
    """Commit the event alone, with its audit row."""
    with open_unit(actor) as unit:
        tell(unit, event)
        unit.commit()
