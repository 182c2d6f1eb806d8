"""Policy bundles, where they stand, what is waived, and how far their audit went."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table

from catalog.store.columns import Instant, Json, Words
from catalog.store.tables.metadata import metadata

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
