"""Statements and operations that keep the rows by which turns and sessions are found.

A row is written by one statement, in the transaction of whatever makes it; it goes with its session.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Text, bindparam, delete, false, select, update

from tertulia.domain.sessions import Session
from tertulia.domain.turns import Turn
from tertulia.store import rules, search_rules
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import AsWords, FreePlace, InsertUnlessThere, InsertWords, array, is_one_of
from tertulia.store.sql.session_rows import session_of
from tertulia.store.sql.tables import search_backlog, search_rows, sessions, turns

_turn = msgspec.json.Decoder(Turn)

_VALUES: dict[str, Any] = {
    **{name: bindparam(name) for name in ("session_id", "turn_id", "shard", "owner")},
    "place": FreePlace(bindparam("own_place", type_=BigInteger), bindparam("other_place", type_=BigInteger)),
    "terms": AsWords(bindparam("words", type_=Text)),
}
WRITE = InsertWords(search_rows).values(_VALUES)
WRITE_UNLESS_THERE = InsertUnlessThere(search_rows).values(_VALUES)


def write_turn(db: Connection, ids: tuple[str, str, str], turn: Turn) -> None:
    """Let a turn that rests be found; `ids` are its owner's, its agent's and its session's."""
    db.do(WRITE, **row_of_turn(ids, turn))


def write_rows(db: Connection, rows: Iterable[dict[str, object]]) -> None:
    """Let turns be found whose rows were made before."""
    for row in rows:
        db.do(WRITE, **row)


def write_name(db: Connection, owner: str, session: Session) -> None:
    """Let a session be found by its name, if it has one."""
    if search_rules.is_named(session.session_name, session.title_source):
        db.do(WRITE, **_row_of_name(owner, session))


def row_of_turn(ids: tuple[str, str, str], turn: Turn) -> dict[str, object]:
    """Make the row by which a turn that rests is found."""
    owner, agent_id, session_id = ids
    place = search_rules.place_of_turn(turn.started_at)
    return _row(owner, session_id, turn.turn_id, place, search_rules.terms_of_turn(owner, agent_id, turn))


def _row_of_name(owner: str, session: Session) -> dict[str, object]:
    terms = search_rules.terms_of_name(owner, session.agent_id, session.session_name)
    return _row(owner, session.session_id, "", search_rules.place_of_name(session.started_at), terms)


def _row(owner: str, session_id: str, turn_id: str, place: int, terms: Sequence[str]) -> dict[str, object]:
    return {
        "session_id": session_id,
        "turn_id": turn_id,
        "shard": rules.shard_of(session_id),
        "owner": owner,
        "own_place": place,
        "other_place": place + secrets.randbelow(search_rules.BESIDE),  # anybody may bring in very many of one moment
        "words": " ".join(terms),
    }


FORGET_SESSION = delete(search_rows).where(
    search_rows.c.session_id == bindparam("this"), search_rows.c.shard == bindparam("in_shard")
)
FORGET_TURNS = delete(search_rows).where(
    search_rows.c.session_id == bindparam("this"),
    search_rows.c.shard == bindparam("in_shard"),
    is_one_of(search_rows.c.turn_id, "ids"),
)


def forget_session(db: Connection, session_id: str) -> None:
    """Let nothing of a session be found any more, be it that a fork has turns of it."""
    db.run(FORGET_SESSION, this=session_id, in_shard=rules.shard_of(session_id))


def forget_turns(db: Connection, session_id: str, turn_ids: Sequence[str]) -> None:
    """Let some turns of a session not be found any more."""
    db.run(FORGET_TURNS, this=session_id, in_shard=rules.shard_of(session_id), ids=array(turn_ids))


# --- what was here before there was a search ---

# Several nodes may be at it: one of them goes on where the last one ended.
NEXT_BACKLOG = (
    select(search_backlog.c.kind, search_backlog.c.after)
    .order_by(search_backlog.c.kind)
    .limit(1)
    .with_for_update(skip_locked=True)
)
MOVE_BACKLOG = update(search_backlog).where(search_backlog.c.kind == bindparam("this")).values(after=bindparam("after"))
END_BACKLOG = delete(search_backlog).where(search_backlog.c.kind == bindparam("this"))
OLDER_NAMES = (
    select(sessions)
    .where(sessions.c.session_id > bindparam("after"), sessions.c.is_gone == false())
    .order_by(sessions.c.session_id)
    .limit(bindparam("limit"))
    .with_for_update(read=True, key_share=True)  # it is not deleted meanwhile
)
OLDER_TURNS = (
    select(turns.c.turn_id, turns.c.owner, turns.c.agent_id, turns.c.session_id, turns.c.turn)
    .where(turns.c.turn_id > bindparam("after"), turns.c.is_gone == false())
    .order_by(turns.c.turn_id)
    .limit(bindparam("limit"))
    .with_for_update(read=True, key_share=True)
)


def index_older(db: Connection, *, limit: int) -> int:
    """Go on with what was here before; return how much was looked at. Whatever has a row by now has the newer one."""
    backlog = db.row(NEXT_BACKLOG)
    if backlog is None:
        return 0
    of_names = backlog["kind"] == "names"
    rows = db.rows(OLDER_NAMES if of_names else OLDER_TURNS, after=backlog["after"], limit=limit)
    for row in _older_names(rows) if of_names else _older_turns(rows):
        db.do(WRITE_UNLESS_THERE, **row)
    if not rows:
        db.run(END_BACKLOG, this=backlog["kind"])
        return 1
    db.run(MOVE_BACKLOG, this=backlog["kind"], after=rows[-1]["session_id" if of_names else "turn_id"])
    return len(rows)


def _older_names(rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    for row in rows:
        if search_rules.is_named(row["session_name"], row["title_source"]):
            yield _row_of_name(row["owner"], session_of(row))


def _older_turns(rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    for row in rows:
        if row["turn"] is not None:
            ids = (row["owner"], row["agent_id"], row["session_id"])
            yield row_of_turn(ids, _turn.decode(row["turn"]))
