"""Statements and operations that find turns and sessions by words.

Operations do what `SearchStore` says; what they raise is said there. The rows that are found: `indexing.py`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from sqlalchemy import BigInteger, Select, Text, and_, bindparam, column, select, table, text, tuple_

from tertulia.domain.paging import Page
from tertulia.domain.search import Phrase, SearchFilter, SearchHit
from tertulia.domain.sessions import Session
from tertulia.domain.turns import Turn
from tertulia.store import search_rules
from tertulia.store.sql.database import Connection, Row
from tertulia.store.sql.dialects import array, is_one_of
from tertulia.store.sql.tables import MARKED, search_rows, sessions, turns

Language = Literal["fts5", "tsquery"]
"""How a database is asked for words."""

_turn = msgspec.json.Decoder(Turn)

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
