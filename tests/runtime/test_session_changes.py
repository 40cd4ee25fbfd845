"""Who shows a list is told what changes, on whichever node, and can come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from tertulia.domain.changes import BEGINNING, ChangeId, LoggedChange
from tertulia.domain.errors import AgentNotFound, StorageUnavailable
from tertulia.domain.sessions import SessionPatch
from tertulia.runtime.session_changes import SessionChanges
from tertulia.store.memory.store import MemoryStore
from tests.store.values import ANA, agent, at, session


class AwayStore(MemoryStore):
    """A store that is away as often as a test says."""

    away = 0

    async def last_change(self, owner: str, agent_id: str) -> ChangeId:
        self._fail()
        return await super().last_change(owner, agent_id)

    async def read_changes(self, owner: str, agent_id: str, *, after: ChangeId, limit: int) -> list[LoggedChange]:
        self._fail()
        return await super().read_changes(owner, agent_id, after=after, limit=limit)

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise StorageUnavailable


@pytest.fixture
async def store() -> AsyncIterator[AwayStore]:
    store = AwayStore(is_shared=True)
    await store.open()
    await store.create_agent(ANA, agent())
    await store.create_session(ANA, session())
    yield store
    await store.close()


def node(store: MemoryStore) -> SessionChanges:
    return SessionChanges(store, look_every=0.001)


async def told(changes: SessionChanges, after: ChangeId, count: int) -> list[str]:
    """Follow until so much was told."""
    kinds: list[str] = []
    async with asyncio.timeout(60), aclosing(changes.follow(ANA, "a1", after)) as pages:
        async for page in pages:
            kinds += [each.change.event_type for each in page]
            if len(kinds) >= count:
                break
    return kinds


async def test_readers_on_two_nodes_are_told_while_they_wait(store: AwayStore) -> None:
    one, other = node(store), node(store)
    begin = await one.begin(ANA, "a1", None)
    assert (begin.change.event_type, begin.change.has_missed) == ("following", False)
    readers = [asyncio.create_task(told(each, begin.id, 2)) for each in (one, one, other)]
    await asyncio.sleep(0)
    await store.update_session(ANA, "a1", "s1", patch=SessionPatch(session_name="Mine"), at=at(5))
    await store.delete_session(ANA, "a1", "s1")
    assert await asyncio.gather(*readers) == [["session_renamed", "session_deleted"]] * 3


async def test_who_comes_back_is_told_what_was_missed(store: AwayStore) -> None:
    begin = await node(store).begin(ANA, "a1", None)
    for n in (2, 3):
        await store.create_session(ANA, session(f"s{n}"))
    again = await node(store).begin(ANA, "a1", begin.id)
    assert (again.id, again.change.has_missed) == (begin.id, False)
    assert await told(node(store), again.id, 2) == ["session_created"] * 2


async def test_who_comes_back_too_late_is_told_so(store: AwayStore) -> None:
    seen = await store.last_change(ANA, "a1")
    await store.drop_changes(seconds=-1, limit=9)
    again = await node(store).begin(ANA, "a1", seen)
    assert again.change.has_missed
    assert (await node(store).begin(ANA, "a1", ChangeId(batch=9, seq=9))).change.has_missed


async def test_a_database_that_was_away_is_asked_again(store: AwayStore) -> None:
    changes = node(store)
    reader = asyncio.create_task(told(changes, BEGINNING, 2))
    store.away = 7
    await asyncio.sleep(0)
    while store.away:  # noqa: ASYNC110 - no bell is rung when a look fails
        await asyncio.sleep(0)
    await store.create_session(ANA, session("s2"))
    assert await reader == ["session_created"] * 2


async def test_it_ends_with_the_agent_and_with_the_server(store: AwayStore) -> None:
    with pytest.raises(AgentNotFound):
        await node(store).begin(ANA, "nobody", None)
    stopping, gone = node(store), node(store)
    last = await store.last_change(ANA, "a1")
    readers = [asyncio.create_task(told(each, last, 1)) for each in (stopping, gone)]
    await asyncio.sleep(0)
    stopping.stop()
    assert await readers[0] == []
    await store.delete_agent(ANA, "a1")
    assert await readers[1] == []
