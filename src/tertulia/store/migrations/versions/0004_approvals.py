"""What people have allowed for the rest of a session."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "grants",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("tool_name", KEY, nullable=False),
        sa.Column("definition_hash", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("granted_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "tool_name", "definition_hash", "shard"),
        sa.ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    )
