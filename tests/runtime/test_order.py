"""The turns of a session: one after the other as they came, each once, and stopped when somebody says so."""

import asyncio

import pytest

from tertulia.domain.errors import (
    IdempotencyMismatch,
    QueueFull,
    SessionBusy,
    TurnNotFound,
)
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.models.scripted import Call, Reply
from tests.runtime.conftest import OWNER, MakeWorld, say, within
from tests.runtime.tools import StuckTool


async def test_turns_of_a_session_run_one_after_the_other_in_the_order_they_came(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, "one"), Reply("two"), Reply("three"))
    records = [await w.start(say(text)) for text in "abc"]
    assert [record.status for record in records] == ["running", "queued", "queued"]
    gate.set()
    async with within():
        turns = [await w.turns.until_rest(record) for record in records]
    assert [turn.output_message.content for turn in turns] == ["one", "two", "three"]
    assert w.asked() == ["system: Be brief.", "user: a", "assistant: one", "user: b", "assistant: two", "user: c"]


async def test_turns_of_different_sessions_do_not_wait_for_each_other(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, "slow"), Reply("quick"))
    slow = await w.start()
    other = await w.sessions.create(OWNER, w.agent_id)
    quick = await w.turns.start(OWNER, w.agent_id, other.session_id, say())
    async with within():
        assert (await w.turns.until_rest(quick)).output_message.content == "quick"
    gate.set()
    assert (await w.turns.until_rest(slow)).output_message.content == "slow"


async def test_reject_says_which_turn_is_in_the_way(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, "one"))
    record = await w.start()
    with pytest.raises(SessionBusy) as refused:
        await w.start(say(on_busy="reject"))
    assert refused.value.turn_id == record.turn_id
    gate.set()


async def test_the_queue_is_bounded(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, "one"), max_queued=2)
    for _ in range(3):
        await w.start()
    with pytest.raises(QueueFull) as refused:
        await w.start()
    assert refused.value.retry_after is not None
    gate.set()


async def test_the_same_key_and_body_are_one_turn_and_another_body_is_refused(world: MakeWorld) -> None:
    w = await world(Reply("once"))
    async with within():
        records = await asyncio.gather(*(w.start(say("a"), key="k") for _ in range(20)))
        turns = [await w.turns.until_rest(record) for record in records]
    assert len({turn.turn_id for turn in turns}) == 1
    assert len(w.script.requests) == 1
    with pytest.raises(IdempotencyMismatch):
        await w.start(say("b"), key="k")


# --- stopping ---


async def test_a_cancelled_turn_keeps_what_came_and_the_next_one_goes_on(world: MakeWorld) -> None:
    never = asyncio.Event()
    w = await world(Reply("Once upon ", never), Reply("next"))
    first, second = await w.start(), await w.start()
    async for batch in w.turns.follow(OWNER, first.turn_id):
        if any(type(each.event).__name__ == "StepProgressed" for each in batch):
            break
    async with within():
        cancelled = await w.cancel(first.turn_id)
        after = await w.turns.until_rest(second)
    assert (cancelled.status, cancelled.output_message.stop_reason) == ("cancelled", "cancelled")
    assert "Once upon ".startswith(cancelled.output_message.content)
    assert after.output_message.content == "next"


async def test_cancelling_twice_and_after_the_end_changes_nothing(world: MakeWorld) -> None:
    w = await world(Reply("done"))
    turn = await w.turn()
    assert await w.cancel(turn.turn_id) == turn
    assert await w.cancel(turn.turn_id) == turn


async def test_a_queued_turn_can_be_cancelled_and_the_one_behind_it_runs(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, "one"), Reply("three"))
    first, second, third = await w.start(), await w.start(), await w.start()
    assert (await w.cancel(second.turn_id)).status == "cancelled"
    gate.set()
    async with within():
        assert (await w.turns.until_rest(first)).output_message.content == "one"
        assert (await w.turns.until_rest(third)).output_message.content == "three"


async def test_a_running_tool_is_stopped_by_a_cancel(world: MakeWorld) -> None:
    tool = StuckTool()
    w = await world(Reply(Call("stuck")), tools=[tool])
    record = await w.start()
    async with within():
        await tool.started.wait()
        turn = await w.cancel(record.turn_id)
    assert (turn.status, turn.steps[-1].status) == ("cancelled", "cancelled")
    assert tool.was_cancelled


async def test_many_cancels_racing_the_end_leave_one_end(world: MakeWorld) -> None:
    for _ in range(20):
        w = await world(Reply("a b c"))
        record = await w.start()
        async with within():
            ends: list[Turn] = await asyncio.gather(*(w.cancel(record.turn_id) for _ in range(5)))
        assert len({turn.status for turn in ends}) == 1
        log = [each async for batch in w.turns.follow(OWNER, record.turn_id) for each in batch]
        assert project(replay(log)) == ends[0]


async def test_deleting_a_session_stops_what_runs_in_it(world: MakeWorld) -> None:
    never = asyncio.Event()
    w = await world(Reply("a", never))
    record = await w.start()
    async with within():
        await w.sessions.delete(OWNER, w.agent_id, w.session_id)
    with pytest.raises(TurnNotFound):
        await w.get(record.turn_id)
