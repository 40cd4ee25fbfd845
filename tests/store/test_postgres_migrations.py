"""The schema on PostgreSQL: nodes that start together, that are killed halfway, and a database of the first version."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from tertulia import __version__
from tertulia.domain.errors import StartupError
from tertulia.store.base import Store
from tertulia.store.rules import shard_of
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.postgres.schema import migrate
from tertulia.store.sql.schema import NEWEST
from tertulia.store.sql.store import SqlStore
from tertulia.store.sql.tables import metadata
from tests.store.conftest import ROOT
from tests.store.postgres import make_empty
from tests.store.test_migrations import BUT_FOR_WORDS, OLD
from tests.store.test_postgres import blocked
from tests.store.values import ANA, agent, at, orphans

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
CONSTRAINTS = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
OPENS = """
import asyncio, sys
from tertulia.store.sql.postgres.database import PostgresDatabase
asyncio.run(PostgresDatabase(sys.argv[1]).open())
"""


@pytest.fixture
def admin(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        yield raw


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = SqlStore(PostgresDatabase(url))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def schema_of(admin: psycopg.Connection) -> list[Any]:
    """What PostgreSQL says that there is."""
    return [admin.execute(statement.encode()).fetchall() for statement in (COLUMNS, INDEXES, CONSTRAINTS)]


def tables(admin: psycopg.Connection) -> set[str]:
    found = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in found}


@contextmanager
def opening(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that opens a store."""
    with subprocess.Popen([sys.executable, "-c", OPENS, url], cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_the_migrations_lead_where_a_new_database_begins(postgres_url: str) -> None:
    migrate(postgres_url)
    with psycopg.connect(postgres_url) as migrated:
        by_migrations = schema_of(migrated)
    with create_engine(postgres_url.replace("://", "+psycopg://", 1)).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=BUT_FOR_WORDS), metadata) == []
        connection.invalidate()
    make_empty(postgres_url)
    async with opened(postgres_url):
        pass
    with psycopg.connect(postgres_url) as made_new:
        assert schema_of(made_new) == by_migrations


async def test_what_a_database_of_the_first_version_held_goes_on(postgres_url: str, admin: psycopg.Connection) -> None:
    migrate(postgres_url, to="0001")
    for statement in OLD.split(";")[:-1]:
        admin.execute(statement.replace(":at", f"'{at(0)}'").replace(":shard", str(shard_of("s1"))).encode())
    async with opened(postgres_url) as store:
        assert await orphans(store) == ["t2"]
        claim = await store.claim(ANA, "t2", node="node")
        assert claim is not None
        assert (claim.record.epoch, claim.record.attempts) == (2, 0)
        assert await store.drop_deltas(ended_before=at(1), limit=9) == 1
        assert len(await store.read_events(ANA, "t1")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("found", ["nothing", "the first version"])
async def test_many_nodes_may_start_at_once(postgres_url: str, admin: psycopg.Connection, found: str) -> None:
    if found == "the first version":
        migrate(postgres_url, to="0001")
    with ExitStack() as at_once:
        processes = [at_once.enter_context(opening(postgres_url)) for _ in range(4)]
        assert [await asyncio.to_thread(process.wait) for process in processes] == [0] * 4
    assert admin.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]
    async with opened(postgres_url) as store:
        await store.create_agent(ANA, agent())


async def test_many_stores_of_one_process_may_start_at_once(postgres_url: str) -> None:
    stores = [SqlStore(PostgresDatabase(postgres_url, connections=3)) for _ in range(6)]
    await asyncio.gather(*(store.open() for store in stores))
    await stores[0].create_agent(ANA, agent())
    assert await stores[5].get_agent(ANA, "a1") == agent()
    for store in stores:
        await store.close()


async def test_a_node_that_is_killed_while_it_makes_tables_leaves_nothing_half_done(
    postgres_url: str, admin: psycopg.Connection
) -> None:
    with psycopg.connect(postgres_url) as other:
        other.execute("CREATE TABLE turns (in_the_way int)")  # uncommitted: who makes such a table waits for us
        with opening(postgres_url) as process:
            await blocked(admin)
            process.send_signal(signal.SIGKILL)
            process.wait()
        other.rollback()
    assert tables(admin) <= {"alembic_version"}
    async with opened(postgres_url) as store:
        await store.create_agent(ANA, agent())


async def test_a_node_that_is_killed_in_a_migration_leaves_the_version_before(
    postgres_url: str, admin: psycopg.Connection
) -> None:
    migrate(postgres_url, to="0001")
    before = schema_of(admin)
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT FROM turns")  # who changes that table waits for us
        with opening(postgres_url) as process:
            await blocked(admin)
            process.send_signal(signal.SIGKILL)
            process.wait()
        other.rollback()
    assert schema_of(admin) == before
    assert admin.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    async with opened(postgres_url) as store:
        await store.create_agent(ANA, agent())


async def test_a_newer_database_is_refused_and_left_alone(postgres_url: str, admin: psycopg.Connection) -> None:
    async with opened(postgres_url):
        pass
    admin.execute("UPDATE alembic_version SET version_num = '0917'")
    with pytest.raises(StartupError) as refused:
        await SqlStore(PostgresDatabase(postgres_url)).open()
    for part in ("0917", NEWEST, __version__, "another database"):
        assert part in refused.value.message


async def test_a_database_in_which_others_have_tables_of_our_names_is_refused_and_left_alone(
    postgres_url: str, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE TABLE agents (name text)")
    admin.execute("CREATE TABLE songs (title text)")
    with pytest.raises(StartupError, match="agents"):
        await SqlStore(PostgresDatabase(postgres_url)).open()
    assert tables(admin) == {"agents", "songs"}


async def test_a_database_may_be_shared_with_tables_of_others(postgres_url: str, admin: psycopg.Connection) -> None:
    admin.execute("CREATE TABLE songs (title text)")
    async with opened(postgres_url) as store:
        await store.create_agent(ANA, agent())
    assert "songs" in tables(admin)
