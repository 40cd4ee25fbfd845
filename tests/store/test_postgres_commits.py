"""What was acknowledged is there, what was refused is not, whatever happens to a connection at a commit (R15, I1)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator

import pytest

from tertulia.domain.errors import Conflict, StorageUnavailable
from tertulia.store.base import Store
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.store.turns import TurnRecord
from tests.store.cutter import Cut, Cutter
from tests.store.postgres import PostgresServer
from tests.store.values import ANA, NODE, agent, append, completed, new_turn, running, said, session


async def renewed(store: Store, turn_id: str) -> TurnRecord:
    """Claim a turn again, so that its events count from 1."""
    claimed = await store.claim(ANA, turn_id, node=NODE)
    assert claimed is not None
    return claimed.record


@pytest.fixture
def cutter(cleared_postgres_url: str) -> Iterator[Cutter]:
    cutter = Cutter(cleared_postgres_url)
    yield cutter
    cutter.close()


@pytest.fixture
async def store(cutter: Cutter) -> AsyncIterator[Store]:
    """A store behind the cutter, in which Ana has an agent and a session."""
    store = SqlStore(PostgresDatabase(cutter.url, patience=0.5))
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    yield store
    await store.close()


async def test_however_far_away_the_database_is_a_turn_takes_few_ways_there_and_back(
    store: Store, cutter: Cutter
) -> None:
    ways: list[int] = []

    async def count(operation: Awaitable[object]) -> None:
        before = cutter.asked
        await operation
        ways.append(cutter.asked - before)

    await running(store, "t0", idempotency_key="k0")  # now there are connections
    await store.append([completed(await renewed(store, "t0"), seq=1)])
    await count(store.accept_turn(ANA, new_turn("t1", idempotency_key="k1"), node=NODE))
    record = await renewed(store, "t1")
    await count(store.append([append(record, said(["Hi"]), seq=1)]))
    await count(store.append([completed(record, seq=4)]))
    assert ways == [3, 2, 4]


async def test_what_is_refused_at_the_end_of_a_transaction_undoes_all_of_it(store: Store) -> None:
    """The id of the turn is taken, which shows when the turn is written: together with the commit."""
    await running(store)
    with pytest.raises(Conflict):
        await store.accept_turn(ANA, new_turn("t1", session_id="s1", on_busy="enqueue"), node=NODE)
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1
    assert (await store.accept_turn(ANA, new_turn("t2"), node=NODE)).record.n == 2


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_turn_is_taken_on_once_when_the_connection_ends_at_its_commit(
    store: Store, cutter: Cutter, cut: Cut
) -> None:
    cutter.cut = cut
    accepted = await store.accept_turn(ANA, new_turn("t1"), node=NODE)
    assert cutter.was_cut.is_set()
    assert (accepted.record.n, accepted.is_repeat, len(accepted.events)) == (1, False, 2)
    assert await store.read_events(ANA, "t1") == accepted.events
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_events_are_added_once_when_the_connection_ends_at_their_commit(
    store: Store, cutter: Cutter, cut: Cut
) -> None:
    record = await running(store)
    cutter.cut = cut
    assert not (await store.append([append(record, said(["Hi"]))])).lost
    cutter.cut = cut
    assert not (await store.append([completed(record, seq=6)])).lost
    assert len(await store.read_events(ANA, "t1")) == 6


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lease_is_renewed_when_the_connection_ends_at_its_commit(
    store: Store, cutter: Cutter, cut: Cut
) -> None:
    cutter.cut = cut
    store.renew(NODE, seconds=3600)
    assert cutter.was_cut.is_set()
    await running(store)
    assert await store.list_orphans("other", limit=9) == []


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_who_is_in_doubt_waits_while_others_are_refused_until_the_database_is_back(
    store: Store, cutter: Cutter, cut: Cut
) -> None:
    cutter.cut, cutter.is_down = cut, True
    in_doubt = asyncio.create_task(store.accept_turn(ANA, new_turn("t1"), node=NODE))
    await asyncio.to_thread(cutter.was_cut.wait)
    for _ in range(12):  # more than there are connections
        with pytest.raises(StorageUnavailable):
            await store.create_session(ANA, session("s2"))
    assert not in_doubt.done()
    cutter.is_down = False
    assert (await in_doubt).record.n == 1
    assert (await store.get_session(ANA, "a1", "s1")).turn_count == 1


async def test_a_store_that_is_closed_does_not_wait_for_its_doubts(store: Store, cutter: Cutter) -> None:
    cutter.cut, cutter.is_down = "after", True
    in_doubt = asyncio.create_task(store.accept_turn(ANA, new_turn("t1"), node=NODE))
    await asyncio.to_thread(cutter.was_cut.wait)
    await store.close()
    with pytest.raises(StorageUnavailable):
        await in_doubt


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.mark.slow
async def test_after_a_crash_of_the_server_the_store_works_again_by_itself_and_has_what_it_acknowledged(
    server: PostgresServer,
) -> None:
    store = SqlStore(PostgresDatabase(server.url))
    await store.open()
    await store.create_agent(ANA, agent())
    made: list[str] = []
    stop = asyncio.Event()

    async def make(number: int) -> None:
        while not stop.is_set():
            session_id = f"s{number}.{len(made)}"
            try:
                await store.create_session(ANA, session(session_id))
                made.append(session_id)
            except StorageUnavailable:
                await asyncio.sleep(0.01)

    makers = [asyncio.create_task(make(number)) for number in range(12)]
    await asyncio.to_thread(server.stop, "immediate")
    await asyncio.to_thread(server.start)
    back, before = time.monotonic(), len(made)
    while len(made) < before + 50:
        assert time.monotonic() - back < 60
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*makers)
    assert (await store.list_agents(ANA, limit=5)).items == [agent()]
    for session_id in made:
        assert (await store.get_session(ANA, "a1", session_id)).session_id == session_id
    store.renew(NODE, seconds=3600)
    await store.close()
