"""Pre-aggregations that were built."""

from sqlalchemy import Boolean, Column, Table

from catalog.store.columns import SEQUENCE, Instant, Json, Words
from catalog.store.tables.metadata import metadata

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
