"""R23: a page of a search costs what it shows, however much there is: counted in steps of SQLite's machine.

An index of more rows has a few more parts, all of which are looked into: twenty times as much may cost a little more,
and would cost twenty times as much if rows were gone through.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec
import pytest

from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.turns import Turn
from tertulia.store import search_rules
from tertulia.store.rules import shard_of
from tertulia.store.sql import indexing, searching
from tertulia.store.sql.database import Texts
from tertulia.store.sql.schema import creation
from tertulia.store.sql.sqlite.connection import DIALECT, SqliteConnection, connect
from tests.store.values import ANA, BEN, at

FEW, MANY = 200, 4_000
A_LITTLE = 4
PINNED = (10, 20, 30)


def fill(raw: sqlite3.Connection, count: int) -> None:
    """Add so many sessions with a turn each: most words are in all of them, of Ben's as of Ana's."""
    db = SqliteConnection(raw, Texts(DIALECT))
    for n in range(count):
        owner, session_id = (BEN if n % 2 else ANA), f"s{n}"
        values = (session_id, shard_of(session_id), owner, at(n), at(n), n in PINNED, n % 100 == 0, f"Session {n}")
        raw.execute(
            "INSERT INTO sessions (session_id, shard, owner, agent_id, started_at, updated_at, pinned, archived,"
            " turn_count, revision, status, title_source, session_name, preview, searched, metadata, last_n)"
            " VALUES (?, ?, ?, 'a1', ?, ?, ?, ?, 1, 1, 'idle', 'user', ?, '', '', '{}', 1)",
            values,
        )
        turn = turn_at(f"t{n}", session_id, at(n), question=f"What of word{n}?", answer=f"The common answer, {n % 7}.")
        raw.execute(
            "INSERT INTO turns (turn_id, shard, owner, session_id, agent_id, agent_version, n, status, fence,"
            " cancel_requested, request_hash, created_at, completed_at, turn)"
            " VALUES (?, ?, ?, ?, 'a1', 1, 1, 'completed', 1, 0, '', ?, ?, ?)",
            (turn.turn_id, shard_of(session_id), owner, session_id, at(n), at(n), msgspec.json.encode(turn)),
        )
        indexing.write_turn(db, (owner, "a1", session_id), turn)
        named = {"session_id": session_id, "turn_id": "", "shard": shard_of(session_id), "owner": owner}
        terms = search_rules.terms_of_name(owner, "a1", f"Session {n}")
        place = search_rules.place_of_name(at(n))
        db.do(indexing.WRITE, **named, own_place=place, other_place=place, words=" ".join(terms))


def turn_at(turn_id: str, session_id: str, moment: str, question: str = "When?", answer: str = "Then.") -> Turn:
    return Turn(
        turn_id=turn_id,
        session_id=session_id,
        n=1,
        status="completed",
        input_messages=[UserMessage(content=question)],
        steps=[],
        output_message=AssistantMessage(content=answer),
        started_at=moment,
    )


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[int, sqlite3.Connection]]:
    """A database with few sessions, and one with many."""
    with closing(connect(None)) as few, closing(connect(None)) as many:
        for raw, count in ((few, FEW), (many, MANY)):
            raw.execute("PRAGMA foreign_keys = OFF")
            for statement in creation(DIALECT):
                raw.execute(statement)
            raw.execute("BEGIN")
            fill(raw, count)
            raw.execute("COMMIT")
        yield {FEW: few, MANY: many}


def steps(raw: sqlite3.Connection, which: SearchFilter, cursor: str | None = None) -> int:
    """How many steps a page of ten takes."""
    db = SqliteConnection(raw, Texts(DIALECT))
    with counted(raw) as count:
        page = searching.find(db, ANA, which, "fts5", limit=10, cursor=cursor)
    assert page.items
    return count[0]


@contextmanager
def counted(raw: sqlite3.Connection) -> Iterator[list[int]]:
    """Count the steps that are taken within."""
    count = [0]

    def step() -> int:
        count[0] += 1
        return 0

    raw.set_progress_handler(step, 1)
    try:
        yield count
    finally:
        raw.set_progress_handler(None, 0)


SEARCHES = {
    "a word": SearchFilter(query=parse_query("common")),
    "words in a row": SearchFilter(query=parse_query('"common answer"')),
    "a beginning": SearchFilter(query=parse_query("comm* -word3")),
    "a name": SearchFilter(query=parse_query("session")),
    "all but": SearchFilter(query=parse_query("-common")),
    "of an agent": SearchFilter(query=parse_query("common"), agent_id="a1", pinned=False),
    "long ago": SearchFilter(query=parse_query("common"), until=at(150)),
    "of those on top": SearchFilter(query=parse_query("common"), archived=None, pinned=True),
    "a rare word": SearchFilter(query=parse_query("word150")),
}


@pytest.mark.parametrize("which", SEARCHES)
def test_a_page_costs_what_it_shows(databases: dict[int, sqlite3.Connection], which: str) -> None:
    few, many = (steps(raw, SEARCHES[which]) for raw in databases.values())
    assert many < A_LITTLE * few


def test_a_page_far_down_costs_no_more_than_the_first(databases: dict[int, sqlite3.Connection]) -> None:
    which = SearchFilter(query=parse_query("common"))
    cursor = search_rules.cursor_after((search_rules.place_of_turn(at(MANY // 2)), "", ""))
    assert steps(databases[MANY], which, cursor) < A_LITTLE * steps(databases[FEW], which)


def test_one_more_of_a_moment_that_very_many_have_costs_what_the_first_ones_did(
    databases: dict[int, sqlite3.Connection],
) -> None:
    raw = databases[FEW]
    db = SqliteConnection(raw, Texts(DIALECT))
    costs: list[int] = []
    for n in range(MANY):
        turn = turn_at(f"of-one-moment-{n}", "s1", at(FEW + 1))
        with counted(raw) as count:
            indexing.write_turn(db, (BEN, "a1", "s1"), turn)
        costs.append(count[0])
    assert sum(costs[-FEW:]) < A_LITTLE * sum(costs[:FEW])
