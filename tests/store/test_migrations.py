"""The schema: two ways lead to it, killing them halfway does no harm, and a newer one is left alone (R26)."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from tertulia import __version__
from tertulia.domain.errors import StartupError
from tertulia.store.base import Store
from tertulia.store.rules import shard_of
from tertulia.store.sql.schema import NEWEST
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.sqlite.schema import migrate
from tertulia.store.sql.store import SqlStore
from tertulia.store.sql.tables import metadata
from tests.store.conftest import ROOT
from tests.store.values import ANA, agent, at, new_turn, orphans


def is_not_for_words(thing: Any, name: str, *_: Any) -> bool:
    """What each database finds words by is not among the tables: see `search_schema`."""
    return not name.startswith(("search_words", "search_rows_in_place", "search_rows_by_words"))


BUT_FOR_WORDS = {"include_object": is_not_for_words}


async def opened(path: Path) -> Store:
    store = SqlStore(SqliteDatabase(path))
    await store.open()
    return store


def schema_of(path: Path) -> dict[str, str]:
    """What SQLite says that a file's tables and indexes are, but for spaces."""
    with closing(sqlite3.connect(path)) as raw:
        made = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: "".join(sql.split()) for name, sql in made}


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(statement)


async def test_the_migrations_lead_where_a_new_database_begins(tmp_path: Path) -> None:
    migrate(tmp_path / "migrated.sqlite3")
    store = await opened(tmp_path / "new.sqlite3")
    await store.close()
    assert schema_of(tmp_path / "migrated.sqlite3") == schema_of(tmp_path / "new.sqlite3")


def test_the_migrations_make_the_tables_that_the_statements_are_written_for(path: Path) -> None:
    path.parent.mkdir()
    migrate(path)
    with create_engine(f"sqlite:///{path}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=BUT_FOR_WORDS), metadata) == []


async def test_a_migrated_file_is_as_good_as_a_new_one(path: Path) -> None:
    path.parent.mkdir()
    migrate(path)
    store = await opened(path)
    await store.create_agent(ANA, agent())
    assert await store.get_agent(ANA, "a1") == agent()
    await store.close()


async def test_opening_again_changes_nothing(store: Store, path: Path) -> None:
    await store.close()
    before = schema_of(path)
    for _ in range(2):
        await (await opened(path)).close()
    migrate(path)
    assert schema_of(path) == before
    again = await opened(path)
    assert await again.get_agent(ANA, "a1") == agent()
    await again.close()


async def test_a_newer_database_is_refused_and_left_alone(store: Store, path: Path) -> None:
    await store.close()
    change(path, "UPDATE alembic_version SET version_num = '0917'")
    with pytest.raises(StartupError) as refused:
        await opened(path)
    for part in ("0917", NEWEST, __version__, str(path)):
        assert part in refused.value.message
    change(path, f"UPDATE alembic_version SET version_num = '{NEWEST}'")
    again = await opened(path)
    assert await again.get_agent(ANA, "a1") == agent()
    await again.close()


async def test_a_database_of_someone_else_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE songs (title TEXT)")
    with pytest.raises(StartupError, match="was not made by Tertulia"):
        await opened(path)
    assert schema_of(path).keys() == {"songs"}


# Two turns of version 1: one ended with deltas in its log, one was cut off by a crash.
OLD = """
INSERT INTO agents VALUES ('ana', 'a1', 1, false, :at, :at);
INSERT INTO agent_versions VALUES ('ana', 'a1', 1, :at, '{"model":"demo/script"}');
INSERT INTO sessions VALUES ('s1', :shard, 'ana', 'a1', :at, :at, false, false, 1, 2, 'running', 'running', NULL,
    'user', 'Mine', '', '', '{}', NULL);
INSERT INTO turns (turn_id, shard, owner, session_id, agent_id, agent_version, n, status, fence, cancel_requested,
    request_hash, created_at, completed_at) VALUES
    ('t1', :shard, 'ana', 's1', 'a1', 1, 1, 'completed', 1, false, '', :at, :at),
    ('t2', :shard, 'ana', 's1', 'a1', 1, 2, 'running', 1, false, '', :at, NULL);
INSERT INTO turn_events VALUES
    ('t1', 1, 1, :shard, 1, 'boundary', '[{"event_type":"turn_start","turn_id":"t1","session_id":"s1","n":1,"at":""}]'),
    ('t1', 1, 2, :shard, 2, 'delta',
        '[{"event_type":"step_progress","step_id":"x","step_type":"inference","delta":{"type":"text","text":"Hi"}}]');
"""


async def test_what_a_database_of_the_first_version_held_goes_on(path: Path) -> None:
    path.parent.mkdir()
    migrate(path, to="0001")
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in OLD.split(";")[:-1]:
            raw.execute(statement.replace(":at", f"'{at(0)}'").replace(":shard", str(shard_of("s1"))))
    store = await opened(path)
    assert await orphans(store) == ["t2"]
    claim = await store.claim(ANA, "t2", node="node")
    assert claim is not None
    assert (claim.record.epoch, claim.record.attempts) == (2, 0)
    assert await store.drop_deltas(ended_before=at(1), limit=9) == 1
    assert len(await store.read_events(ANA, "t1")) == 1
    listed = await store.list_turns(ANA, "s1", order="asc", limit=9)
    assert [(each.record.turn_id, each.record.parent_turn_id) for each in listed.items] == [("t1", None), ("t2", "t1")]
    found = await store.get_session(ANA, "a1", "s1")
    assert (found.active_turn_id, found.turn_count) == ("t2", 2)
    assert (await store.accept_turn(ANA, new_turn("t3", parent_turn_id="t1"), node="node")).record.n == 3
    await store.close()


# A process that dies before its n-th CREATE.
DIES = """
import asyncio, os, pathlib, signal, sys
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.sqlite.schema import migrate

path, created = pathlib.Path(sys.argv[1]), []

def count(sql):
    if sql.lstrip().startswith("CREATE"):
        created.append(sql)
        if len(created) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

def watch(raw):
    raw.set_trace_callback(count)

"""
WAYS = {"migrated": "migrate(path, watch)", "made new": "asyncio.run(SqliteDatabase(path, on_connect=watch).open())"}
OPENS = """
import asyncio, pathlib, sys
from tertulia.store.sql.sqlite.database import SqliteDatabase
asyncio.run(SqliteDatabase(pathlib.Path(sys.argv[1])).open())
assert "alembic" not in sys.modules
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
async def test_a_process_that_is_killed_while_it_makes_tables_leaves_nothing_half_done(path: Path, way: str) -> None:
    path.parent.mkdir()
    for statement in (1, 2, 5, 9):
        assert run(DIES + WAYS[way], path, statement) == -signal.SIGKILL
        assert schema_of(path) == {}
    store = await opened(path)
    await store.create_agent(ANA, agent())
    await store.close()


def test_alembic_is_not_imported_unless_a_migration_is_due(path: Path) -> None:
    for _ in ("a new database", "one that is up to date"):
        assert run(OPENS, path) == 0


def run(program: str, *arguments: Any) -> int:
    return subprocess.run([sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, check=False).returncode
