"""Statements and operations that find turns and sessions by words, and that keep their rows.

Operations do what `SearchStore` says; what they raise is said there. A row is written by one statement, in the
transaction of whatever makes it; it goes with its session.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    column,
    delete,
    false,
    select,
    table,
    text,
    tuple_,
    update,
)

from tertulia.domain.paging import Page
from tertulia.domain.search import Phrase, SearchFilter, SearchHit
from tertulia.domain.sessions import Session
from tertulia.domain.turns import Turn
from tertulia.store import rules, search_rules
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import AsWords, FreePlace, InsertUnlessThere, InsertWords, array, is_one_of
from tertulia.store.sql.tables import MARKED, search_backlog, search_rows, sessions, turns

Language = Literal["fts5", "tsquery"]
"""How a database is asked for words."""

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


# --- finding ---

_words = table("search_words", column("rowid", BigInteger))
_SHOWN = [
    search_rows.c.place,
    search_rows.c.turn_id,
    sessions.c.session_id,
    sessions.c.session_name,
    sessions.c.agent_id,
    sessions.c.started_at,
    sessions.c.updated_at,
    sessions.c.pinned,
    sessions.c.archived,
    turns.c.n,
    turns.c.created_at,
    turns.c.turn,
]


MOST_MARKED = 200
"""So many archived or pinned sessions are looked through; if there are more, a page is soon found among all hits."""


@cache
def marked_statement(*, archived: bool, pinned: bool) -> Select[Any]:
    """Build the select of sessions that are archived, or pinned, or not, with at least one of these filters."""
    found = select(sessions.c.session_id).where(sessions.c.owner == bindparam("of"), text(MARKED))
    return _filtered(found, archived=archived, pinned=pinned).limit(bindparam("limit"))


def _filtered(found: Select[Any], *, archived: bool, pinned: bool) -> Select[Any]:
    if archived:
        found = found.where(sessions.c.archived == bindparam("archived"))
    return found.where(sessions.c.pinned == bindparam("pinned")) if pinned else found


@cache
def statement(language: Language, *, archived: bool, pinned: bool, but: bool, among: bool) -> Select[Any]:
    """Build the search's select, with these filters or without."""
    rows = _among(language) if among else BY_WORDS[language]()
    of_turn = and_(turns.c.turn_id == search_rows.c.turn_id, turns.c.shard == search_rows.c.shard)
    of_session = and_(sessions.c.session_id == search_rows.c.session_id, sessions.c.shard == search_rows.c.shard)
    found = rows.join(sessions, of_session).outerjoin(turns, of_turn)
    found = found.where(search_rows.c.owner == bindparam("of"), sessions.c.deleted_at.is_(None))
    found = _filtered(found, archived=archived, pinned=pinned)
    if but:
        found = found.where(search_rows.c.session_id != bindparam("but"))
    return found.limit(bindparam("limit"))


def _fts5() -> Select[Any]:
    """Places are unique, and the order of the index: it is read from the end, and no further than the page goes."""
    return (
        select(*_SHOWN)
        .select_from(_words)
        .join(search_rows, search_rows.c.place == _words.c.rowid)
        .where(
            text("search_words MATCH :match"), _words.c.rowid >= bindparam("low"), _words.c.rowid < bindparam("below")
        )
        .order_by(_words.c.rowid.desc())
    )


def _tsquery() -> Select[Any]:
    return _in_order().where(HAS_WORDS["tsquery"])


def _among(language: Language) -> Select[Any]:
    """The rows of a few sessions, each of which is asked for the words."""
    return _in_order().where(is_one_of(search_rows.c.session_id, "among"), HAS_WORDS[language])


def _in_order() -> Select[Any]:
    key = (search_rows.c.place, search_rows.c.session_id, search_rows.c.turn_id)
    last = tuple_(
        bindparam("last_place", type_=BigInteger),
        bindparam("last_session", type_=Text),
        bindparam("last_turn", type_=Text),
    )
    return (
        select(*_SHOWN)
        .select_from(search_rows)
        .where(
            search_rows.c.place >= bindparam("low", type_=BigInteger),
            search_rows.c.place < bindparam("high", type_=BigInteger),
            tuple_(*key) < last,
        )
        .order_by(*(each.desc() for each in key))
    )


HAS_WORDS = {
    "fts5": text(
        "EXISTS (SELECT 1 FROM search_words WHERE search_words MATCH :match AND search_words.rowid = search_rows.place)"
    ),
    "tsquery": text("search_rows.terms @@ CAST(:match AS tsquery)"),
}
BY_WORDS: dict[Language, Callable[[], Select[Any]]] = {"fts5": _fts5, "tsquery": _tsquery}


