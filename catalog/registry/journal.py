"""What happened is written for those who verify and for those who wait: audit and outbox, together."""

from catalog.domain.event import Event
from catalog.registry.ports import UnitOfWork


def tell(unit: UnitOfWork, event: Event) -> None:
    """Append the event to the audit chain and to the outbox, in the unit's transaction."""
    unit.record(str(event.type), event.subject, {"version": event.version, **event.detail})
    unit.emit(event)
