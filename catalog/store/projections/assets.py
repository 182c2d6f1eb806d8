"""Products and metrics: what each offers first, with all its versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select, tuple_

from catalog.domain.identity import AssetKey, AssetKind
from catalog.domain.lifecycle import Status
from catalog.policy.audited import Audited, from_plain
from catalog.store.card import fold
from catalog.store.projections.visibility import NOWHERE, seen_versions, shown_digest
from catalog.store.repositories.assets import best_first
from catalog.store.tables.assets import assets, drafts, versions

_LIFE = ("version", "digest", "decision_id", "published_at", "published_by")
_AFTERLIFE = ("deprecated_at", "sunset_at", "retired_at", "replaced_by", "notice")
_CARD = ("title", "description", "owner", "steward", "tier", "type")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version without its record, which `Versions.of` reads."""

    version: str
    status: Status
    digest: str
    decision_id: str
    quality_run_id: str
    published_at: datetime
    published_by: str
    deprecated_at: datetime | None
    sunset_at: datetime | None
    retired_at: datetime | None
    replaced_by: str
    notice: str
    audited: Audited | None = None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset as it is shown; `version`, `digest` and the card are those of what stands for it.

    `versions` are in the order in which they are offered. `status` is that of the first served one, `draft`
    where nothing is served. `summary` is the content as plain values by the field names of the domain types
    (`product` and `contracts`, or `metric` and `closure`), fields with their default left out; empty unless
    asked for.
    """

    key: AssetKey
    row_version: int
    version: str
    status: Status
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
    summary: dict[str, Any]
    versions: tuple[VersionRow, ...]

    @property
    def cursor(self) -> str:
        """`domain.name`."""
        return self.key.qualified_name


@dataclass(frozen=True, slots=True)
class Assets:
    """Assets of one kind by domain and name.

    `search` is looked for, without case, in names, descriptions, owners, tags and columns. What serves
    nothing is shown only for domains in `drafts_in` (`*` for all), and so are retired versions.
    """

    kind: AssetKind
    domain: str = ""
    name: str = ""
    owner: str = ""
    tier: str = ""
    type: str = ""
    status: Status | None = None
    search: str = ""
    drafts_in: frozenset[str] = NOWHERE
    with_summary: bool = False
    after: str = ""
    limit: int = 50

    def statement(self) -> Select[Any]:
        """A page of assets, joined with the versions of each; the summary comes with the offered one only."""
        page = self._page().subquery("page")
        offered = or_(page.c.served_version.is_(None), versions.c.version == page.c.served_version)
        query = select(
            *(column for column in page.c if column.key != "summary"),
            *(
                versions.c[name].label(f"v_{name}")
                for name in (*_LIFE, *_AFTERLIFE, "status", "quality_run_id", "audited")
            ),
        ).select_from(page)
        if self.with_summary:
            query = query.add_columns(case((offered, page.c.summary)).label("summary"))
        joined = and_(versions.c.asset_id == page.c.id, seen_versions(page, self.drafts_in))
        return query.outerjoin(versions, joined).order_by(page.c.domain, page.c.name, *best_first())

    def _page(self) -> Select[Any]:
        shown = and_(drafts.c.asset_id == assets.c.id, drafts.c.digest == shown_digest(self.drafts_in))
        status = func.coalesce(assets.c.served_status, Status.DRAFT.value)
        chosen = (
            "version",
            "digest",
            "definition_digest",
            *_CARD,
            "registered_at",
            "registered_by",
            "summary",
        )
        query = (
            select(assets, status.label("status"), *(drafts.c[name] for name in chosen))
            .select_from(assets)
            .join(drafts, shown)
            .where(assets.c.kind == self.kind)
            .order_by(assets.c.domain, assets.c.name)
            .limit(self.limit)
        )
        equal = {
            assets.c.domain: self.domain,
            assets.c.name: self.name,
            drafts.c.owner: self.owner,
            drafts.c.tier: self.tier,
            drafts.c.type: self.type,
            status: self.status,
        }
        query = query.where(*(column == wanted for column, wanted in equal.items() if wanted))
        if self.search:
            query = query.where(drafts.c.search.contains(fold(self.search), autoescape=True))
        return query.where(self._following()) if self.after else query

    def _following(self) -> Any:
        domain, _, name = self.after.rpartition(".")
        return tuple_(assets.c.domain, assets.c.name) > tuple_(domain, name)

    def collect(self, rows: Iterable[Row[Any]]) -> tuple[AssetRow, ...]:
        """Consecutive rows of one asset belong together."""
        return tuple(_asset(list(group)) for _, group in groupby(rows, key=lambda row: row.id))


def _asset(rows: list[Row[Any]]) -> AssetRow:
    first = rows[0]
    return AssetRow(
        key=AssetKey(AssetKind(first.kind), first.domain, first.name),
        row_version=first.row_version,
        version=first.version,
        status=Status(first.status),
        digest=first.digest,
        definition_digest=first.definition_digest,
        registered_at=first.registered_at,
        registered_by=first.registered_by,
        summary=getattr(first, "summary", None) or {},
        versions=tuple(_version(row) for row in rows if row.v_version is not None),
        **{name: getattr(first, name) for name in _CARD},
    )


def _version(row: Row[Any]) -> VersionRow:
    return VersionRow(
        status=Status(row.v_status),
        quality_run_id=row.v_quality_run_id or "",
        audited=from_plain(row.v_audited),
        **{name: getattr(row, f"v_{name}") for name in (*_LIFE, *_AFTERLIFE)},
    )
