"""The outbox: events leave in the order in which their changes were committed, at least once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from catalog.domain.event import Event, EventType
from catalog.domain.identity import AssetKey
from catalog.store.tables.logs import outbox
from catalog.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event with its place in the order; receivers recognise a repetition by `sequence`."""

    sequence: int
    at: datetime
    event: Event


class Outbox:
    """What is still to be delivered; marking as delivered needs no audit row."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def pending(self, limit: int = 100) -> tuple[Outgoing, ...]:
        """The oldest events that were not delivered."""
        statement = (
            select(outbox).where(outbox.c.delivered.is_(False)).order_by(outbox.c.sequence).limit(limit)
        )
        return tuple(
            Outgoing(
                row.sequence,
                row.at,
                Event(
                    EventType(row.type),
                    AssetKey.parse(row.asset) if row.asset else None,
                    row.version,
                    row.detail,
                ),
            )
            for row in self._transaction.rows(statement)
        )

    def delivered(self, sequences: Iterable[int]) -> None:
        """Mark events as delivered."""
        self._transaction.write(
            update(outbox).where(outbox.c.sequence.in_(list(sequences))).values(delivered=True)
        )


def append(transaction: Transaction, events: Sequence[Event], at: datetime) -> None:
    """Add events; called while the audit head is held, so that their order is the order of commits."""
    rows = [
        {
            "at": at,
            "type": event.type,
            "asset": str(event.key) if event.key else "",
            "version": event.version,
            "detail": dict(event.detail),
        }
        for event in events
    ]
    transaction.write(insert(outbox), rows)
