"""Published versions and their lifecycle."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, Select, and_, select, update
from uuid_utils import uuid7

from catalog.domain.errors import NotFound, VersionExists
from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.domain.standing import Standing
from catalog.domain.version import Version
from catalog.manifests.digest import digest_of
from catalog.policy.audited import Audited, from_plain, to_plain
from catalog.registry.ports import PublishedVersion
from catalog.store.plain import plain, standing_of
from catalog.store.repositories.assets import SERVED, Assets, best_first, is_asset
from catalog.store.tables.assets import assets, versions
from catalog.store.transaction import Transaction

_SAME_NAMES: Final = (
    "version",
    "digest",
    "definition_digest",
    "decision_id",
    "record",
    "published_at",
    "published_by",
    "deprecated_at",
    "sunset_at",
    "retired_at",
    "replaced_by",
    "notice",
)


class StoredVersions:
    """Implements `registry.ports.Versions`."""

    def __init__(self, transaction: Transaction, known: Assets) -> None:
        self._transaction = transaction
        self._assets = known

    def of(self, key: AssetKey) -> tuple[PublishedVersion, ...]:
        """All versions of the asset, newest publication first."""
        return self._read(
            _all().where(is_asset(key)).order_by(versions.c.published_at.desc(), versions.c.id.desc())
        )

    def of_all(self, keys: Collection[AssetKey]) -> dict[AssetKey, tuple[PublishedVersion, ...]]:
        """The same for many assets; one without a version is left out."""
        newest = _all().order_by(versions.c.published_at.desc(), versions.c.id.desc())
        found: dict[AssetKey, tuple[PublishedVersion, ...]] = {}
        for key, row in self._assets.rows_of(keys, newest):
            found[key] = (*found.get(key, ()), _version(row))
        return found

    def served(self) -> tuple[PublishedVersion, ...]:
        """Every active or deprecated version in the mesh, by key, newest publication first."""
        order = (assets.c.kind, assets.c.domain, assets.c.name, versions.c.published_at.desc())
        return self._read(_all().where(versions.c.status.in_(SERVED)).order_by(*order))

    def served_digest(self) -> str:
        """Names which contents are served: another one once a version came or went, reading little."""
        named = (versions.c.asset_id, versions.c.version, versions.c.digest)
        query = select(*named).where(versions.c.status.in_(SERVED)).order_by(versions.c.id)
        return digest_of([list(row) for row in self._transaction.rows(query)])

    def offered(self, kind: AssetKind, name: str, domain: str = "") -> tuple[PublishedVersion, ...]:
        """The served versions of the assets that bear the name, by domain, best first."""
        named = [assets.c.kind == kind, assets.c.name == name, versions.c.status.in_(SERVED)]
        named += [assets.c.domain == domain] if domain else []
        return self._read(_all().where(*named).order_by(assets.c.domain, *best_first()))

    def add(self, version: PublishedVersion) -> None:
        """Store a new version; raises `VersionExists` when the version is taken."""
        row = _columns(version) | {
            "id": str(uuid7()),
            "asset_id": self._assets.claim(version.key),
            "precedence": precedence(version.version),
        }
        if not self._transaction.add(versions, row):
            raise VersionExists(f"{version.key} {version.version} is already published.")
        self._assets.point_to_served(row["asset_id"])

    def change(self, version: PublishedVersion) -> None:
        """Store the new status and its dates; raises `NotFound` for a version that was never added."""
        asset = self._assets.claim(version.key)
        same = and_(versions.c.asset_id == asset, versions.c.version == version.version)
        lifecycle = {
            "status": version.status,
            "deprecated_at": version.deprecated_at,
            "sunset_at": version.sunset_at,
            "retired_at": version.retired_at,
            "replaced_by": version.replaced_by,
            "notice": version.notice,
        }
        if self._transaction.write(update(versions).where(same).values(**lifecycle)) != 1:
            raise NotFound(f"There is no {version.key} {version.version}.")
        self._assets.point_to_served(asset)

    def stand(self, key: AssetKey, version: str, standing: Standing) -> None:
        """Store how a metric's version stands from now on."""
        same = and_(versions.c.asset_id == self._assets.claim(key), versions.c.version == version)
        self._transaction.write(update(versions).where(same).values(standing=plain(standing)))

    def audited(self, key: AssetKey, version: str, audited: Audited) -> None:
        """Store how policy judges a version at the audit point from now on."""
        same = and_(versions.c.asset_id == self._assets.claim(key), versions.c.version == version)
        self._transaction.write(update(versions).where(same).values(audited=to_plain(audited)))

    def _read(self, statement: Select[Any]) -> tuple[PublishedVersion, ...]:
        return tuple(_version(row) for row in self._transaction.rows(statement))


def precedence(version: str) -> str:
    """The version as text that sorts as semver does; no version sorts before every version."""
    parsed = Version.parse(version)
    if parsed is None:
        return ""
    major, minor, patch, released, prerelease = parsed.sort_key()
    return f"{major:09d}.{minor:09d}.{patch:09d}.{released}.{prerelease}"


def _all() -> Select[Any]:
    return select(versions, assets.c.kind, assets.c.domain, assets.c.name).join(assets)


def _columns(version: PublishedVersion) -> dict[str, Any]:
    values = {name: getattr(version, name) for name in _SAME_NAMES}
    return values | {
        "status": version.status,
        "quality_run_id": version.quality_run_id or None,
        "record": dict(version.record),
        "standing": None if version.standing is None else plain(version.standing),
    }


def _version(row: Row[Any]) -> PublishedVersion:
    values = {name: getattr(row, name) for name in _SAME_NAMES}
    return PublishedVersion(
        key=AssetKey(AssetKind(row.kind), row.domain, row.name),
        status=Status(row.status),
        quality_run_id=row.quality_run_id or "",
        standing=standing_of(row.standing),
        audited=from_plain(row.audited),
        **values,
    )
