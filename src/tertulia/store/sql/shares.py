"""Statements and operations on links to sessions.

Operations do what `ShareStore` says; what they raise is said there.
"""

from functools import cache

import msgspec
from msgspec.structs import replace
from sqlalchemy import and_, bindparam, func, insert, select, true, tuple_, update

from tertulia.domain.errors import ShareNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.shares import Share
from tertulia.store import rules
from tertulia.store.shares import StoredShare
from tertulia.store.sql import forking, sessions
from tertulia.store.sql.database import Connection, Row, Statement
from tertulia.store.sql.tables import sessions as session_table
from tertulia.store.sql.tables import shares, users

_share = msgspec.json.Decoder(Share)
_read = [shares.c.owner, shares.c.share, shares.c.revoked_at, shares.c.tip]

INSERT = insert(shares)
_is_of_disabled = select(users.c.user_id).where(users.c.user_id == shares.c.owner, users.c.disabled == true()).exists()
FIND = select(*_read).where(shares.c.token_hash == bindparam("this"), ~_is_of_disabled)
REVOKE = (
    update(shares)
    .where(
        and_(shares.c.session_id == bindparam("of_session"), shares.c.shard == bindparam("in_shard")),
        shares.c.share_id == bindparam("this"),
        shares.c.owner == bindparam("of"),
    )
    .values(revoked_at=func.coalesce(shares.c.revoked_at, bindparam("at")))
)
_is_there = (
    select(session_table.c.session_id)
    .where(
        session_table.c.session_id == shares.c.session_id,
        session_table.c.shard == shares.c.shard,
        session_table.c.deleted_at.is_(None),
    )
    .exists()
)


@cache
def list_statement(*, of_session: bool, is_next: bool) -> Statement:
    """Build the list's select."""
    key = [shares.c.created_at, shares.c.share_id]
    found = select(*_read).where(shares.c.owner == bindparam("of"), _is_there)
    if of_session:
        found = found.where(shares.c.session_id == bindparam("of_session"))
    if is_next:
        found = found.where(tuple_(*key) < tuple_(bindparam("last_at"), bindparam("last_id")))
    return found.order_by(*[column.desc() for column in key]).limit(bindparam("limit"))


def create(db: Connection, owner: str, share: Share, *, token_hash: str) -> Share:
    """Add a link."""
    session = sessions.lock(db, owner, share.agent_id, share.session_id)
    share = replace(share, session_name=session.session_name)
    db.run(
        INSERT,
        session_id=share.session_id,
        share_id=share.share_id,
        shard=rules.shard_of(share.session_id),
        owner=owner,
        token_hash=token_hash,
        created_at=share.created_at,
        revoked_at=None,
        tip=None if share.live else forking.last_ended(db, owner, session, share.turn_id),
        share=msgspec.json.encode(share),
    )
    return share


def list_page(
    db: Connection, owner: str, *, session_id: str | None = None, limit: int, cursor: str | None = None
) -> Page[Share]:
    """Return a page of links, newest first."""
    last_at, last_id = rules.time_position(cursor) if cursor else (None, None)
    rows = db.rows(
        list_statement(of_session=session_id is not None, is_next=cursor is not None),
        of=owner,
        of_session=session_id,
        last_at=last_at,
        last_id=last_id,
        limit=limit + 1,
    )
    items = [_stored(row).share for row in rows[:limit]]
    more = encode_cursor(items[-1].created_at, items[-1].share_id) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


def revoke(db: Connection, owner: str, session_id: str, share_id: str, *, at: str) -> None:
    """Let a link show nothing any more."""
    place = {"of_session": session_id, "in_shard": rules.shard_of(session_id)}
    if not db.run(REVOKE, this=share_id, of=owner, at=at, **place):
        raise ShareNotFound


def find(db: Connection, token_hash: str) -> StoredShare | None:
    """Return the link with a secret."""
    row = db.row(FIND, this=token_hash)
    return None if row is None else _stored(row)


def _stored(row: Row) -> StoredShare:
    share = replace(_share.decode(row["share"]), revoked_at=row["revoked_at"])
    return StoredShare(owner=row["owner"], share=share, tip=row["tip"])
