"""Toolgroups that owners have registered, and what their tools were then."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "toolgroups",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("toolgroup_id", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("toolgroup", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "toolgroup_id"),
    )
