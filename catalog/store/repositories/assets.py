"""Assets: the key that never changes and the row version that every change advances."""

from sqlalchemy import ColumnElement, and_, select, update
from uuid_utils import uuid7

from catalog.domain.errors import NotFound, StaleRowVersion
from catalog.domain.identity import AssetKey
from catalog.store.tables import assets
from catalog.store.transaction import Transaction


class Assets:
    """Finds, makes and advances assets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

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
        found = self._transaction.first(select(assets.c.id).where(is_asset(key)).with_for_update())
        if found is None:
            self._add(key, row_version=0)
            found = self._transaction.first(select(assets.c.id).where(is_asset(key)).with_for_update())
        if found is None:
            raise NotFound(f"There is no {key}.")
        return str(found.id)

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


def is_asset(key: AssetKey) -> ColumnElement[bool]:
    """The row of this asset."""
    return and_(assets.c.kind == key.kind, assets.c.domain == key.domain, assets.c.name == key.name)
