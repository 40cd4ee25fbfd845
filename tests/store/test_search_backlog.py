"""What was here before there was a search is found once the store has gone through it, a little at a time."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from tertulia.domain.messages import AssistantMessage, UserMessage
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionPatch
from tertulia.domain.turns import Turn
from tertulia.store.base import Store
from tertulia.store.rules import shard_of
from tertulia.store.sql.postgres import schema as postgres
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite import schema as sqlite
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA, at

BEFORE = "0006"
SHARD = shard_of("s1")


def turn(n: int) -> Turn:
    return Turn(
        turn_id=f"t{n}",
        session_id="s1",
        n=n,
        status="completed",
        input_messages=[UserMessage(content=f"Lisbon {n}")],
        steps=[],
        output_message=AssistantMessage(content="Hm."),
        started_at=at(n),
        completed_at=at(n),
    )


ROWS: list[tuple[str, tuple[Any, ...]]] = [
    ("INSERT INTO agents VALUES ('ana', 'a1', 1, false, {}, {})", (at(0), at(0))),
    (
        "INSERT INTO sessions VALUES ('s1', {}, 'ana', 'a1', {}, {}, false, false, 1, 3, 'idle', 'completed', NULL,"
        " 'user', 'Lisbon', '', '', {}, NULL)",
        (SHARD, at(0), at(0), b"{}"),
    ),
    *(
        (
            "INSERT INTO turns (turn_id, shard, owner, session_id, agent_id, agent_version, n, status, fence,"
            " cancel_requested, request_hash, created_at, completed_at, turn)"
            " VALUES ({}, {}, 'ana', 's1', 'a1', 1, {}, 'completed', 1, false, '', {}, {}, {})",
            (f"t{n}", SHARD, n, at(n), at(n), msgspec.json.encode(turn(n))),
        )
        for n in (1, 2, 3)
    ),
]


def in_sqlite(ask: Callable[[str], Any]) -> Store:
    path: Path = ask("path")
    path.parent.mkdir()
    sqlite.migrate(path, to=BEFORE)
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement, values in ROWS:
            raw.execute(statement.format(*"?" * len(values)), values)
    return SqlStore(SqliteDatabase(path))


def in_postgres(ask: Callable[[str], Any]) -> Store:
    url: str = ask("postgres_url")
    postgres.migrate(url, to=BEFORE)
    with psycopg.connect(url) as raw:
        for statement, values in ROWS:
            raw.execute(statement.format(*["%s"] * len(values)).encode(), values)
    return SqlStore(PostgresDatabase(url))


@pytest.fixture(params=[in_sqlite, in_postgres])
async def old(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """A store in which Ana had a session with three turns before there was a search."""
    store: Store = request.param(request.getfixturevalue)
    await store.open()
    yield store
    await store.close()


async def found(store: Store, query: str = "lisbon") -> list[str]:
    page = await store.search(ANA, SearchFilter(query=parse_query(query)), limit=50)
    return [hit.turn_id or hit.session_id for hit in page.items]


async def index_all(store: Store, *, limit: int) -> None:
    while await store.index_older(limit=limit):
        pass


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_all_of_it_is_found_in_the_end(old: Store, limit: int) -> None:
    assert await found(old) == []
    await index_all(old, limit=limit)
    assert await found(old) == ["s1", "t3", "t2", "t1"]
    assert await old.index_older(limit=limit) == 0


async def test_what_is_newer_than_what_was_here_stays(old: Store) -> None:
    await old.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Porto"), at=at(9))
    await index_all(old, limit=2)
    assert await found(old) == ["t3", "t2", "t1"]
    assert await found(old, "porto") == ["s1"]


async def test_what_is_deleted_meanwhile_is_left_out(old: Store) -> None:
    await old.index_older(limit=1)
    await old.delete_session(ANA, "a1", "s1")
    await index_all(old, limit=1)
    assert await found(old) == []
