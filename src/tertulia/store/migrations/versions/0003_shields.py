"""Shields that owners have registered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "shields",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("shield_id", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("shield", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "shield_id"),
    )
