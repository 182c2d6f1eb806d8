"""What of an asset can be seen: what is served by everyone, the rest in the domains that the caller names."""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, case, func, or_, select, true

from catalog.access.actor import EVERYWHERE
from catalog.domain.lifecycle import Status
from catalog.store.repositories.versions import SERVED
from catalog.store.tables import assets, drafts, versions

NOWHERE: Final[frozenset[str]] = frozenset()


def inside(domain: ColumnElement[str], domains: frozenset[str]) -> ColumnElement[bool]:
    """Whether the domain is one of these; `*` is all of them."""
    return true() if EVERYWHERE in domains else domain.in_(domains)


def best_first(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Versions in the order in which they are offered: active, deprecated, retired; then newest by semver."""
    standing = case({Status.ACTIVE: 0, Status.DEPRECATED: 1}, value=table.c.status, else_=2)
    return standing, table.c.precedence.desc()


def served_version(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A column of the version that the asset offers first, NULL where it serves none."""
    served = select(column).where(versions.c.asset_id == assets.c.id, versions.c.status.in_(SERVED))
    return served.order_by(*best_first(versions)).limit(1).correlate(assets).scalar_subquery()


def latest_draft() -> ScalarSelect[Any]:
    """The digest of the draft registered last."""
    newest = select(drafts.c.digest).where(drafts.c.asset_id == assets.c.id)
    return newest.order_by(drafts.c.revision.desc()).limit(1).correlate(assets).scalar_subquery()


def shown_digest(drafts_in: frozenset[str]) -> ColumnElement[Any]:
    """The content that stands for the asset: what it serves, else its latest draft where that may be seen."""
    served = served_version(versions.c.digest)
    if not drafts_in:
        return served
    draft = case((inside(assets.c.domain, drafts_in), latest_draft()))
    return func.coalesce(served, draft)


def seen_versions(asset: FromClause, drafts_in: frozenset[str]) -> ColumnElement[bool]:
    """Versions that may be seen: served ones, and all of them where drafts may be seen."""
    return or_(versions.c.status.in_(SERVED), inside(asset.c.domain, drafts_in))
