"""The leases of nodes, and what makes it cheap to find turns that are to go on, to be stopped, or to lose their deltas.

A migration is never changed once it is released: databases have gone through it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
UNHELD = "completed_at IS NULL AND lease_owner IS NULL AND (status <> 'awaiting_input' OR cancel_requested)"


def upgrade() -> None:
    """Move the lease from the turn to the node."""
    op.create_table(
        "nodes",
        sa.Column("node", KEY, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("node"),
    )
    op.create_table(
        "commits",
        sa.Column("link", KEY, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("link"),
    )
    # Changed in place: a copy of the table, which is how alembic changes SQLite's, would take the logs along.
    op.drop_column("turns", "lease_until")
    op.add_column("turns", sa.Column("has_deltas", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE turns SET has_deltas = true WHERE completed_at IS NOT NULL AND EXISTS (SELECT 1 FROM turn_events AS e"
        " WHERE e.turn_id = turns.turn_id AND e.shard = turns.shard AND e.kind = 'delta')"
    )
    _index("turns_unheld", ["created_at", "turn_id"], UNHELD)
    _index("turns_with_deltas", ["completed_at", "turn_id"], "has_deltas")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "turns", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
