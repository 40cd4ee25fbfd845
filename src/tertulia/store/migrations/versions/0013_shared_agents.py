"""Agents that all users of a server may use, the loans that others' sessions on them hang on, and an index of sessions.

A search among the few sessions that are archived or pinned begins at these.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the columns, and the indexes of the few agents and sessions."""
    op.add_column("agents", sa.Column("visibility", sa.Text, nullable=False, server_default=sa.text("'private'")))
    op.add_column("agents", sa.Column("lender", KEY))
    where = sa.text("visibility = 'shared'")
    op.create_index("agents_shared", "agents", ["agent_id", "owner"], sqlite_where=where, postgresql_where=where)
    where = sa.text("(archived OR pinned)")
    columns = ["owner", "archived", "pinned", "session_id"]
    op.create_index("sessions_marked", "sessions", columns, sqlite_where=where, postgresql_where=where)
