"""The tables, one set for SQLite and PostgreSQL; `migrations/` builds exactly these.

Assets, versions, tokens, waivers, policy bundles and their places change in place; all else is only ever added to.
What lists filter and sort by stands in columns of its own, the rest of a draft in `summary`, so that no list parses
a document again.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
)

from catalog.store.columns import SEQUENCE, Instant, Json, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

decisions = Table(
    "decisions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("decision_id", Words, nullable=False, unique=True),
    Column("asset_id", Words, ForeignKey("assets.id"), nullable=False),
    Column("digest", Words, nullable=False),
    Column("point", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("findings", Json, nullable=False),
    Column("bundle_revision", Words, nullable=False),
    Column("engine", Words, nullable=False),
    Column("input_digest", Words, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("rules_evaluated", Integer, nullable=False),
    # What repeats it; the judged view and the rules are documents by their digests. Absent in older records.
    Column("violations", Json),
    Column("waived", Json),
    Column("waivers", Json),
    Column("result_digest", Words),
    Column("published_at", Instant),
    Column("decided_for", Json),
    Column("latency_ms", Float),
    Index(None, "asset_id", "id"),
)

quality_runs = Table(
    "quality_runs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("run_id", Words, nullable=False, unique=True),
    Column("asset_id", Words, ForeignKey("assets.id"), nullable=False),
    Column("digest", Words, nullable=False),
    Column("passes", Boolean, nullable=False),
    Column("fingerprints", Json, nullable=False),
    Column("engine", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("scans", Integer, nullable=False),
    Index(None, "asset_id", "id"),
)

quality_results = Table(
    "quality_results",
    metadata,
    Column("quality_run", Words, ForeignKey("quality_runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("check_id", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("dataset", Words, nullable=False),
    Column("column", Words, nullable=False),
    Column("dimension", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("measured", Float),
    Column("threshold", Words, nullable=False),
    Column("row_count", SEQUENCE),
    Column("samples", Json, nullable=False),
    Column("finding", Json),
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

policy_bundles = Table(
    "policy_bundles",
    metadata,
    Column("revision", Words, primary_key=True),
    Column("uploaded_at", Instant, nullable=False),
    Column("uploaded_by", Words, nullable=False),
    Column("validated_at", Instant),
    Column("validated_by", Words, nullable=False),
    Column("approved_at", Instant),
    Column("approved_by", Words, nullable=False),
)

policy_files = Table(
    "policy_files",
    metadata,
    Column("revision", Words, ForeignKey("policy_bundles.revision"), primary_key=True),
    Column("path", Words, primary_key=True),
    Column("digest", Words, ForeignKey("documents.digest"), nullable=False),
)

policy_placements = Table(
    "policy_placements",
    metadata,
    Column("point", Words, primary_key=True),
    Column("mode", Words, primary_key=True),
    Column("revision", Words, ForeignKey("policy_bundles.revision"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
)

# One row: the last audit of everything served, and who is at the next one until when.
policy_audit = Table(
    "policy_audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stamp", Words, nullable=False),
    Column("finished_at", Instant),
    Column("holder", Words, nullable=False),
    Column("held_until", Instant),
    # What was told about each waiver.
    Column("waivers", Json),
    CheckConstraint("id = 1", name="single"),
)

policy_waivers = Table(
    "policy_waivers",
    metadata,
    Column("id", Words, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("asset", Words, nullable=False),
    Column("domain", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("ticket", Words, nullable=False),
    Column("requested_by", Words, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("approved_by", Words, nullable=False),
    Column("approved_at", Instant),
    Column("revoked_by", Words, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "asset", "id"),
)

policy_shadows = Table(
    "policy_shadows",
    metadata,
    Column("decision_id", Words, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("revision", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("appearing", Json, nullable=False),
    Column("vanishing", Json, nullable=False),
    Index(None, "revision", "decision_id"),
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

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_id", Words, primary_key=True),
    Column("digest", Words, nullable=False, unique=True),
    Column("subject", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("application", Words, nullable=False),
    Column("roles", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

audit_log = Table(
    "audit_log",
    metadata,
    # Text throughout: the chain covers what is stored, character by character.
    Column("sequence", SEQUENCE, primary_key=True, autoincrement=False),
    Column("at", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Index(None, "target", "sequence"),
    Index(None, "actor", "sequence"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", SEQUENCE, nullable=False),
    Column("hash", Words, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("type", Words, nullable=False),
    Column("asset", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("detail", Json, nullable=False),
    Column("delivered", Boolean, nullable=False, server_default=false()),
    Index(None, "delivered", "sequence"),
    sqlite_autoincrement=True,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", Words, primary_key=True),
    Column("operation", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("body_digest", Words, nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

rollups = Table(
    "rollups",
    metadata,
    Column("definition", Words, primary_key=True),
    Column("source", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("file", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("types", Json, nullable=False),
    Column("exact_time", Boolean, nullable=False),
    Column("rows", SEQUENCE, nullable=False),
    Column("built_at", Instant, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("sequence", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("subject", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("application", Words, nullable=False),
    Column("asset", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("decision_id", Words, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("rows", SEQUENCE, nullable=False),
    Column("query", Json, nullable=False),
    Index(None, "asset", "sequence"),
    Index("ix_access_log_consumers", "asset", "allowed", "team", "application"),
    Index(None, "subject", "sequence"),
    sqlite_autoincrement=True,
)
