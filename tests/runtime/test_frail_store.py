"""Turns go on whatever the store does: operations that fail, and those that succeed with nobody told."""

import asyncio
import copy

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import StorageUnavailable, TurnNotAwaitingInput
from tertulia.domain.events import LoggedEvent
from tertulia.domain.messages import ToolResponse
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World, say, until, within
from tests.runtime.frail_store import FrailStore

CAMERA = ToolDef(name="camera", description="Take a picture.")
PICTURE = [ToolResponse(call_id="c1", tool_name="camera", content="a cat")]


async def rest(world: World, record: TurnRecord) -> Turn:
    async with within():
        return await world.turns.until_rest(record)


async def log_of(world: World, turn_id: str) -> list[LoggedEvent]:
    return [each async for batch in world.turns.follow(OWNER, turn_id) for each in batch]


async def test_a_write_that_was_done_with_nobody_told_is_not_done_again(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(Reply("It is ", "sunny."), store=store)
    store.unanswered["append"] = 1
    record = await w.start()
    turn = await rest(w, record)
    assert (turn.status, turn.output_message.content) == ("completed", "It is sunny.")
    stored = await store.read_events(OWNER, record.turn_id)
    assert stored == await log_of(w, record.turn_id)
    assert len({each.id for each in stored}) == len(stored)


async def test_a_turn_ends_whichever_of_its_writes_nobody_was_told_of(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(Reply("one"), Reply("two"), store=store, recovery_interval_ms=10)
    store.unanswered["append"] = 100
    first, second = await w.start(say("a")), await w.start(say("b"))
    await until(lambda: _has_ended(store, first))
    store.unanswered.clear()
    assert (await rest(w, first)).output_message.content == "one"
    assert (await rest(w, second)).output_message.content == "two"


async def _has_ended(store: FrailStore, record: TurnRecord) -> bool:
    events = await store.read_events(record.owner, record.turn_id)
    store.unanswered["append"] = 100
    return type(events[-1].event).__name__ == "TurnCompleted"


async def test_a_turn_that_was_accepted_with_nobody_told_runs(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(Reply("Hi."), store=store, recovery_interval_ms=10)
    store.unanswered["accept_turn"] = 1
    with pytest.raises(StorageUnavailable):
        await w.start(key="k")
    turn = await rest(w, await w.start(key="k"))
    assert (turn.status, turn.n, turn.output_message.content) == ("completed", 1, "Hi.")


async def test_a_turn_that_was_claimed_and_could_not_be_read_runs(world: MakeWorld) -> None:
    before = await world(Reply("Half", asyncio.Event()), store=FrailStore())
    record = await before.start()
    async with within():
        async for batch in before.turns.follow(OWNER, record.turn_id):
            if type(batch[-1].event).__name__ == "StepProgressed":
                break
    store = copy.deepcopy(before.store)
    assert isinstance(store, FrailStore)
    store.refused["read_events"] = 1
    after = await world(Reply("Whole."), store=store, recovery_interval_ms=10)
    after.agent_id, after.session_id = before.agent_id, before.session_id
    turn = await rest(after, record)
    assert (turn.output_message.content, turn.steps[0].attempt) == ("Whole.", 2)


@pytest.mark.parametrize("kind", ["refused", "unanswered"])
async def test_the_next_turn_begins_also_when_its_claim_fails(world: MakeWorld, kind: str) -> None:
    store = FrailStore()
    gate = asyncio.Event()
    w = await world(Reply(gate, "one"), Reply("two"), store=store, recovery_interval_ms=10)
    first, second = await w.start(say("a")), await w.start(say("b"))
    getattr(store, kind)["claim_next"] = 1
    gate.set()
    assert (await rest(w, first)).output_message.content == "one"
    assert (await rest(w, second)).output_message.content == "two"


@pytest.mark.parametrize("read", ["get_agent_config", "list_history"])
async def test_a_turn_does_not_fail_over_a_moment_without_storage(world: MakeWorld, read: str) -> None:
    store = FrailStore()
    before = await world(Reply("one"), store=store)
    await before.turn("a")
    w = await world(Reply("two"), store=store)
    w.agent_id, w.session_id = before.agent_id, before.session_id
    store.refused[read] = 1
    turn = await w.turn("b")
    assert (turn.status, turn.output_message.content) == ("completed", "two")
    assert store.refused[read] == 0


async def test_a_turn_that_came_to_rest_before_it_was_adopted_can_be_answered(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(
        Reply(Call("camera", call_id="c1")),
        Reply("A cat."),
        store=store,
        client_tools=[CAMERA],
        recovery_interval_ms=10,
    )
    record = await w.start()
    await rest(w, record)
    store.rumours.append(record)
    await until(lambda: _is_told(store))
    resumed = await answer(w, record)
    assert (await rest(w, resumed)).output_message.content == "A cat."


async def _is_told(store: FrailStore) -> bool:
    return not store.rumours


async def answer(world: World, record: TurnRecord) -> TurnRecord:
    """Answer for the camera, again while the turn is with its runner for a moment."""
    async with within():
        while True:
            try:
                return await world.turns.resume(OWNER, world.agent_id, world.session_id, record.turn_id, PICTURE)
            except TurnNotAwaitingInput:
                await asyncio.sleep(0.01)


async def test_who_waits_for_a_turn_is_told_how_it_rested_also_when_it_is_taken_up_at_once(world: MakeWorld) -> None:
    store = FrailStore()
    w = await world(
        Reply(Call("camera", call_id="c1")), Reply("A ", asyncio.Event()), store=store, client_tools=[CAMERA]
    )
    record = await w.start()
    await rest(w, record)
    store.meanwhile["get_turn"] = lambda: answer(w, record)
    assert (await rest(w, record)).status == "awaiting_input"
