"""Statements and operations that read turns: one, a page, a log, the history that a transcript is made of.

A page is read in two steps, how large its turns are and then those that fit: a turn may have millions of characters,
and how long what a row holds is costs no look at it.

Operations do what `TurnStore` and `LogStore` say; what they raise is said there.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, select

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.feedback import Feedback
from tertulia.domain.paging import Order, Page, encode_cursor, fitting
from tertulia.domain.turns import Turn
from tertulia.store import rules
from tertulia.store.branches import Run, shown_in, spans
from tertulia.store.feedback import with_feedback
from tertulia.store.sql import branches, log
from tertulia.store.sql.branches import SHOWS_OF, is_seen, is_shown, is_there
from tertulia.store.sql.database import Connection, Row, Statement
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import turns
from tertulia.store.sql.turns import RECORD, record_of
from tertulia.store.turns import StoredTurn

_turn = msgspec.json.Decoder(Turn)
_feedback = msgspec.json.Decoder(Feedback)

SHOWN = [*RECORD, turns.c.turn, turns.c.feedback]

_of_run = and_(
    turns.c.session_id == bindparam("of_session"),
    turns.c.shard == bindparam("in_shard"),
    turns.c.owner == bindparam("of"),
    turns.c.branch == bindparam("of_branch"),
)
_between = and_(turns.c.n > bindparam("low"), turns.c.n < bindparam("high"))

_is_turn = and_(turns.c.turn_id == bindparam("this"), turns.c.owner == bindparam("of"))

GET = select(*SHOWN).where(_is_turn, is_shown(turns), turns.c.agent_id == bindparam("of_agent"))
FIND_PLACE = select(turns.c.n, turns.c.shard).where(_is_turn, is_seen)
FIND_N = select(turns.c.n).where(_is_turn, is_shown(turns))
HISTORY = (
    select(turns.c.turn)
    .where(_of_run, _between, turns.c.completed_at.is_not(None), turns.c.turn.is_not(None))
    .order_by(turns.c.n.desc())
    .limit(bindparam("limit"))
)

Columns = Sequence[ColumnElement[Any]]
_SIZE: Columns = [turns.c.n, func.coalesce(func.length(turns.c.turn), 0).label("size")]


def _own(columns: Columns) -> Select[*tuple[Any, ...]]:
    found = select(*columns).where(
        turns.c.session_id == bindparam("of_session"),
        turns.c.shard == bindparam("in_shard"),
        turns.c.owner == bindparam("of"),
        turns.c.n > bindparam("low"),
        turns.c.is_gone == false(),
        is_there,
    )
    return found.order_by(turns.c.n).limit(bindparam("limit"))


LIST_OWN = _own(SHOWN)
SIZES_OWN = _own(_SIZE)


def _page(columns: Columns, *, descending: bool) -> Select[*tuple[Any, ...]]:
    found = select(*columns).where(_of_run, _between)
    return found.order_by(turns.c.n.desc() if descending else turns.c.n).limit(bindparam("limit"))


_child = [turns.c.parent_turn_id, turns.c.turn_id, turns.c.n]
LIST_CHILDREN = select(*_child).where(
    is_one_of(turns.c.parent_turn_id, "ids"), turns.c.owner == bindparam("of"), is_shown(turns)
)
LIST_ROOTS = select(*_child).where(
    turns.c.parent_turn_id.is_(None),
    turns.c.session_id.in_(SHOWS_OF),
    turns.c.owner == bindparam("of"),
    is_shown(turns),
)
LIST: dict[Order, Statement] = {"asc": _page(SHOWN, descending=False), "desc": _page(SHOWN, descending=True)}
SIZES: dict[Order, Statement] = {"asc": _page(_SIZE, descending=False), "desc": _page(_SIZE, descending=True)}


def get(db: Connection, owner: str, agent_id: str, session_id: str, turn_id: str) -> StoredTurn:
    """Return a turn of a session."""
    row = db.row(GET, this=turn_id, of_agent=agent_id, **_place(owner, session_id))
    if row is None:
        raise TurnNotFound
    return _stored(row, session_id)


def events(
    db: Connection, owner: str, turn_id: str, *, after: EventId | None = None, limit: int | None = None
) -> list[LoggedEvent]:
    """Return the log of a turn, or what comes after an id, or a page of that."""
    row = db.row(FIND_PLACE, this=turn_id, of=owner)
    if row is None:
        raise TurnNotFound
    of = log.Place(turn_id, row["shard"], row["n"], after or log.BEGINNING)
    return log.read(db, of) if limit is None else log.read_page(db, of, limit)


class Span(msgspec.Struct, frozen=True):
    """Which turns of a session a list shows: those of a branch between two of them, from a cursor on."""

    order: Order
    limit: int
    cursor: str | None = None
    before: str | None = None
    after: str | None = None
    tip: str | None = None


def list_page(db: Connection, owner: str, session_id: str, span: Span) -> Page[StoredTurn]:
    """Return a page of a session's turns."""
    place = _place(owner, session_id)
    low = 0 if span.after is None else _n_of(db, span.after, place)
    high = rules.LARGEST_N if span.before is None else _n_of(db, span.before, place)
    if span.cursor is not None:
        position = rules.turn_position(span.cursor)
        low, high = (max(low, position), high) if span.order == "asc" else (low, min(high, position))
    path, is_all = _path(db, span.tip, place)
    sizes = _along(db, SIZES[span.order], owner, spans(path, span.order, low, high), limit=span.limit + 1)
    fits = sizes[: fitting(row["size"] for row in sizes[: span.limit])]
    numbers = [row["n"] for row in fits]
    along = spans(path, span.order, min(numbers) - 1, max(numbers) + 1) if numbers else ()
    page = _along(db, LIST[span.order], owner, along, limit=len(numbers))
    siblings = {} if is_all else _siblings(db, page, place)
    more = encode_cursor(numbers[-1]) if len(sizes) > len(numbers) else None
    items = [_stored(row, session_id, siblings.get(row["parent_turn_id"], [])) for row in page]
    return Page(items=items, next_cursor=more)


