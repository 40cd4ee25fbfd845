"""Every backend of the store. A new one adds a line to `STORES` and passes what is here."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tertulia.store.base import Store
from tertulia.store.memory.store import MemoryStore
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA, agent, session

Ask = Callable[[str], Any]
"""Gives what is needed to make a store, by the name of its fixture."""

STORES: dict[str, Callable[[Ask], Store]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda ask: SqlStore(SqliteDatabase(ask("tmp_path") / "tertulia.sqlite3")),
    "sqlite in memory": lambda _: SqlStore(SqliteDatabase(None)),
    "postgres": lambda ask: SqlStore(PostgresDatabase(ask("cleared_postgres_url"))),
}


@pytest.fixture(params=STORES)
async def empty(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    store = STORES[request.param](request.getfixturevalue)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def store(empty: Store) -> Store:
    """An open store in which Ana has an agent, a1, and a session with it, s1."""
    await empty.create_agent(ANA, agent())
    await empty.create_session(ANA, session())
    return empty
