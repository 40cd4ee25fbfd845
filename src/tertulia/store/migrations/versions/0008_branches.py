"""Turns that form a tree: their parents and runs, the active branch of a session, what forks have of others; links.

What is there already is one branch: each turn comes after the one before it, all in one run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

LINK_TURNS = """
UPDATE turns SET depth = n, parent_turn_id = (
    SELECT ahead.turn_id FROM turns AS ahead
    WHERE ahead.session_id = turns.session_id AND ahead.shard = turns.shard AND ahead.n = turns.n - 1
)
"""
LINK_SESSIONS = """
UPDATE sessions SET last_n = turn_count, active_turn_id = (
    SELECT turns.turn_id FROM turns
    WHERE turns.session_id = sessions.session_id AND turns.shard = sessions.shard AND turns.n = sessions.turn_count
)
"""


def upgrade() -> None:
    """Add the columns, make the table, and link what is there."""
    op.add_column("sessions", sa.Column("active_turn_id", KEY))
    op.add_column("sessions", sa.Column("last_n", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("sessions", sa.Column("is_gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("turns", sa.Column("parent_turn_id", KEY))
    op.add_column("turns", sa.Column("branch", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.add_column("turns", sa.Column("depth", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("turns", sa.Column("lineage", sa.LargeBinary))
    op.add_column("turns", sa.Column("is_gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(LINK_TURNS)
    op.execute(LINK_SESSIONS)
    op.create_index("turns_by_branch", "turns", ["session_id", "branch", "n"])
    op.create_index("turns_by_parent", "turns", ["parent_turn_id", "session_id"])
    op.create_table(
        "borrowed",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("from_session_id", KEY, nullable=False),
        sa.Column("branch", sa.Integer, nullable=False),
        sa.Column("last_n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "shard", "from_session_id", "branch"),
        sa.ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("borrowed_from", "borrowed", ["from_session_id", "branch", "last_n"])
    op.create_table(
        "shares",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("share_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("revoked_at", KEY),
        sa.Column("tip", KEY),
        sa.Column("share", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "share_id", "shard"),
        sa.ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    )
    op.create_index("shares_by_token", "shares", ["token_hash"])
    op.create_index("shares_by_age", "shares", ["owner", "created_at", "share_id"])