def find(
    db: Connection, owner: str, which: SearchFilter, language: Language, *, limit: int, cursor: str | None
) -> Page[SearchHit]:
    """Return a page of what is found."""
    last = search_rules.position(cursor)
    if which.query.asks_nothing:
        return Page(items=[])
    among = _among_sessions(db, owner, which)
    rows: list[Row] = []
    for bounds in search_rules.ranges(which):
        if len(rows) <= limit:
            rows += _rows(db, (owner, which, language), (bounds, last, limit + 1 - len(rows)), among=among)
    items = [_hit(row, which) for row in rows[:limit]]
    more = search_rules.cursor_after(_key(rows[limit - 1])) if len(rows) > limit else None
    return Page(items=items, next_cursor=more)


Span = tuple[tuple[int, int], search_rules.Key, int]
"""From which place up to (without) which, after what, and how many."""


def _among_sessions(db: Connection, owner: str, which: SearchFilter) -> list[str] | None:
    """The few sessions that alone can have hits; None if they are many, or unknown."""
    if which.session_id is not None:
        return [which.session_id]
    return _few_marked(db, owner, which) if which.archived or which.pinned else None


def _few_marked(db: Connection, owner: str, which: SearchFilter) -> list[str] | None:
    """The sessions that are archived or pinned as asked, unless there are many: then a page is soon found by words."""
    statement = marked_statement(archived=which.archived is not None, pinned=which.pinned is not None)
    rows = db.rows(statement, of=owner, archived=which.archived, pinned=which.pinned, limit=MOST_MARKED + 1)
    return [row["session_id"] for row in rows] if len(rows) <= MOST_MARKED else None


def _rows(
    db: Connection, asked: tuple[str, SearchFilter, Language], span: Span, *, among: list[str] | None
) -> Sequence[Row]:
    owner, which, language = asked
    (low, high), (last_place, last_session, last_turn), limit = span
    return db.rows(
        statement(
            language,
            archived=which.archived is not None,
            pinned=which.pinned is not None,
            but=which.but_session is not None,
            among=among is not None,
        ),
        of=owner,
        match=MATCHES[language](*search_rules.needed(owner, which)),
        low=low,
        high=high,
        below=min(high, last_place),
        last_place=last_place,
        last_session=last_session,
        last_turn=last_turn,
        archived=which.archived,
        pinned=which.pinned,
        but=which.but_session,
        among=array(among or ()),
        limit=limit,
    )


def _key(row: Row) -> search_rules.Key:
    return row["place"], row["session_id"], row["turn_id"]


def _hit(row: Row, which: SearchFilter) -> SearchHit:
    session = Session(
        session_id=row["session_id"],
        session_name=row["session_name"],
        agent_id=row["agent_id"],
        started_at=row["started_at"],
        updated_at=row["updated_at"],
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
    )
    if not row["turn_id"]:
        return search_rules.hit_of_name(session, which.query)
    turn = None if row["turn"] is None else _turn.decode(row["turn"])
    return search_rules.hit_of_turn(session, which.query, (row["turn_id"], row["n"], row["created_at"]), turn)


def fts5_query(wanted: Sequence[Phrase], unwanted: Sequence[Phrase]) -> str:
    """Write phrases as SQLite's FTS5 reads them. https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    asked = " AND ".join(map(_fts5_phrase, wanted))
    return f"({asked}) NOT ({' OR '.join(map(_fts5_phrase, unwanted))})" if unwanted else asked


def _fts5_phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.is_prefix else ""}'


def tsquery(wanted: Sequence[Phrase], unwanted: Sequence[Phrase]) -> str:
    """Write phrases as PostgreSQL's tsquery reads them. https://www.postgresql.org/docs/16/datatype-textsearch.html"""
    return " & ".join([*map(_tsquery_phrase, wanted), *(f"!{_tsquery_phrase(phrase)}" for phrase in unwanted)])


def _tsquery_phrase(phrase: Phrase) -> str:
    quoted = " <-> ".join(f"'{term}'" for term in phrase.terms)
    return f"({quoted}{':*' if phrase.is_prefix else ''})"


MATCHES: dict[Language, Callable[[Sequence[Phrase], Sequence[Phrase]], str]] = {"fts5": fts5_query, "tsquery": tsquery}


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
            session = Session(
                session_id=row["session_id"],
                session_name=row["session_name"],
                agent_id=row["agent_id"],
                started_at=row["started_at"],
                updated_at=row["updated_at"],
            )
            yield _row_of_name(row["owner"], session)


def _older_turns(rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    for row in rows:
        if row["turn"] is not None:
            ids = (row["owner"], row["agent_id"], row["session_id"])
            yield row_of_turn(ids, _turn.decode(row["turn"]))
