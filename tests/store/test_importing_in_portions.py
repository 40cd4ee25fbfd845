"""A large session comes in by many transactions: others write in between, and one that is cut off is never seen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from tertulia.domain.errors import FileNotFound, SessionNotFound, StorageUnavailable
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.domain.sessions import SessionFilter
from tertulia.store.importing import ImportedTurn
from tertulia.store.sql import importing
from tertulia.store.sql.database import Database, Operation
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.store.sql.tables import search_rows, sessions, turn_events, turns
from tests.contracts.test_store_importing import SESSION, imported
from tests.store.values import ANA, NODE, agent, at, new_turn, session

T = TypeVar("T")
KINDS = ["sqlite", "postgres"]


class Watched:
    """A database of which every write begins at a gate that a test keeps: by its number, counted from the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writes = 0
        self.gate: Callable[[int], Awaitable[None]] = _open

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, operation: Operation[T]) -> T:
        self.writes += 1
        await self.gate(self.writes)
        return await self._database.write(operation)


async def _open(_: int) -> None: ...


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Watched:
    if request.param == "sqlite":
        return Watched(SqliteDatabase(tmp_path / "tertulia.sqlite3"))
    return Watched(PostgresDatabase(request.getfixturevalue("cleared_postgres_url")))


@pytest.fixture
async def store(database: Watched) -> AsyncIterator[SqlStore]:
    store = SqlStore(cast(Database, database))
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    database.writes = 0
    yield store
    database.gate = _open
    await store.close()


@pytest.fixture(scope="module")
def large() -> list[ImportedTurn]:
    """Turns of some ten portions."""
    return [imported(n, words=f"word{n} " * 20_000) for n in range(1, 11)]


async def rows_in(database: Watched) -> dict[str, int]:
    """How many rows there are of what an import writes."""
    counts = [(table.name, select(func.count().label("count")).select_from(table)) for table in TABLES]
    return {name: await database.read(lambda db, found=found: db.rows(found)[0]["count"]) for name, found in counts}


TABLES = (sessions, turns, turn_events, search_rows)


async def seen(store: SqlStore) -> list[object]:
    """What is seen of session s2, wherever somebody may look."""
    listed = await store.list_sessions(ANA, SessionFilter(agent_id="a1"), order="desc", limit=9)
    hits = await store.search(ANA, SearchFilter(query=parse_query("word3")), limit=9)
    return [
        *(each.session_id for each in listed.items if each.session_id == "s2"),
        *hits.items,
        *(await store.list_trash(ANA, limit=9)).items,
        *(await store.list_due_trash(deleted_before="9999", limit=9)).items,
        *(await store.list_tree(ANA, "s2", limit=9)),
        *(await store.list_turns(ANA, "s2", order="asc", limit=9)).items,
        *(await store.list_history(ANA, "t1", limit=9)),
    ]


async def test_turns_are_accepted_between_the_portions_of_an_import(
    store: SqlStore, database: Watched, large: list[ImportedTurn]
) -> None:
    accepted: list[str] = []

    async def between(_: int) -> None:
        """Let others write before each portion, whose own writes are not held."""
        database.gate = _open
        name = f"n{len(accepted)}"
        await store.create_session(ANA, session(f"of-{name}"))
        taken = await store.accept_turn(ANA, new_turn(name, session_id=f"of-{name}"), node=NODE)
        accepted.append(taken.record.status)
        database.gate = between

    database.gate = between
    await store.import_session(ANA, SESSION, large)
    assert accepted == ["running"] * len(accepted)
    assert len(accepted) > len(large)


def test_a_portion_is_small_however_large_all_of_it_is(large: list[ImportedTurn]) -> None:
    portions = importing.prepared(ANA, SESSION, [imported(n, words="Hello") for n in range(1, 1_000)]).portions
    assert [len(each.turns + each.log + each.words) for each in portions[:-1]] == [importing.PORTION_ROWS] * (
        len(portions) - 1
    )
    made = importing.prepared(ANA, SESSION, large).portions
    assert all(size_of(each) <= importing.PORTION_BYTES for each in made)


def size_of(portion: importing.Portion) -> int:
    rows = [*portion.turns, *portion.log, *portion.words]
    return sum(len(value) for row in rows for value in row.values() if isinstance(value, bytes | str))


async def test_it_is_seen_when_all_of_it_is_here(store: SqlStore, database: Watched, large: list[ImportedTurn]) -> None:
    async def look(number: int) -> None:
        if number > 1:
            assert await seen(store) == []
            with pytest.raises(SessionNotFound):
                await store.get_session(ANA, "a1", "s2")

    database.gate = look
    await store.import_session(ANA, SESSION, large)
    assert database.writes > len(large)
    assert (await store.get_session(ANA, "a1", "s2")).turn_count == len(large)
    assert [each.turn_id for each in await store.list_history(ANA, "t10", limit=2)] == ["t10", "t9"]
    assert len((await store.search(ANA, SearchFilter(query=parse_query("word3")), limit=9)).items) == 1
    assert (await store.list_trash(ANA, limit=9)).items == []


@pytest.mark.parametrize("cut", [2, 5, 12])
async def test_of_one_that_is_cut_off_by_a_lost_process_nothing_is_seen_or_left(
    store: SqlStore, database: Watched, large: list[ImportedTurn], cut: int
) -> None:
    before = await rows_in(database)

    async def lost(number: int) -> None:
        if number >= cut:
            raise StorageUnavailable("Lost.", retry_after=1)

    database.gate = lost
    with pytest.raises(StorageUnavailable):
        await store.import_session(ANA, SESSION, large)
    assert await seen(store) == []
    assert await rows_in(database) != before  # it could not be dropped

    database.gate = _open
    assert await store.purge_trash(deleted_before=at(99), limit=9) == 0
    assert await rows_in(database) != before  # somebody may still be at it
    with pytest.raises(StorageUnavailable, match="just now"):
        await store.import_session(ANA, SESSION, large)
    if database.is_shared:
        await database.write(lambda db: importing.drop_left(db, limit=9, is_anybody_there=False))
    else:
        await store.close()
        await store.open()
    assert await rows_in(database) == before
    await store.import_session(ANA, SESSION, large)
    assert (await store.get_session(ANA, "a1", "s2")).turn_count == len(large)


async def test_one_that_cannot_be_ended_leaves_nothing(
    store: SqlStore, database: Watched, large: list[ImportedTurn]
) -> None:
    before = await rows_in(database)
    with pytest.raises(FileNotFound):
        await store.import_session(ANA, SESSION, [*large[:-1], replace(large[-1], used_files=["nowhere"])])
    assert database.writes > len(large)
    assert await rows_in(database) == before
