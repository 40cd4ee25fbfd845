"""Who reads a turn, live and later: all see the same log, and none changes it."""

import asyncio

import pytest

from tertulia.domain.errors import (
    SessionNotFound,
    TurnNotFound,
)
from tertulia.domain.events import TurnCompleted, TurnQueued
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.models.scripted import Reply
from tertulia.store.memory.store import MemoryStore
from tests.runtime.conftest import OWNER, MakeWorld, World, say


async def read_all(w: World, turn_id: str) -> list[str]:
    return [type(each.event).__name__ async for batch in w.turns.follow(OWNER, turn_id) for each in batch]


async def test_every_reader_sees_the_same_log_live_and_later(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply("one ", gate, "two"))
    record = await w.start()
    live = [asyncio.create_task(read_all(w, record.turn_id)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    logs = [await task for task in live]
    assert logs[0] == logs[1] == logs[2] == await read_all(w, record.turn_id)
    assert (logs[0][0], logs[0][-1]) == (TurnQueued.__name__, TurnCompleted.__name__)


async def test_a_reader_that_comes_back_with_a_cursor_misses_nothing_and_sees_nothing_twice(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply("one two three ", gate, "four five"))
    record = await w.start()
    seen = []
    async for batch in w.turns.follow(OWNER, record.turn_id):
        seen += batch
        if len(seen) >= 5:
            break
    gate.set()
    async for batch in w.turns.follow(OWNER, record.turn_id, seen[-1].id):
        seen += batch
    ids = [each.id for each in seen]
    assert ids == sorted(set(ids))
    assert project(replay(seen)).output_message.content == "one two three four five"
    assert project(replay(seen)) == await w.get(record.turn_id)


async def test_the_end_of_a_turn_is_shown_only_when_it_is_stored(world: MakeWorld) -> None:
    store = MemoryStore()
    w = await world(Reply("done"), store=store)
    record = await w.start()
    async for batch in w.turns.follow(OWNER, record.turn_id):
        if isinstance(batch[-1].event, TurnCompleted):
            stored = await store.get_turn(OWNER, w.agent_id, w.session_id, record.turn_id)
            assert stored.record.status == "completed"


async def test_a_reader_that_leaves_changes_nothing(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply("one ", gate, "two"))
    record = await w.start()
    reader = asyncio.create_task(read_all(w, record.turn_id))
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.wait([reader])
    gate.set()
    assert (await w.turns.until_rest(record)).output_message.content == "one two"


async def test_a_log_of_another_owner_is_not_there(world: MakeWorld) -> None:
    w = await world(Reply("mine"))
    turn = await w.turn()
    with pytest.raises(TurnNotFound):
        await w.turns.get("ben", w.agent_id, w.session_id, turn.turn_id)
    with pytest.raises(TurnNotFound):
        _ = [batch async for batch in w.turns.follow("ben", turn.turn_id)]
    with pytest.raises(SessionNotFound):
        await w.turns.start("ben", w.agent_id, w.session_id, say())
