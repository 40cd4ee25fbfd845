"""R23: a page of sessions that have a text costs what it may look through, however many there are that have it not.

It is counted in steps of SQLite's machine. What is on all pages together is all that there is, in both databases.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tertulia.domain.paging import Order
from tertulia.domain.sessions import SessionFilter
from tertulia.store.rules import shard_of, tagged
from tertulia.store.sql import sessions, tables
from tertulia.store.sql.database import Database, Texts
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.schema import creation
from tertulia.store.sql.sessions import LOOKED_THROUGH
from tertulia.store.sql.sqlite.connection import DIALECT, SqliteConnection, connect
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.test_search_growth import counted
from tests.store.values import ANA, agent, at

FEW, MANY = 2 * LOOKED_THROUGH + 100, 5 * LOOKED_THROUGH
A_LITTLE = 1.1
FOUND = (0, 1, 90, LOOKED_THROUGH - 1, LOOKED_THROUGH, LOOKED_THROUGH + 1, FEW - 1)
"""The numbers of the sessions that have the text; each has its number's time."""
INSERT = insert(tables.sessions)
NOTHING: dict[str, object] = {column.name: None for column in tables.sessions.columns}


def rows(count: int) -> list[dict[str, Any]]:
    """So many sessions, of which some are pinned and some archived."""
    return [
        {
            **NOTHING,
            "session_id": f"s{n}",
            "shard": shard_of(f"s{n}"),
            "owner": ANA,
            "agent_id": "a1",
            "started_at": at(n),
            "updated_at": at(n),
            "pinned": n % 3 == 0,
            "archived": n % 5 == 0,
            "revision": 1,
            "turn_count": 0,
            "status": "idle",
            "title_source": "user",
            "session_name": f"Session {n}",
            "preview": "",
            "searched": "needle" if n in FOUND else "hay",
            "tags": b"[]",
            "tagged": tagged(["Needle"] if n in FOUND else ["needles", "hay needle"]),
            "metadata": b"{}",
            "last_n": 0,
            "is_gone": False,
            "tokens": 0,
        }
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[int, sqlite3.Connection]]:
    """A database with few sessions, and one with many."""
    with closing(connect(None)) as few, closing(connect(None)) as many:
        for raw, count in ((few, FEW), (many, MANY)):
            raw.execute("PRAGMA foreign_keys = OFF")
            for statement in creation(DIALECT):
                raw.execute(statement)
            raw.execute("BEGIN")
            SqliteConnection(raw, Texts(DIALECT)).run_many(INSERT, rows(count))
            raw.execute("COMMIT")
        yield {FEW: few, MANY: many}


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    "which",
    [
        SessionFilter(agent_id="a1", text="nowhere"),
        SessionFilter(agent_id="a1", text="nowhere", archived=None),
        SessionFilter(agent_id="a1", text="nowhere", pinned=False),
        SessionFilter(agent_id="a1", tag="nowhere"),
        SessionFilter(agent_id="a1", text="needle", tag="nowhere", archived=None),
    ],
)
def test_a_page_in_which_nothing_is_found_costs_no_more_where_there_are_more(
    databases: dict[int, sqlite3.Connection], order: Order, which: SessionFilter
) -> None:

    def steps(count: int) -> int:
        raw = databases[count]
        with counted(raw) as steps:
            page = sessions.list_page(
                SqliteConnection(raw, Texts(DIALECT)), ANA, which, order=order, limit=10, cursor=None
            )
        assert page.items == []
        assert page.next_cursor is not None
        return steps[0]

    assert steps(MANY) <= A_LITTLE * steps(FEW)


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Each database, with few sessions."""
    if request.param == "sqlite":
        database: Database = SqliteDatabase(tmp_path / "tertulia.sqlite3")
    else:
        database = PostgresDatabase(request.getfixturevalue("cleared_postgres_url"))
    store = SqlStore(database)
    await store.open()
    await store.create_agent(ANA, agent())
    await database.write(lambda db: db.run_many(INSERT, rows(FEW)))
    yield database
    await store.close()


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [2, 50])
@pytest.mark.parametrize(
    "which",
    [
        SessionFilter(agent_id="a1", archived=None, text="needle"),
        SessionFilter(agent_id="a1", archived=None, tag="NEEDLE"),
        SessionFilter(agent_id="a1", archived=None, text="needle", tag="needle"),
    ],
)
async def test_all_that_have_what_is_looked_for_are_on_some_page_and_each_on_one(
    database: Database, order: Order, limit: int, which: SessionFilter
) -> None:
    seen: list[str] = []
    cursor, is_more = None, True
    while is_more:
        page = await database.read(
            lambda db, cursor=cursor: sessions.list_page(db, ANA, which, order=order, limit=limit, cursor=cursor)
        )
        seen += [each.session_id for each in page.items]
        cursor, is_more = page.next_cursor, page.next_cursor is not None
    assert seen == [f"s{n}" for n in (FOUND if order == "asc" else FOUND[::-1])]
