"""Who read what: appended by every door, and the source of who consumes an asset."""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import func, insert, select

from catalog.access.access_event import AccessEvent, ReadOutcome
from catalog.domain.identity import AssetKey
from catalog.registry.compatibility import Consumer
from catalog.store.tables.logs import access_log, access_outcomes
from catalog.store.transaction import Transaction

_ADD: Final = insert(access_log)
_ADD_OUTCOME: Final = insert(access_outcomes)


class AccessLog:
    """Appends reads; a log of its own, so no audit row is asked for."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def append(self, events: Iterable[AccessEvent]) -> None:
        """Add the events in order."""
        rows = [
            {
                "at": event.at,
                "subject": event.actor.subject,
                "team": event.actor.team,
                "application": event.actor.application,
                "asset": str(event.key),
                "version": event.version,
                "decision_id": event.decision_id,
                "allowed": event.allowed,
                "rows": event.rows,
                "query": dict(event.query),
                "read": event.read,
            }
            for event in events
        ]
        if rows:
            self._transaction.write(_ADD, rows)

    def settle(self, outcomes: Iterable[ReadOutcome]) -> None:
        """Add what came of reads that are in the log, once for each read."""
        rows = [{"read": one.read, "at": one.at, "rows": one.rows, "fault": one.fault} for one in outcomes]
        if rows:
            self._transaction.write(_ADD_OUTCOME, rows)

    def consumers(self, keys: Collection[AssetKey]) -> dict[AssetKey, tuple[Consumer, ...]]:
        """Who was allowed to read each of the assets, most reads first; an asset that nobody read is left out."""
        reads = func.count().label("reads")
        by = (access_log.c.asset, access_log.c.team, access_log.c.application)
        statement = (
            select(*by, reads)
            .where(access_log.c.asset.in_(map(str, keys)), access_log.c.allowed.is_(True))
            .group_by(*by)
            .order_by(reads.desc(), *by)
        )
        found: dict[AssetKey, tuple[Consumer, ...]] = {}
        for row in self._transaction.rows(statement) if keys else ():
            key = AssetKey.parse(row.asset)
            found[key] = (*found.get(key, ()), Consumer(row.team, row.application, row.reads))
        return found
