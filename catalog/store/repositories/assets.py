"""Assets: the key that never changes and the row version that every change advances."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from uuid_utils import uuid7

from catalog.domain.errors import StaleRowVersion
from catalog.domain.identity import AssetKey
from catalog.domain.lifecycle import Status, is_served
from catalog.store.tables import assets, versions
from catalog.store.transaction import Transaction

SERVED: Final = tuple(status.value for status in Status if is_served(status))


class Assets:
    """Finds, makes and advances assets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._claimed: dict[AssetKey, str] = {}

    def row_version(self, key: AssetKey) -> int:
        """0 where the asset is unknown."""
        found = self._transaction.first(select(assets.c.row_version).where(is_asset(key)))
        return 0 if found is None else int(found.row_version)

    def advance(self, key: AssetKey, expected: int) -> int:
        """Compare and set; raises `StaleRowVersion` naming both row versions."""
        following = expected + 1
        advance = update(assets).where(is_asset(key), assets.c.row_version == expected)
        if self._transaction.write(advance.values(row_version=following)) == 1:
            return following
        if expected == 0 and self._add(key, row_version=following):
            return following
        raise StaleRowVersion(f"{key} is at row version {self.row_version(key)}, not at {expected}.")

    def claim(self, key: AssetKey) -> str:
        """The asset's id; the asset is made where it is new, and its row is held until the unit ends."""
        if key not in self._claimed:
            held = select(assets.c.id).where(is_asset(key)).with_for_update()
            found = self._transaction.first(held)
            if found is None:
                self._add(key, row_version=0)
                found = self._transaction.rows(held)[0]
            self._claimed[key] = found.id
        return self._claimed[key]

    def point_to_draft(self, asset: str, digest: str) -> None:
        """Remember which content was registered last; nothing is written when it is known already."""
        other = or_(assets.c.draft_digest.is_(None), assets.c.draft_digest != digest)
        self._transaction.write(update(assets).where(assets.c.id == asset, other).values(draft_digest=digest))

    def point_to_served(self, asset: str) -> None:
        """Look anew at which version the asset offers first."""
        served = select(versions.c.digest, versions.c.status, versions.c.version).where(
            versions.c.asset_id == asset, versions.c.status.in_(SERVED)
        )
        best = self._transaction.first(served.order_by(*best_first()).limit(1))
        offer = {
            "served_digest": None if best is None else best.digest,
            "served_status": None if best is None else best.status,
            "served_version": None if best is None else best.version,
        }
        self._transaction.write(update(assets).where(assets.c.id == asset).values(**offer))

    def _add(self, key: AssetKey, *, row_version: int) -> bool:
        return self._transaction.add(
            assets,
            {
                "id": str(uuid7()),
                "kind": key.kind,
                "domain": key.domain,
                "name": key.name,
                "row_version": row_version,
            },
        )


def best_first() -> tuple[ColumnElement[Any], ...]:
    """The order in which versions are offered: active, deprecated, retired; within each releases before
    pre-releases, and the newest by semver.
    """
    standing = case({Status.ACTIVE.value: 0, Status.DEPRECATED.value: 1}, value=versions.c.status, else_=2)
    return standing, case((versions.c.version.contains("-"), 1), else_=0), versions.c.precedence.desc()


def is_asset(key: AssetKey) -> ColumnElement[bool]:
    """The row of this asset."""
    return and_(assets.c.kind == key.kind, assets.c.domain == key.domain, assets.c.name == key.name)
