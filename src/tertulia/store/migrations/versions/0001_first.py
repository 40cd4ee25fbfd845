"""Agents, sessions, turns and their logs.

A migration is never changed once it is released: databases have gone through it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the first tables."""
    _agents()
    _sessions()
    _turns()


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("updated_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("owner", "agent_id"),
    )
    op.create_index("agents_by_age", "agents", ["owner", "created_at", "agent_id"])
    op.create_table(
        "agent_versions",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("config", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "agent_id", "version"),
        sa.ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("started_at", KEY, nullable=False),
        sa.Column("updated_at", KEY, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("turn_count", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("last_turn_status", sa.Text),
        sa.Column("forked_from", KEY),
        sa.Column("title_source", sa.Text, nullable=False),
        sa.Column("session_name", sa.Text, nullable=False),
        sa.Column("preview", sa.Text, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
        sa.Column("metadata", sa.LargeBinary, nullable=False),
        sa.Column("request_hash", KEY),
        sa.PrimaryKeyConstraint("session_id", "shard"),
        sa.ForeignKeyConstraint(["owner", "agent_id"], ["agents.owner", "agents.agent_id"], ondelete="CASCADE"),
    )
    op.create_index(
        "sessions_by_activity",
        "sessions",
        ["owner", "agent_id", "archived", "pinned", "updated_at", "session_id"],
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("turn_id", KEY, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("agent_version", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("lease_owner", KEY),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("idempotency_key", KEY),
        sa.Column("request_hash", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("completed_at", KEY),
        sa.Column("toolgroups", sa.LargeBinary),
        sa.Column("tool_config", sa.LargeBinary),
        sa.Column("turn", sa.LargeBinary),
        sa.PrimaryKeyConstraint("turn_id", "shard"),
        sa.UniqueConstraint("session_id", "n", "shard"),
        sa.UniqueConstraint("session_id", "idempotency_key", "shard"),
        sa.ForeignKeyConstraint(["session_id", "shard"], ["sessions.session_id", "sessions.shard"], ondelete="CASCADE"),
    )
    op.create_index(
        "turns_unfinished",
        "turns",
        ["session_id", "n"],
        sqlite_where=sa.text("completed_at IS NULL"),
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_index(
        "turns_leased",
        "turns",
        ["lease_owner"],
        sqlite_where=sa.text("lease_owner IS NOT NULL"),
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_table(
        "turn_events",
        sa.Column("turn_id", KEY, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "epoch", "first_seq", "shard"),
        sa.ForeignKeyConstraint(["turn_id", "shard"], ["turns.turn_id", "turns.shard"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
