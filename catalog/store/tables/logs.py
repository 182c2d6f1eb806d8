"""What happened and who asked: the audit chain, events to deliver, answers to repeat, reads, and tokens."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, false

from catalog.store.columns import SEQUENCE, Instant, Json, Words
from catalog.store.tables.metadata import metadata

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
    # Null where the read was logged before it was answered: `access_outcomes` has what came of it.
    Column("rows", SEQUENCE),
    Column("query", Json, nullable=False),
    Column("read", Words),
    Index(None, "asset", "sequence"),
    Index("ix_access_log_consumers", "asset", "allowed", "team", "application"),
    Index(None, "subject", "sequence"),
    sqlite_autoincrement=True,
)

access_outcomes = Table(
    "access_outcomes",
    metadata,
    Column("read", Words, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("rows", SEQUENCE),
    Column("fault", Words, nullable=False),
)
