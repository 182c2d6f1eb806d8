"""What judgements rest on: decisions of policy, and quality runs with their results."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table

from catalog.store.columns import SEQUENCE, Instant, Json, Words
from catalog.store.tables.metadata import metadata

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
