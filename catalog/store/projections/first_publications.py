"""When assets were first published, in whatever version and whatever became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from catalog.domain.identity import AssetKey, AssetKind
from catalog.store.tables.assets import assets, versions


@dataclass(frozen=True, slots=True)
class FirstPublication:
    """An asset that was published, and when that was first."""

    cursor: str
    key: AssetKey
    at: datetime


@dataclass(frozen=True, slots=True)
class FirstPublications:
    """Every asset that ever had a version, in the order of their ids. `domains` None means all of them."""

    domains: frozenset[str] | None = None
    after: str = ""
    limit: int = 500

    def statement(self) -> Select[Any]:
        """A page of assets."""
        key = (assets.c.id, assets.c.kind, assets.c.domain, assets.c.name)
        query = (
            select(*key, func.min(versions.c.published_at).label("at"))
            .join(versions, versions.c.asset_id == assets.c.id)
            .where(assets.c.id > self.after)
            .group_by(*key)
            .order_by(assets.c.id)
            .limit(self.limit)
        )
        return query if self.domains is None else query.where(assets.c.domain.in_(self.domains))

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[FirstPublication, ...]:
        """One asset per row."""
        return tuple(
            FirstPublication(row.id, AssetKey(AssetKind(row.kind), row.domain, row.name), row.at)
            for row in rows
        )
