"""Assets: the key that never changes and the row version that every change advances."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, select, update
from uuid_utils import uuid7

from catalog.domain.errors import StaleRowVersion
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status, is_served
from catalog.registry.ports import AssetState
from catalog.store.tables.assets import assets, versions
from catalog.store.transaction import Transaction

SERVED: Final = tuple(status.value for status in Status if is_served(status))
_NAMED_AT_ONCE: Final = 1000


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
        if expected == 0 and self._transaction.add(assets, _row(key, row_version=following)):
            return following
        raise StaleRowVersion(f"{key} is at row version {self.row_version(key)}, not at {expected}.")

    def advance_all(self, keys: Collection[AssetKey]) -> dict[AssetKey, int]:
        """Advance assets that are held until the unit ends; returns their new row versions."""
        ids = self.claim_all(keys)
        for some in in_parts(ids.values()):
            self._transaction.write(
                update(assets).where(assets.c.id.in_(some)).values(row_version=assets.c.row_version + 1)
            )
        return {key: found.row_version for key, found in self.states(keys).items()}

    def states(self, keys: Iterable[AssetKey]) -> dict[AssetKey, AssetState]:
        """Where each of the assets stands; an unknown one is left out."""
        columns = (assets.c.row_version, assets.c.draft_digest)
        return {
            key: AssetState(row.row_version, row.draft_digest or "")
            for key, row in self.rows_of(keys, select(assets.c.name, *columns))
        }

    def claim(self, key: AssetKey) -> str:
        """The asset's id; the asset is made where it is new, and its row is held until the unit ends."""
        return self.claim_all([key])[key]

    def claim_all(self, keys: Collection[AssetKey]) -> dict[AssetKey, str]:
        """The same for many, in a few statements."""
        held = select(assets.c.id, assets.c.name).with_for_update()
        unclaimed = sorted({one for one in keys if one not in self._claimed})
        self._claimed |= {key: row.id for key, row in self.rows_of(unclaimed, held)}
        if missing := [one for one in unclaimed if one not in self._claimed]:
            self._transaction.add_all(assets, [_row(one, row_version=0) for one in missing])
            self._claimed |= {key: row.id for key, row in self.rows_of(missing, held)}
        return {key: self._claimed[key] for key in keys}

    def point_to_drafts(self, digests: Mapping[str, str]) -> None:
        """Remember which content was registered last, by id; nothing is written where it is known already."""
        known: dict[str, str] = {}
        for some in in_parts(digests):
            rows = self._transaction.rows(
                select(assets.c.id, assets.c.draft_digest).where(assets.c.id.in_(some))
            )
            known |= {row.id: row.draft_digest for row in rows}
        changed = [
            {"asset": asset, "latest": digest}
            for asset, digest in digests.items()
            if known.get(asset) != digest
        ]
        if changed:
            point = update(assets).where(assets.c.id == bindparam("asset"))
            self._transaction.write(point.values(draft_digest=bindparam("latest")), changed)

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

    def rows_of(
        self, keys: Iterable[AssetKey], statement: Select[Any]
    ) -> Iterator[tuple[AssetKey, Row[Any]]]:
        """The rows of the statement, which has the column `name`, for each of the assets that is known."""
        names: dict[tuple[AssetKind, str], list[str]] = {}
        for key in keys:
            names.setdefault((key.kind, key.domain), []).append(key.name)
        for (kind, domain), each in names.items():
            home = statement.where(assets.c.kind == kind, assets.c.domain == domain)
            for some in in_parts(each):
                for row in self._transaction.rows(home.where(assets.c.name.in_(some))):
                    yield AssetKey(kind, domain, row.name), row


def _row(key: AssetKey, *, row_version: int) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": key.kind,
        "domain": key.domain,
        "name": key.name,
        "row_version": row_version,
    }


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values, so many at a time as a statement may name."""
    waiting = iter(values)
    while some := list(islice(waiting, _NAMED_AT_ONCE)):
        yield some


def best_first() -> tuple[ColumnElement[Any], ...]:
    """The order in which versions are offered: active, deprecated, retired; within each releases before
    pre-releases, and the newest by semver.
    """
    standing = case({Status.ACTIVE.value: 0, Status.DEPRECATED.value: 1}, value=versions.c.status, else_=2)
    return standing, case((versions.c.version.contains("-"), 1), else_=0), versions.c.precedence.desc()


def is_asset(key: AssetKey) -> ColumnElement[bool]:
    """The row of this asset."""
    return and_(assets.c.kind == key.kind, assets.c.domain == key.domain, assets.c.name == key.name)
