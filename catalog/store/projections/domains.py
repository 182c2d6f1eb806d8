"""Domains, and how much each offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from catalog.domain.identity import AssetKind
from catalog.store.projections.visibility import NOWHERE, shown_digest
from catalog.store.tables.assets import assets


@dataclass(frozen=True, slots=True)
class DomainRow:
    """A domain with the number of assets that can be seen in it; `name` is the cursor."""

    name: str
    data_products: int
    metrics: int


@dataclass(frozen=True, slots=True)
class Domains:
    """Domains with something to see, by name; `drafts_in` as for `Assets`."""

    drafts_in: frozenset[str] = NOWHERE
    after: str = ""
    limit: int = 100

    def statement(self) -> Select[Any]:
        """Assets that can be seen, counted by kind."""
        counts = (func.count().filter(assets.c.kind == kind).label(kind) for kind in AssetKind)
        return (
            select(assets.c.domain, *counts)
            .where(shown_digest(self.drafts_in).is_not(None), assets.c.domain > self.after)
            .group_by(assets.c.domain)
            .order_by(assets.c.domain)
            .limit(self.limit)
        )

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[DomainRow, ...]:
        """One domain per row."""
        return tuple(DomainRow(row.domain, row.data_product, row.metric) for row in rows)
