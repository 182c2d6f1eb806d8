"""Drafts that wait: registered last, and not published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, and_, exists, select

from catalog.access.sign_off import SignOff
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.people import Role
from catalog.store.projections.visibility import NOWHERE, inside
from catalog.store.repositories.assets import is_asset
from catalog.store.tables.assets import assets, drafts, sign_offs, versions

_CARD = ("title", "description", "owner", "steward", "tier", "type")


@dataclass(frozen=True, slots=True)
class AwaitingRow:
    """A draft with the approvals that its very definition has."""

    cursor: str
    key: AssetKey
    row_version: int
    version: str
    digest: str
    definition_digest: str
    title: str
    description: str
    owner: str
    steward: str
    tier: str
    type: str
    registered_at: datetime
    registered_by: str
    sign_offs: tuple[SignOff, ...]


@dataclass(frozen=True, slots=True)
class AwaitingDrafts:
    """The latest draft of each asset in `drafts_in` (`*` for all) that is not published, newest first."""

    drafts_in: frozenset[str] = NOWHERE
    key: AssetKey | None = None
    after: str = ""
    limit: int = 50

    def statement(self) -> Select[Any]:
        """A page of drafts, joined with the approvals of each."""
        page = self._page().subquery("page")
        same = and_(
            sign_offs.c.asset_id == page.c.asset_id,
            sign_offs.c.definition_digest == page.c.definition_digest,
        )
        return (
            select(page, sign_offs.c.role, sign_offs.c.subject, sign_offs.c.at)
            .outerjoin(sign_offs, same)
            .order_by(page.c.id.desc(), sign_offs.c.at, sign_offs.c.role, sign_offs.c.subject)
        )

    def _page(self) -> Select[Any]:
        published = exists().where(
            versions.c.asset_id == drafts.c.asset_id, versions.c.digest == drafts.c.digest
        )
        named = ("id", "asset_id", "version", "digest", "definition_digest", "registered_at", "registered_by")
        query = (
            select(
                *(drafts.c[name] for name in (*named, *_CARD)),
                assets.c.kind,
                assets.c.domain,
                assets.c.name,
                assets.c.row_version,
            )
            .join(assets)
            .where(
                inside(assets.c.domain, self.drafts_in), drafts.c.digest == assets.c.draft_digest, ~published
            )
            .order_by(drafts.c.id.desc())
            .limit(self.limit)
        )
        if self.key is not None:
            query = query.where(is_asset(self.key))
        return query.where(drafts.c.id < self.after) if self.after else query

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[AwaitingRow, ...]:
        """Consecutive rows of one draft belong together."""
        return tuple(_draft(list(group)) for _, group in groupby(rows, key=lambda row: row.id))


def _draft(rows: list[Row[Any]]) -> AwaitingRow:
    first = rows[0]
    given = tuple(
        SignOff(Role(row.role), row.subject, row.definition_digest, row.at)
        for row in rows
        if row.role is not None
    )
    names = (
        "row_version",
        "version",
        "digest",
        "definition_digest",
        "registered_at",
        "registered_by",
        *_CARD,
    )
    return AwaitingRow(
        cursor=first.id,
        key=AssetKey(AssetKind(first.kind), first.domain, first.name),
        sign_offs=given,
        **{name: getattr(first, name) for name in names},
    )
