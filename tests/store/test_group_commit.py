"""The writer: who waits together commits together, and nobody is answered before the commit."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.domain.errors import Conflict, QueueFull, SessionBusy, SessionNotFound
from tertulia.domain.sessions import SessionPatch
from tertulia.store.base import Store
from tertulia.store.turns import Accepted
from tests.store.conftest import Connections
from tests.store.values import ANA, NODE, append, at, completed, new_turn, orphans, running, said, session


async def test_who_waits_together_commits_together(store: Store, connections: Connections) -> None:
    await asyncio.gather(*(store.create_session(ANA, session(f"x{i}")) for i in range(64)))
    before = connections.commits
    await asyncio.gather(*(store.accept_turn(ANA, new_turn(f"t{i}", session_id=f"x{i}"), node=NODE) for i in range(64)))
    # The first may be gone before the others come; those that come while it commits share the next commit.
    assert connections.commits - before <= 3


async def test_an_answer_comes_after_the_commit(store: Store, connections: Connections, path: Path) -> None:
    before = connections.commits
    await running(store)
    assert connections.commits == before + 1
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM turns").fetchone() == (1,)


async def test_one_flush_of_many_turns_is_one_commit(store: Store, connections: Connections) -> None:
    records = [await running(store, f"t{i}", session_id=f"s{i}") for i in range(1, 5)]
    before = connections.commits
    await store.append([append(record, said(["word "] * 20)) for record in records])
    assert connections.commits == before + 1


async def test_a_commit_is_on_the_disk(store: Store, connections: Connections) -> None:
    await store.check()
    assert connections.writer.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert connections.writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


async def test_refusals_do_not_spoil_the_others(store: Store, connections: Connections) -> None:
    await running(store, "t1", session_id="s1")
    before = connections.commits
    outcomes = await asyncio.gather(
        store.accept_turn(ANA, new_turn("t2", session_id="s2"), node=NODE),
        store.accept_turn(ANA, new_turn("t3", session_id="s1", on_busy="reject"), node=NODE),
        store.accept_turn(ANA, new_turn("t4", session_id="s1", max_queued=0), node=NODE),
        store.accept_turn(ANA, new_turn("t5", session_id="s9"), node=NODE),
        store.update_session(ANA, "a1", "s3", patch=SessionPatch(metadata={"not JSON": object()}), at=at(5)),
        store.accept_turn(ANA, new_turn("t6", session_id="s4"), node=NODE),
        return_exceptions=True,
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Accepted, SessionBusy, QueueFull, SessionNotFound, TypeError, Accepted]
    assert connections.commits - before <= 2
    assert set(await orphans(store)) == {"t1", "t2", "t6"}


async def test_what_a_failed_operation_wrote_before_it_failed_is_undone(store: Store) -> None:
    one, other = await running(store, "t1", session_id="s1"), await running(store, "t2", session_id="s2")
    has_these_ids = append(other, said(["Hi"]), seq=1)
    with pytest.raises(Conflict):
        await store.append([completed(one), has_these_ids])
    assert (await store.get_turn(ANA, "a1", "s1", "t1")).record.status == "running"
    assert (await store.get_session(ANA, "a1", "s1")).status == "running"
    assert len(await store.read_events(ANA, "t1")) == 2


async def test_operations_are_run_in_the_order_in_which_they_were_asked_for(store: Store) -> None:
    accepted = await asyncio.gather(*(store.accept_turn(ANA, new_turn(f"t{i}"), node=NODE) for i in range(9)))
    assert [each.record.n for each in accepted] == list(range(1, 10))


async def test_closing_writes_what_was_asked_for(store: Store, path: Path) -> None:
    asked = [asyncio.create_task(store.create_session(ANA, session(f"x{i}"))) for i in range(50)]
    await asyncio.sleep(0)  # lets them ask
    await store.close()
    await asyncio.gather(*asked)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM sessions WHERE session_id LIKE 'x%'").fetchone() == (50,)


async def test_who_stops_waiting_does_not_disturb_the_others(store: Store) -> None:
    gone = asyncio.create_task(store.create_session(ANA, session("x1")))
    stays = asyncio.create_task(store.create_session(ANA, session("x2")))
    await asyncio.sleep(0)  # lets them ask
    gone.cancel()
    await stays
    assert gone.cancelled()
    # It was asked for, so it was done: cancelling says that nobody waits for the answer.
    assert (await store.get_session(ANA, "a1", "x1")).session_id == "x1"
