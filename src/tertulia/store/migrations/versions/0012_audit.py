"""What was done, by whom, and to what; how long a session stays; and which node does what one does at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN"
        " SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END",
        "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit"
        " WHEN EXISTS (SELECT 1 FROM audit WHERE entry_id = new.entry_id) BEGIN"
        " SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END",
        "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
        " WHEN old.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-30 days') BEGIN"
        " SELECT RAISE(ABORT, 'an entry of the audit is kept for at least 30 days'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'an entry of the audit is never changed'; END $$",
        "CREATE FUNCTION refuse_loss_of_audit() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'an entry of the audit is kept for at least 30 days'; END $$",
        "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()",
        "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW"
        " WHEN (old.at > to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval '30 days',"
        ' \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'))'
        " EXECUTE FUNCTION refuse_loss_of_audit()",
    ),
}


def upgrade() -> None:
    """Make the table, its indexes and its triggers."""
    _retention()
    op.create_table(
        "audit",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("action", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("owner", KEY, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_index("audit_by_age", "audit", ["at", "entry_id"])
    op.create_index("audit_by_actor", "audit", ["actor", "at", "entry_id"])
    op.create_index("audit_by_action", "audit", ["action", "at", "entry_id"])
    for statement in TRIGGERS[op.get_context().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def _retention() -> None:
    op.add_column("sessions", sa.Column("retention", sa.LargeBinary))
    where = sa.text("retention IS NOT NULL")
    op.create_index("sessions_with_rules", "sessions", ["session_id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "jobs",
        sa.Column("job", KEY, nullable=False),
        sa.Column("node", KEY, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("job"),
    )
