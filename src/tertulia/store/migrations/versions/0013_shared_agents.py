"""Agents that all users of a server may use, and the loans that others' sessions on them hang on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the columns, and the index of the few agents that are shared."""
    op.add_column("agents", sa.Column("visibility", sa.Text, nullable=False, server_default=sa.text("'private'")))
    op.add_column("agents", sa.Column("lender", KEY))
    where = sa.text("visibility = 'shared'")
    op.create_index("agents_shared", "agents", ["agent_id", "owner"], sqlite_where=where, postgresql_where=where)
