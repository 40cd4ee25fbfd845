"""Statements and operations on sessions: names, filters, pages.

Operations do what `SessionStore` says; what they raise is said there.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any, Literal

import msgspec
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import Select, Update, and_, bindparam, false, select, tuple_, union_all, update

from tertulia.domain.errors import SessionNotFound, Stale
from tertulia.domain.events import TurnQueued
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch, TitleSource, preview_of
from tertulia.store import rules
from tertulia.store.sql import agents, branches, changes, indexing, log
from tertulia.store.sql.database import Connection, Statement
from tertulia.store.sql.dialects import InsertUnlessThere
from tertulia.store.sql.session_rows import session_of
from tertulia.store.sql.tables import sessions, turns

LONGEST_TEXT = 2_000
"""A filter that is longer than any name and preview finds nothing; databases limit the length of a pattern."""
LOOKED_THROUGH = 4_000
"""So many sessions are looked through for a page of those with a text or a tag: then it ends with what was found."""
Marks = tuple[bool | None, bool | None]
"""Whether the sessions of a list are archived, and whether they are pinned; None is either."""
By = Literal["text", "tag"]
LOOKED_INTO = {"text": sessions.c.searched, "tag": sessions.c.tagged}
Key = tuple[str, str]
ENDS: dict[Order, Key] = {"asc": ("~", ""), "desc": ("", "")}
"""What stands behind all sessions of a list: times begin with a digit."""

_is_this = and_(sessions.c.session_id == bindparam("this"), sessions.c.shard == bindparam("in_shard"))
_key = tuple_(sessions.c.updated_at, sessions.c.session_id)
_is_of = and_(sessions.c.owner == bindparam("of"), sessions.c.is_gone == false(), sessions.c.deleted_at.is_(None))

GET = select(sessions).where(_is_this, _is_of, sessions.c.agent_id == bindparam("of_agent"))
GET_FOR_UPDATE = GET.with_for_update()
INSERT = InsertUnlessThere(sessions)
FIND_MADE = select(sessions).where(_is_this)


def _set(*names: str) -> Update:
    return update(sessions).where(_is_this).values({name: bindparam(name) for name in names})


SET_BY_PERSON = _set(
    "session_name",
    "title_source",
    "searched",
    "tags",
    "tagged",
    "metadata",
    "pinned",
    "archived",
    "retention",
    "revision",
    "updated_at",
)
SWITCH = _set("active_turn_id", "turn_count", "last_turn_status", "preview", "searched")
FIND_HEAD = select(turns.c.turn_id, turns.c.shard, turns.c.n, turns.c.depth, turns.c.status).where(
    turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of")
)
GET_NAMING = select(sessions).where(_is_this, _is_of).with_for_update()
SET_NAME = _set("session_name", "title_source", "searched")


@cache
def list_statement(which: Marks, order: Order, *, by: frozenset[By], is_next: bool) -> Statement:
    """Build the list's select for one kind of filter (`archived`, `pinned`), and for what sessions must have besides.

    A filter that takes either value reads both ranges of the index, each in order and no further than the page goes,
    and merges them, so that the cost of a page does not depend on how many sessions there are.
    """
    ranges = [_range(marks, order, by=by, is_next=is_next) for marks in _ranges(which)]
    if len(ranges) == 1:
        return ranges[0]
    merged = union_all(*[select(each.subquery()) for each in ranges])
    return merged.order_by(*_sorted(merged.selected_columns, order)).limit(bindparam("limit"))


def _range(marks: tuple[bool, bool], order: Order, *, by: frozenset[By], is_next: bool) -> Select[Any]:
    found = _after(select(sessions).where(_is_of), marks, order, is_next=is_next)
    if by:
        far = tuple_(bindparam("far_at"), bindparam("far_id"))
        found = found.where(_key <= far if order == "asc" else _key >= far)
    for each in sorted(by):
        found = found.where(LOOKED_INTO[each].contains(bindparam(each), escape="/"))
    return found.order_by(*_sorted(sessions.c, order)).limit(bindparam("limit"))


@cache
def far_statement(which: Marks, order: Order, *, is_next: bool) -> Statement:
    """Build the select of how far a page looks for a text or a tag: a place in each range, read from the index."""
    keys: Any = select(sessions.c.updated_at, sessions.c.session_id)
    ends = [
        _after(keys, marks, order, is_next=is_next)
        .order_by(*_sorted(sessions.c, order))
        .limit(1)
        .offset(bindparam("passed"))
        for marks in _ranges(which)
    ]
    return ends[0] if len(ends) == 1 else union_all(*[select(each.subquery()) for each in ends])


def _ranges(which: Marks) -> list[tuple[bool, bool]]:
    archived, pinned = ([each] if each is not None else [False, True] for each in which)
    return list(product(archived, pinned))


def _after(found: Select[Any], marks: tuple[bool, bool], order: Order, *, is_next: bool) -> Select[Any]:
    archived, pinned = marks
    found = found.where(
        sessions.c.owner == bindparam("of"),
        sessions.c.agent_id == bindparam("of_agent"),
        sessions.c.archived.is_(archived),
        sessions.c.pinned.is_(pinned),
    )
    last = tuple_(bindparam("last_at"), bindparam("last_id"))
    return found.where(_key > last if order == "asc" else _key < last) if is_next else found


def _sorted(columns: Any, order: Order) -> list[Any]:
    key = [columns.updated_at, columns.session_id]
    return key if order == "asc" else [column.desc() for column in key]


def create(db: Connection, owner: str, session: Session, *, request_hash: str | None = None) -> Session:
    """Add a session to its agent, or find that the same request has added it before."""
    agents.hold(db, owner, session.agent_id)
    if insert_one(db, owner, session, request_hash=request_hash, last_n=session.turn_count):
        indexing.write_name(db, owner, session)
        changes.note(db, (owner, session.agent_id, session.session_id), "session_created")
        return replace(session, turns=[])
    return find_made(db, owner, session, request_hash=request_hash)


def find_made(db: Connection, owner: str, session: Session, *, request_hash: str | None) -> Session:
    """Return the session that is there with this id, if the same request has made it."""
    made = db.row(FIND_MADE, this=session.session_id, in_shard=rules.shard_of(session.session_id))
    found = made and (made["owner"], made["agent_id"], bool(made["is_gone"]), made["deleted_at"])
    is_same = found == (owner, session.agent_id, False, None)
    rules.refuse_unless_repeated(made["request_hash"] if made and is_same else None, request_hash)
    assert made is not None
    return session_of(made)


def insert_one(db: Connection, owner: str, session: Session, *, request_hash: str | None, last_n: int) -> int:
    """Add a session, unless there is one with this id; return how many were added."""
    return db.run(
        INSERT,
        owner=owner,
        shard=rules.shard_of(session.session_id),
        session_id=session.session_id,
        agent_id=session.agent_id,
        started_at=session.started_at,
        turn_count=session.turn_count,
        last_n=last_n,
        active_turn_id=session.active_turn_id,
        is_gone=False,
        status=session.status,
        last_turn_status=session.last_turn_status,
        preview=session.preview,
        forked_from=session.forked_from,
        request_hash=request_hash,
        deleted_at=None,
        tokens=0,
        **_by_person(session),
    )


def _by_person(session: Session) -> dict[str, object]:
    return {
        "session_name": session.session_name,
        "title_source": session.title_source,
        "searched": rules.searched(session.session_name, session.preview),
        "tags": msgspec.json.encode(session.tags),
        "tagged": rules.tagged(session.tags),
        "metadata": msgspec.json.encode(session.metadata),
        "pinned": session.pinned,
        "archived": session.archived,
        "retention": None if session.retention is None else msgspec.json.encode(session.retention),
        "revision": session.revision,
        "updated_at": session.updated_at,
    }


def get(db: Connection, owner: str, agent_id: str, session_id: str) -> Session:
    """Return a session without its turns."""
    return _read(db, GET, owner, agent_id, session_id)


def _read(db: Connection, statement: Statement, owner: str, agent_id: str, session_id: str) -> Session:
    shard = rules.shard_of(session_id)
    row = db.row(statement, of=owner, of_agent=agent_id, this=session_id, in_shard=shard)
    if row is None:
        raise SessionNotFound
    return session_of(row)


def list_page(
    db: Connection, owner: str, which: SessionFilter, *, order: Order, limit: int, cursor: str | None = None
) -> Page[Session]:
    """Return a page of the sessions that a filter shows."""
    wanted = _wanted(which)
    if any(len(text) > LONGEST_TEXT for text in wanted.values()):
        return Page(items=[])
    last = rules.time_position(cursor) if cursor else None
    asked = {"of": owner, "of_agent": which.agent_id, "last_at": last and last[0], "last_id": last and last[1]}
    marks, is_next = (which.archived, which.pinned), last is not None
    far = _far(db, marks, order, asked) if wanted else None
    far_at, far_id = far or ENDS[order]
    rows = db.rows(
        list_statement(marks, order, by=frozenset(wanted), is_next=is_next),
        **asked,
        **{by: _escaped(text) for by, text in wanted.items()},
        far_at=far_at,
        far_id=far_id,
        limit=limit + 1,
    )
    items = [session_of(row) for row in rows[:limit]]
    end = (items[-1].updated_at, items[-1].session_id) if len(rows) > limit else far
    return Page(items=items, next_cursor=end and encode_cursor(*end))


def _wanted(which: SessionFilter) -> dict[By, str]:
    """Return what sessions must have to be shown, as it stands where it is looked for."""
    wanted: dict[By, str] = {}
    if which.text is not None:
        wanted["text"] = which.text.casefold()
    if which.tag is not None:
        wanted["tag"] = rules.tagged([which.tag])
    # Nothing that is looked into has a NUL; SQLite would look for no more than what stands before it.
    return {each: words.replace("\0", "�") for each, words in wanted.items()}


def _far(db: Connection, marks: Marks, order: Order, asked: Mapping[str, object]) -> Key | None:
    """Return how far one page looks, if there is more behind."""
    passed = LOOKED_THROUGH // len(_ranges(marks)) - 1
    rows = db.rows(far_statement(marks, order, is_next=asked["last_at"] is not None), **asked, passed=passed)
    ends = [(row["updated_at"], row["session_id"]) for row in rows]
    return (min(ends) if order == "asc" else max(ends)) if ends else None


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def update_by_person(
    db: Connection, owner: str, ids: tuple[str, str], *, patch: SessionPatch, at: str, expected: int | None
) -> Session:
    """Apply a patch to the session with these ids (agent, session)."""
    agent_id, session_id = ids
    session = _read(db, GET_FOR_UPDATE, owner, agent_id, session_id)
    if expected is not None and session.revision != expected:
        raise Stale
    if patch.active_turn_id is not UNSET:
        place: dict[str, object] = {"of": owner, "of_session": session_id, "in_shard": rules.shard_of(session_id)}
        newest = branches.newest_after(db, patch.active_turn_id, place)
        patch = replace(patch, active_turn_id=newest)
        session = switch(db, owner, session, newest)
    session = rules.patched(session, patch, at)
    db.do(SET_BY_PERSON, this=session_id, in_shard=rules.shard_of(session_id), **_by_person(session))
    if patch.session_name is not UNSET:
        indexing.write_name(db, owner, session)
    changes.note(db, (owner, *ids), "session_updated" if patch.session_name is UNSET else "session_renamed")
    return session


def switch(db: Connection, owner: str, session: Session, turn_id: str | None) -> Session:
    """Let the active branch be the one that ends with a turn."""
    session = headed(db, owner, session, turn_id)
    db.do(
        SWITCH,
        this=session.session_id,
        in_shard=rules.shard_of(session.session_id),
        active_turn_id=turn_id,
        turn_count=session.turn_count,
        last_turn_status=session.last_turn_status,
        preview=session.preview,
        searched=rules.searched(session.session_name, session.preview),
    )
    return session


def headed(db: Connection, owner: str, session: Session, turn_id: str | None) -> Session:
    """Return a session as it is when its active branch ends with a turn."""
    row = None if turn_id is None else db.row(FIND_HEAD, this=turn_id, of=owner)
    if row is None:
        return replace(session, active_turn_id=None, turn_count=0, last_turn_status=None, preview="")
    first = log.read_page(db, log.Place(row["turn_id"], row["shard"], row["n"], log.BEGINNING), 1)
    begun = first[0].event if first else None
    words = rules.words_of(begun.input_messages) if isinstance(begun, TurnQueued) else ""
    return replace(
        session,
        active_turn_id=turn_id,
        turn_count=row["depth"],
        last_turn_status=row["status"],
        preview=preview_of(words),
    )


def name(db: Connection, owner: str, session_id: str, *, name: str, source: TitleSource) -> bool:
    """Name a session that no person has named."""
    this = {"this": session_id, "in_shard": rules.shard_of(session_id)}
    row = db.row(GET_NAMING, of=owner, **this)
    if row is None or row["title_source"] == "user":
        return False
    db.do(SET_NAME, **this, session_name=name, title_source=source, searched=rules.searched(name, row["preview"]))
    session = replace(session_of(row), session_name=name, title_source=source)
    indexing.write_name(db, owner, session)
    changes.note(db, (owner, session.agent_id, session_id), "session_renamed")
    return True


def lock(db: Connection, owner: str, agent_id: str, session_id: str) -> Session:
    """Return a session; nobody changes how it stands meanwhile."""
    return _read(db, GET_FOR_UPDATE, owner, agent_id, session_id)
