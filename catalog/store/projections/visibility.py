"""What of an asset can be seen: what is served by everyone, the rest in the domains that the caller names."""

from typing import Final

from sqlalchemy import ColumnElement, FromClause, case, func, or_, true

from catalog.access.actor import EVERYWHERE
from catalog.store.repositories.assets import SERVED
from catalog.store.tables.assets import assets, versions

NOWHERE: Final[frozenset[str]] = frozenset()


def inside(domain: ColumnElement[str], domains: frozenset[str]) -> ColumnElement[bool]:
    """Whether the domain is one of these; `*` is all of them."""
    return true() if EVERYWHERE in domains else domain.in_(domains)


def shown_digest(drafts_in: frozenset[str]) -> ColumnElement[str | None]:
    """The content that stands for the asset: what it serves, else its latest draft where that may be seen."""
    if not drafts_in:
        return assets.c.served_digest
    draft = case((inside(assets.c.domain, drafts_in), assets.c.draft_digest))
    return func.coalesce(assets.c.served_digest, draft)


def seen_versions(asset: FromClause, drafts_in: frozenset[str]) -> ColumnElement[bool]:
    """Versions that may be seen: served ones, and all of them where drafts may be seen."""
    return or_(versions.c.status.in_(SERVED), inside(asset.c.domain, drafts_in))
