"""Statements and operations that read turns: one, a page, a log, the history that a transcript is made of.

Operations do what `TurnStore` says; what they raise is said there.
"""

from typing import Any

import msgspec
from sqlalchemy import Select, and_, bindparam, select

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.paging import Order, Page, encode_cursor
from tertulia.domain.turns import Turn
from tertulia.store import rules
from tertulia.store.base import StoredTurn
from tertulia.store.sql import log
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.tables import turns
from tertulia.store.sql.turns import RECORD, of_what_is_there, record_of

BEGINNING = EventId(n=0, epoch=0, seq=0)

_turn = msgspec.json.Decoder(Turn)

_of_session = and_(
    turns.c.session_id == bindparam("of_session"),
    turns.c.shard == bindparam("in_shard"),
    turns.c.owner == bindparam("of"),
    of_what_is_there,
)
_between = and_(turns.c.n > bindparam("low"), turns.c.n < bindparam("high"))

GET = select(*RECORD, turns.c.turn).where(
    turns.c.turn_id == bindparam("this"), _of_session, turns.c.agent_id == bindparam("of_agent")
)
FIND_PLACE = select(turns.c.n, turns.c.shard).where(
    turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"), of_what_is_there
)
FIND_N = select(turns.c.n).where(turns.c.turn_id == bindparam("this"), _of_session)
HISTORY = (
    select(turns.c.turn)
    .where(_of_session, _between, turns.c.completed_at.is_not(None), turns.c.turn.is_not(None))
    .order_by(turns.c.n)
)


def _page(descending: bool) -> Select[Any]:
    found = select(*RECORD, turns.c.turn).where(_of_session, _between)
    return found.order_by(turns.c.n.desc() if descending else turns.c.n).limit(bindparam("limit"))


LIST: dict[Order, Select[Any]] = {"asc": _page(descending=False), "desc": _page(descending=True)}


def get(db: Connection, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
    """Return a turn of a session."""
    row = db.row(GET, this=turn_id, of_agent=agent_id, **_place(owner, session_id))
    if row is None:
        raise TurnNotFound
    return _stored(row)


def events(db: Connection, owner: str, turn_id: str, *, after: EventId | None, limit: int | None) -> list[LoggedEvent]:
    """Return the log of a turn, or what comes after an id, or a page of that."""
    row = db.row(FIND_PLACE, this=turn_id, of=owner)
    if row is None:
        raise TurnNotFound
    of = log.Place(turn_id, row["shard"], row["n"], after or BEGINNING)
    return log.read(db, of) if limit is None else log.read_page(db, of, limit)


class Span(msgspec.Struct, frozen=True):
    """Which turns of a session a list shows: those between two of them, from a cursor on."""

    order: Order
    limit: int | None
    cursor: str | None = None
    before: str | None = None
    after: str | None = None


def list_page(db: Connection, owner: str, session_id: str, span: Span) -> Page[StoredTurn]:
    """Return a page of a session's turns."""
    place = _place(owner, session_id)
    low = 0 if span.after is None else _n_of(db, span.after, place)
    high = rules.LARGEST_N if span.before is None else _n_of(db, span.before, place)
    if span.cursor is not None:
        position = rules.turn_position(span.cursor)
        low, high = (max(low, position), high) if span.order == "asc" else (low, min(high, position))
    limit = rules.LARGEST_N if span.limit is None else span.limit
    rows = db.rows(LIST[span.order], **place, low=low, high=high, limit=limit + 1)
    page = rows[:limit]
    more = encode_cursor(page[-1]["n"]) if len(rows) > limit else None
    return Page(items=[_stored(row) for row in page], next_cursor=more)


def _n_of(db: Connection, turn_id: str, place: dict[str, object]) -> int:
    row = db.row(FIND_N, this=turn_id, **place)
    if row is None:
        raise TurnNotFound
    return row["n"]


def history(db: Connection, owner: str, session_id: str, *, after_n: int, before_n: int) -> list[Turn]:
    """Return turns that have ended, by number."""
    rows = db.rows(HISTORY, **_place(owner, session_id), low=after_n, high=before_n)
    return [_turn.decode(row["turn"]) for row in rows]


def _place(owner: str, session_id: str) -> dict[str, object]:
    return {"of": owner, "of_session": session_id, "in_shard": rules.shard_of(session_id)}


def _stored(row: Row) -> StoredTurn:
    return StoredTurn(record=record_of(row), turn=None if row["turn"] is None else msgspec.Raw(row["turn"]))
