"""The audit log: as the chain stores it, and as people read it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select

from catalog.registry.ports import AuditRecord
from catalog.store.tables.logs import audit_head, audit_log

# Asked at every read: building it anew costs as much as running it.
_HEAD: Final = select(audit_head.c.sequence, audit_head.c.hash)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Audit records, newest first: of a target, an actor, an action; the cursor is `sequence`."""

    target: str = ""
    actor: str = ""
    action: str = ""
    after: int = 0
    limit: int = 50

    def statement(self) -> Select[Any]:
        """Filtered by equality, walked backwards."""
        query = select(audit_log).order_by(audit_log.c.sequence.desc()).limit(self.limit)
        for name in ("target", "actor", "action"):
            if wanted := getattr(self, name):
                query = query.where(audit_log.c[name] == wanted)
        return query.where(audit_log.c.sequence < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[AuditRecord, ...]:
        """One record per row."""
        return tuple(
            AuditRecord(
                sequence=row.sequence,
                at=datetime.fromisoformat(row.at),
                actor=row.actor,
                action=row.action,
                target=row.target,
                detail=json.loads(row.detail),
                hash=row.hash,
            )
            for row in rows
        )


@dataclass(frozen=True, slots=True)
class Links:
    """The links of the chain as they are stored, oldest first."""

    after: int
    limit: int

    def statement(self) -> Select[Any]:
        """Walked forwards."""
        following = audit_log.c.sequence > self.after
        return select(audit_log).where(following).order_by(audit_log.c.sequence).limit(self.limit)

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[Row[Any], ...]:
        """The rows untouched."""
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class Head:
    """Sequence and hash at which the chain ends."""

    def statement(self) -> Select[Any]:
        """The only row."""
        return _HEAD

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[tuple[int, str], ...]:
        """One pair."""
        return tuple((row.sequence, row.hash) for row in rows)
