"""Decision records hold what repeats them: violations, waivers, the result's digest, and for whom it was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = {
    "violations": sa.Text(),
    "waived": sa.Text(),
    "result_digest": WORDS,
    "published_at": sa.DateTime(timezone=True),
    "decided_for": sa.Text(),
    "latency_ms": sa.Float(),
}


def upgrade() -> None:
    """Add them; decisions that were made before cannot be repeated."""
    for name, kind in COLUMNS.items():
        op.add_column("decisions", sa.Column(name, kind))


def downgrade() -> None:
    """Take them away."""
    for name in COLUMNS:
        op.drop_column("decisions", name)
