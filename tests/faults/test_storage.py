"""Disks that are full, files that others hold, logs that are torn: a server says so, and goes on by itself (R13, R14).

How each of them is told by the store: tests/store/test_trouble.py. Here it is a running server that meets them.
"""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Stage
from tests.faults.model import wish, words_of
from tests.faults.node import Node
from tests.faults.size import either

pytestmark = pytest.mark.faults

REFUSALS = either(3, 30)
SPARE = 20_000
"""Bytes that files may still grow by when the disk is full: the server's log goes there, too."""
LARGE = "x" * 150_000


@contextmanager
def full_disk(node: Node) -> Iterator[None]:
    """The kernel lets no file of the server grow beyond its write-ahead log as it is now."""
    size = node.database.with_name("tertulia.db-wal").stat().st_size
    soft, hard = resource.prlimit(node.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (size + SPARE, hard))
    try:
        yield
    finally:
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes to the database, and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_when_the_disk_is_full_turns_are_refused_and_go_on_when_it_is_not(stage: Stage) -> None:
    session, running_in = await stage.new_session(), await stage.new_session()
    for _ in range(30):  # the write-ahead log is larger than the server's own log then
        await stage.caller.turn(session, wish(100) + LARGE[:5_000])
    running = await stage.caller.begin(running_in, wish(100, pause_ms=20))
    with full_disk(stage.node), stage.caller.expecting(503):
        refused = 0
        while refused < REFUSALS:
            answer = await stage.caller.post(session, wish(1) + LARGE, background=True)
            if answer.status_code == 503:
                assert (answer.json()["code"], answer.headers["retry-after"].isdigit()) == ("storage_unavailable", True)
                refused += 1
        assert (await stage.caller.get(session))["session_id"]  # what can be read is read
        assert (await stage.caller.ask("GET", "/v1/health")).status_code == 200
    assert (await stage.caller.turn(session, wish(1) + LARGE))["status"] == "completed"
    await stage.until_idle(running_in)
    end = await stage.caller.get(running)
    assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(100)))
    await stage.until_idle(session)
    await stage.check()


async def test_while_another_process_holds_the_database_turns_are_refused_and_the_running_one_is_not_lost(
    stage: Stage,
) -> None:
    session, running_in = await stage.new_session(), await stage.new_session()
    await stage.caller.turn(session, wish(1))
    running = await stage.caller.begin(running_in, wish(100, pause_ms=10))
    await stage.model.asked.wait()
    with locked(stage.node.database), stage.caller.expecting(503):
        begun = asyncio.get_running_loop().time()
        answer = await stage.caller.post(session, wish(1), key="again")
        took = asyncio.get_running_loop().time() - begun
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
        assert took >= 4, "a lock that is let go within five seconds is waited for"
        assert (await stage.caller.get(running))["status"] == "running"
    assert (await stage.caller.turn(session, wish(1), key="again"))["status"] == "completed"
    [end] = await stage.until_idle(running_in)
    assert (end["status"], end["output_message"]["content"]) == ("completed", "".join(words_of(100)))
    await stage.check()


async def test_a_write_ahead_log_that_lost_its_tail_in_a_crash_loses_no_more_than_that(stage: Stage) -> None:
    node, session = stage.node, await stage.new_session()
    for round_ in range(either(4, 20)):
        before = await stage.caller.turns(session)
        await stage.caller.turn(session, wish(30))
        await node.kill()
        log = node.database.with_name("tertulia.db-wal")
        with log.open("r+b") as file:
            file.truncate(max(0, log.stat().st_size - 1 - 997 * round_))
        await node.start()
        after = await stage.until_idle(session)
        assert after[: len(before) - 1] == before[:-1]
        assert len(after) >= len(before)
        stage.caller.promised.clear()  # a disk that loses what it has synced keeps no promise of ours
        assert (await stage.caller.turn(session, wish(2)))["status"] == "completed"
        await stage.check()
