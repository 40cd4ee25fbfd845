"""Statements and operations on what a person has allowed for the rest of a session.

Operations do what `GrantStore` says.
"""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, select

from tertulia.domain.tools import Grant
from tertulia.store import rules
from tertulia.store.sql.database import Connection
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.tables import grants

_of_session = and_(
    grants.c.session_id == bindparam("this"),
    grants.c.shard == bindparam("in_shard"),
    grants.c.owner == bindparam("of"),
)
READ = select(grants.c.tool_name, grants.c.definition_hash).where(_of_session)
DELETE = delete(grants).where(_of_session)
INSERT = InsertUnlessThere(grants)


def add(db: Connection, session: tuple[str, str], granted: Sequence[tuple[Grant, str]]) -> None:
    """Grant in a session (owner, id) what was granted, and when."""
    owner, session_id = session
    for grant, at in granted:
        db.run(
            INSERT,
            session_id=session_id,
            shard=rules.shard_of(session_id),
            owner=owner,
            tool_name=grant.tool_name,
            definition_hash=grant.definition_hash,
            granted_at=at,
        )


def read(db: Connection, owner: str, session_id: str) -> frozenset[Grant]:
    """Return what is granted in a session."""
    rows = db.rows(READ, this=session_id, in_shard=rules.shard_of(session_id), of=owner)
    return frozenset(Grant(tool_name=row["tool_name"], definition_hash=row["definition_hash"]) for row in rows)


def take_back(db: Connection, owner: str, session_id: str) -> None:
    """Grant nothing in a session any more."""
    db.run(DELETE, this=session_id, in_shard=rules.shard_of(session_id), of=owner)
