"""Disks fill up, files become read-only, others hold locks, tails of logs are torn (R13, R14)."""

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tertulia.domain.errors import StorageUnavailable
from tertulia.store.base import Store
from tertulia.store.log import Appended
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.conftest import Connections
from tests.store.values import ANA, NODE, completed, new_turn, orphans, running, said

MEGABYTE = "x" * 1_000_000


@contextmanager
def full_database(connections: Connections) -> Iterator[None]:
    """SQLite is not allowed another page."""
    (pages,) = connections.writer.execute("PRAGMA page_count").fetchone()
    connections.writer.execute(f"PRAGMA max_page_count = {pages + 20}")
    yield
    connections.writer.execute("PRAGMA max_page_count = 4294967294")


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond the write-ahead log as it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(connections: Connections) -> Iterator[None]:
    connections.writer.execute("PRAGMA query_only = ON")
    yield
    connections.writer.execute("PRAGMA query_only = OFF")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Someone else writes to the file, and takes longer than anybody waits."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def refused(store: Store) -> StorageUnavailable:
    with pytest.raises(StorageUnavailable) as failure:
        await store.accept_turn(ANA, new_turn("t2", words=MEGABYTE, session_id="s2"), node=NODE)
    return failure.value


TROUBLES = {
    "full database": lambda path, connections: full_database(connections),
    "full disk": lambda path, connections: full_disk(path),
    "read-only": lambda path, connections: read_only(connections),
    "locked": lambda path, connections: locked(path),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_trouble_is_refused_with_a_time_to_come_back_and_ends_without_a_restart(
    store: Store, path: Path, connections: Connections, trouble: str
) -> None:
    record = await running(store)
    connections.writer.execute("PRAGMA busy_timeout = 50")
    with TROUBLES[trouble](path, connections):
        failure = await refused(store)
        assert failure.retry_after
        # What can be read is read.
        await store.check()
        assert (await store.get_session(ANA, "a1", "s2")).turn_count == 0
    await running(store, "t2", words=MEGABYTE, session_id="s2")
    assert await store.append([completed(record)]) == Appended()
    assert connections.writer.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


async def test_what_does_not_fit_does_not_stop_what_does(store: Store, connections: Connections) -> None:
    with full_database(connections):
        outcomes = await asyncio.gather(
            store.accept_turn(ANA, new_turn("t1", session_id="s1"), node=NODE),
            store.accept_turn(ANA, new_turn("t2", session_id="s2", words=MEGABYTE), node=NODE),
            store.accept_turn(ANA, new_turn("t3", session_id="s3"), node=NODE),
            return_exceptions=True,
        )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Accepted", "StorageUnavailable", "Accepted"]
    assert await orphans(store) == ["t1", "t3"]


async def test_a_lock_that_is_let_go_in_time_is_waited_for(store: Store, path: Path) -> None:
    with locked(path) as _:
        taken = asyncio.create_task(store.accept_turn(ANA, new_turn("t1"), node=NODE))
        await asyncio.sleep(0)  # lets it ask; it waits for the lock from here on
        assert not taken.done()
    assert (await taken).record.n == 1


async def test_readers_read_on_while_the_writer_waits(store: Store, path: Path) -> None:
    with locked(path):
        taken = asyncio.create_task(store.accept_turn(ANA, new_turn("t1"), node=NODE))
        assert (await store.get_session(ANA, "a1", "s1")).turn_count == 0
    await taken
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


async def test_a_torn_log_loses_no_more_than_its_torn_commit(store: Store, path: Path, tmp_path: Path) -> None:
    turns = 5
    for n in range(1, turns + 1):
        record = await running(store, f"t{n}")
        await store.append([completed(record, before=said(["word "] * 20))])
    whole = path.with_name(path.name + "-wal").stat().st_size
    seen: list[int] = []
    for cut in (0, 1, 100, 4096, 5000, 20_000, whole // 2, whole):
        copy = _unclean_copy(path, tmp_path / f"cut{cut}", cut)
        seen.append(await _turns_in(copy))
    assert seen[0] == turns
    assert seen == sorted(seen, reverse=True)
    assert seen[1] >= turns - 1


def _unclean_copy(path: Path, folder: Path, cut: int) -> Path:
    """The files as a backup tool might take them from under a running server, and the log without its last bytes."""
    folder.mkdir()
    shutil.copy(path, folder / path.name)
    log = folder / (path.name + "-wal")
    shutil.copy(path.with_name(log.name), log)
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - cut)
    return folder / path.name


async def _turns_in(path: Path) -> int:
    """How many turns a file has, once SQLite itself has found it to be whole."""
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not raw.execute("SELECT 1 FROM sqlite_master").fetchall():
            return -1  # not even the tables had come out of the log
    store = SqlStore(SqliteDatabase(path))
    await store.open()
    turns = (await store.list_turns(ANA, "s1", order="asc", limit=999)).items
    assert [stored.record.n for stored in turns] == list(range(1, len(turns) + 1))
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == len(turns)
    await store.close()
    return len(turns)
