"""What was told about waivers at the last audit, so that it is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; nothing was told so far."""
    op.add_column("policy_audit", sa.Column("waivers", sa.Text()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("policy_audit", "waivers")
