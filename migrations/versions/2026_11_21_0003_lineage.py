"""Lineage: the links that each published version brings, and how a metric's version stands in the mesh."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both; what was published before has neither until it is published again."""
    op.create_table(
        "lineage",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("version_id", WORDS, nullable=False),
        sa.Column("downstream", WORDS, nullable=False),
        sa.Column("upstream", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lineage"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_lineage_version_id_versions"),
    )
    op.create_index("ix_lineage_downstream_version_id", "lineage", ["downstream", "version_id"])
    op.create_index("ix_lineage_upstream_version_id", "lineage", ["upstream", "version_id"])
    op.add_column("versions", sa.Column("standing", sa.Text()))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("versions", "standing")
    op.drop_table("lineage")
