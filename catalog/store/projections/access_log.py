"""Who read what, for auditors: by asset, person, team, application and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, func, select

from catalog.domain.identity import AssetKey
from catalog.store.tables.logs import access_log, access_outcomes

_SAME_NAMES: Final = (
    "sequence",
    "at",
    "subject",
    "team",
    "application",
    "version",
    "decision_id",
    "allowed",
    "query",
)


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One read; `sequence` is the cursor.

    `rows` is None where an error, whose code is `fault`, ended the read, and where nobody knows what came of it,
    or not yet.
    """

    sequence: int
    at: datetime
    subject: str
    team: str
    application: str
    key: AssetKey
    version: str
    decision_id: str
    allowed: bool
    rows: int | None
    query: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Reads, newest first; `since` is part of the span, `until` is not."""

    key: AssetKey | None = None
    subject: str = ""
    team: str = ""
    application: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    limit: int = 50

    def statement(self) -> Select[Any]:
        """Filtered by equality and span, walked backwards."""
        table = access_log.c
        wanted = {
            "asset": "" if self.key is None else str(self.key),
            "subject": self.subject,
            "team": self.team,
            "application": self.application,
        }
        outcome = access_outcomes.c
        query = (
            select(
                access_log,
                func.coalesce(table.rows, outcome.rows).label("given"),
                func.coalesce(outcome.fault, "").label("fault"),
            )
            .outerjoin(access_outcomes, outcome.read == table.read)
            .order_by(table.sequence.desc())
            .limit(self.limit)
        )
        query = query.where(*(table[name] == value for name, value in wanted.items() if value))
        if self.since is not None:
            query = query.where(table.at >= self.since)
        if self.until is not None:
            query = query.where(table.at < self.until)
        return query.where(table.sequence < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[AccessRow, ...]:
        """One read per row."""
        return tuple(
            AccessRow(
                key=AssetKey.parse(row.asset),
                rows=row.given,
                fault=row.fault,
                **{name: getattr(row, name) for name in _SAME_NAMES},
            )
            for row in rows
        )
