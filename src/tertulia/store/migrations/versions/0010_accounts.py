"""Users, their keys and their sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "users",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("password_hash", sa.Text),
        sa.Column("created_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_index("users_by_age", "users", ["created_at", "user_id"])
    op.create_table(
        "identities",
        sa.Column("issuer", KEY, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        _of_user(),
    )
    op.create_index("identities_by_user", "identities", ["user_id"])
    op.create_table(
        "api_keys",
        sa.Column("key_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("prefix", KEY, nullable=False),
        sa.Column("key_hash", KEY, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.LargeBinary, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("expires_at", KEY),
        sa.Column("last_used_at", KEY),
        sa.PrimaryKeyConstraint("key_id"),
        sa.UniqueConstraint("prefix"),
        _of_user(),
    )
    op.create_index("api_keys_by_user", "api_keys", ["user_id", "created_at", "key_id"])
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
        _of_user(),
    )
    op.create_index("sign_ins_by_user", "sign_ins", ["user_id", "expires_at"])
    op.create_table(
        "set_ups",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _of_user() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE")
