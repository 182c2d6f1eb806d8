"""Assets with what was registered and published of them: drafts by content, versions, their lineage and approvals."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from catalog.store.columns import Instant, Json, Words
from catalog.store.tables.metadata import metadata

assets = Table(
    "assets",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("domain", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("row_version", Integer, nullable=False),
    # What lists look at first, kept beside the key by whoever adds drafts and changes versions.
    Column("draft_digest", Words),
    Column("served_digest", Words),
    Column("served_status", Words),
    Column("served_version", Words),
    UniqueConstraint("kind", "domain", "name"),
)

documents = Table(
    "documents",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Words, primary_key=True),
    Column("asset_id", Words, ForeignKey("assets.id"), nullable=False),
    Column("version", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("definition_digest", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("steward", Words, nullable=False),
    Column("tier", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("search", Words, nullable=False),
    Column("summary", Json, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("registered_by", Words, nullable=False),
    UniqueConstraint("asset_id", "digest"),
)

draft_documents = Table(
    "draft_documents",
    metadata,
    Column("draft_id", Words, ForeignKey("drafts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("path", Words, nullable=False),
    Column("digest", Words, ForeignKey("documents.digest"), nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("asset_id", Words, ForeignKey("assets.id"), nullable=False),
    Column("version", Words, nullable=False),
    Column("precedence", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("definition_digest", Words, nullable=False),
    Column(
        "decision_id",
        Words,
        ForeignKey("decisions.decision_id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("quality_run_id", Words, ForeignKey("quality_runs.run_id", deferrable=True, initially="DEFERRED")),
    Column("record", Json, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", Words, nullable=False),
    Column("deprecated_at", Instant),
    Column("sunset_at", Instant),
    Column("retired_at", Instant),
    Column("replaced_by", Words, nullable=False),
    Column("notice", Words, nullable=False),
    # Which versions of its products a metric reads; what is published or retired may change it.
    Column("standing", Json),
    # How policy judged it last at the audit point.
    Column("audited", Json),
    UniqueConstraint("asset_id", "version"),
    ForeignKeyConstraint(
        ["asset_id", "digest"],
        ["drafts.asset_id", "drafts.digest"],
        deferrable=True,
        initially="DEFERRED",
    ),
    Index(None, "asset_id", "precedence"),
    Index(None, "status"),
)

lineage = Table(
    "lineage",
    metadata,
    # The version's id and a position, so that the order of pages stays.
    Column("id", Words, primary_key=True),
    Column("version_id", Words, ForeignKey("versions.id"), nullable=False),
    Column("downstream", Words, nullable=False),
    Column("upstream", Words, nullable=False),
    Column("role", Words, nullable=False),
    Index(None, "downstream", "version_id"),
    Index(None, "upstream", "version_id"),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("asset_id", Words, ForeignKey("assets.id"), primary_key=True),
    Column("definition_digest", Words, primary_key=True),
    Column("role", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("at", Instant, nullable=False),
)

settlements = Table(
    "settlements",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("asset_id", Words, ForeignKey("assets.id"), nullable=False),
    Column("canonical", Words, nullable=False),
    Column("definition_digest", Words, nullable=False),
    Column("others", Json, nullable=False),
    Column("reason", Words, nullable=False),
    Column("settled_at", Instant, nullable=False),
    Column("settled_by", Words, nullable=False),
    Index(None, "name", "id"),
)
