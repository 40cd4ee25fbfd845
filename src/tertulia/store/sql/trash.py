"""Statements and operations on sessions in the trash: nothing else sees them, and all that hangs on them stays.

Operations do what `TrashStore` says; what they raise is said there.
"""

from sqlalchemy import and_, bindparam, false, null, select, text, tuple_, update

from tertulia.domain.errors import SessionNotFound
from tertulia.domain.paging import Page, encode_cursor
from tertulia.domain.sessions import Session, TrashedSession
from tertulia.store import rules
from tertulia.store.sql import changes, clearing, importing
from tertulia.store.sql.database import Connection, Row, Statement
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.session_rows import session_of
from tertulia.store.sql.tables import IN_TRASH
from tertulia.store.sql.tables import sessions as table

_is_this = and_(table.c.session_id == bindparam("this"), table.c.shard == bindparam("in_shard"))
_is_of = table.c.owner == bindparam("of")
_is_in_trash = text(IN_TRASH)
_is_whole = table.c.is_gone == false()
"""It is not one of which some is still to come (see `importing`)."""
_is_there = and_(table.c.deleted_at.is_(None), table.c.is_gone == false())

PUT = (
    update(table)
    .where(_is_this, _is_of, table.c.agent_id == bindparam("of_agent"), _is_there)
    .values(deleted_at=bindparam("at"))
)
GET = select(table).where(_is_this, _is_of, _is_in_trash, _is_whole)
GET_FOR_UPDATE = GET.with_for_update()
TAKE_OUT = update(table).where(_is_this, _is_of).values(deleted_at=null())
LIST = (
    select(table)
    .where(_is_of, _is_in_trash, _is_whole)
    .order_by(table.c.deleted_at.desc(), table.c.session_id.desc())
    .limit(bindparam("limit"))
)
LIST_NEXT = LIST.where(
    tuple_(table.c.deleted_at, table.c.session_id) < tuple_(bindparam("last_at"), bindparam("last_id"))
)
OLDEST = (
    select(table.c.session_id)
    .where(_is_in_trash, _is_whole, table.c.deleted_at < bindparam("before"))
    .order_by(table.c.deleted_at, table.c.session_id)
    .limit(bindparam("limit"))
)
STILL_DUE = select(table.c.session_id).where(
    is_one_of(table.c.session_id, "ids"), _is_in_trash, _is_whole, table.c.deleted_at < bindparam("before")
)


def put(db: Connection, owner: str, agent_id: str, session_id: str, *, at: str) -> None:
    """Put a session into the trash."""
    if not db.run(PUT, of=owner, of_agent=agent_id, at=at, **_place(session_id)):
        raise SessionNotFound
    changes.note(db, (owner, agent_id, session_id), "session_deleted")


def take_out(db: Connection, owner: str, session_id: str, *, agent_id: str | None = None) -> Session:
    """Take a session out again."""
    row = _get(db, GET_FOR_UPDATE, owner, session_id)
    if agent_id not in (None, row["agent_id"]):
        raise SessionNotFound
    db.run(TAKE_OUT, of=owner, **_place(session_id))
    changes.note(db, (owner, row["agent_id"], session_id), "session_created")
    return session_of(row)


def list_page(db: Connection, owner: str, *, limit: int, cursor: str | None = None) -> Page[TrashedSession]:
    """Return a page of an owner's trash."""
    last_at, last_id = rules.time_position(cursor) if cursor else (None, None)
    rows = db.rows(LIST_NEXT if cursor else LIST, of=owner, last_at=last_at, last_id=last_id, limit=limit + 1)
    items = [TrashedSession(session=session_of(row), deleted_at=row["deleted_at"]) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next_cursor=encode_cursor(last.deleted_at, last.session.session_id) if last else None)


def purge_one(db: Connection, owner: str, session_id: str) -> None:
    """Delete a session of the trash for good."""
    _get(db, GET, owner, session_id)
    every = clearing.lock(db, [session_id])
    _get(db, GET, owner, session_id)
    clearing.clear(db, [session_id], every)


def purge(db: Connection, *, deleted_before: str, limit: int) -> int:
    """Delete for good what has been in the trash since before a time; several nodes may be at it."""
    importing.drop_left(db, limit=limit)
    found = [row["session_id"] for row in db.rows(OLDEST, before=deleted_before, limit=limit)]
    if found:
        every = clearing.lock(db, found)
        due = db.rows(STILL_DUE, ids=array(found), before=deleted_before)
        clearing.clear(db, [row["session_id"] for row in due], every)
    return len(found)


def _get(db: Connection, statement: Statement, owner: str, session_id: str) -> Row:
    row = db.row(statement, of=owner, **_place(session_id))
    if row is None:
        raise SessionNotFound
    return row


def _place(session_id: str) -> dict[str, object]:
    return {"this": session_id, "in_shard": rules.shard_of(session_id)}