def tree(db: Connection, owner: str, session_id: str, *, limit: int, after_n: int = 0) -> list[StoredTurn]:
    """Return turns of all branches: what a fork has of others comes before its own."""
    place = _place(owner, session_id)
    along = list(spans(branches.runs_of_fork(db, place), "asc", after_n, rules.LARGEST_N))
    sizes = _along(db, SIZES["asc"], owner, along, limit=limit)
    sizes += db.rows(SIZES_OWN, **place, low=after_n, limit=limit - len(sizes))
    limit = fitting(row["size"] for row in sizes)
    rows = _along(db, LIST["asc"], owner, along, limit=limit)
    rows += db.rows(LIST_OWN, **place, low=after_n, limit=limit - len(rows))
    return [_stored(row, session_id) for row in rows]


def _path(db: Connection, tip: str | None, place: dict[str, object]) -> tuple[list[Run], bool]:
    """Return the runs of a branch, and whether there is no other one."""
    if tip is None:
        return branches.path_of_session(db, place)
    _n_of(db, tip, place)
    return branches.path_of_turn(db, str(place["of"]), tip), False


def _along(
    db: Connection, statement: Statement, owner: str, along: Iterable[tuple[Run, int, int]], *, limit: int
) -> list[Row]:
    """Read up to `limit` turns of some runs, one run after the other."""
    rows: list[Row] = []
    for run, low, high in along:
        place = _place(owner, run.session_id)
        rows += db.rows(statement, **place, of_branch=run.branch, low=low, high=high, limit=limit - len(rows))
        if len(rows) == limit:
            break
    return rows


def _n_of(db: Connection, turn_id: str, place: dict[str, object]) -> int:
    row = db.row(FIND_N, this=turn_id, **place)
    if row is None:
        raise TurnNotFound
    return row["n"]


def history(db: Connection, owner: str, turn_id: str, *, limit: int, before_n: int | None = None) -> list[Turn]:
    """Return turns that have ended by which one is reached, newest first."""
    high = rules.LARGEST_N if before_n is None else before_n
    along = spans(branches.path_of_turn(db, owner, turn_id), "desc", 0, high)
    return [_turn.decode(row["turn"]) for row in _along(db, HISTORY, owner, along, limit=limit)]


def _siblings(db: Connection, page: Sequence[Row], place: dict[str, object]) -> dict[str | None, list[str]]:
    """Return what a session shows after each turn that has more than one after it, of those before some turns."""
    parents = {row["parent_turn_id"] for row in page}
    rows = list(db.rows(LIST_CHILDREN, **place, ids=array(sorted(parents - {None}))))
    rows += db.rows(LIST_ROOTS, **place) if None in parents else []
    found: dict[str | None, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["n"]):
        found.setdefault(row["parent_turn_id"], []).append(row["turn_id"])
    return {parent: children for parent, children in found.items() if len(children) > 1}


def _place(owner: str, session_id: str) -> dict[str, object]:
    return {"of": owner, "of_session": session_id, "in_shard": rules.shard_of(session_id)}


def _stored(row: Row, session_id: str, siblings: Sequence[str] = ()) -> StoredTurn:
    """Return a turn as a session shows it."""
    turn = row["turn"]
    if turn is not None and row["session_id"] != session_id:
        turn = shown_in(session_id, turn)
    if turn is not None and row["feedback"] is not None:
        turn = with_feedback(turn, _feedback.decode(row["feedback"]))
    raw = None if turn is None else msgspec.Raw(turn)
    return StoredTurn(record=record_of(row), turn=raw, siblings=list(siblings))
