"""What owners may use, and what they, their sessions and their turns have used."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, the columns, and the indexes by which an owner's turns and bytes are counted."""
    op.create_table(
        "owner_limits",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("updated_at", KEY, nullable=False),
        sa.Column("limits", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "owner_gates",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("minute", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "token_days",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner", "day"),
    )
    op.create_table(
        "storage_reservations",
        sa.Column("owner", KEY, nullable=False),
        sa.Column("reservation", KEY, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner", "reservation"),
    )
    op.add_column("agents", sa.Column("session_tokens", sa.BigInteger))
    op.add_column("sessions", sa.Column("tokens", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.add_column("turns", sa.Column("tokens", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    where = sa.text("completed_at IS NULL AND status <> 'awaiting_input'")
    op.create_index("turns_at_work", "turns", ["owner"], sqlite_where=where, postgresql_where=where)
    op.create_index("files_by_size", "files", ["owner", "size"])
