"""What was acknowledged is there, what was refused is not, whatever happens to a connection at a commit (R15, I1)."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tertulia.domain.errors import StorageUnavailable
from tertulia.store.base import Store
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.cutter import Cut, Cutter
from tests.store.postgres import PostgresServer
from tests.store.values import ANA, NODE, agent, append, completed, new_turn, running, said, session


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
