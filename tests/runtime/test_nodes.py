"""Several nodes on one store: what one begins is read, stopped and taken over on another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tertulia.domain.deltas import TextDelta
from tertulia.domain.events import LoggedEvent, StepProgressed, TurnCancelled
from tertulia.domain.messages import ToolResponse
from tertulia.models.scripted import Call, Reply
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World, until, within
from tests.runtime.crashes import crash, log_of, move_in, rest
from tests.runtime.tools import StuckTool


def shared() -> MemoryStore:
    return MemoryStore(is_shared=True)


async def test_another_node_takes_over_when_a_lease_has_run_out(world: MakeWorld) -> None:
    store = shared()
    one = await world(Reply("Half", asyncio.Event()), store=store, lease_renew_every=0.2)
    running = await one.start()
    await crash(one, running)
    two = await world(Reply("Whole"), store=store, recovery_interval_ms=10)
    move_in(two, one)
    reader = asyncio.create_task(log_of(one, running.turn_id))
    await asyncio.sleep(0.05)
    assert (await two.get(running.turn_id)).status == "running"
    store.renew(one.services.node, seconds=0)
    turn = await rest(two, running)
    assert (turn.status, turn.output_message.content) == ("completed", "Whole")
    async with within():  # the reader at the first node, which finds out at its next renewal
        deltas = [e.event.delta for e in await reader if isinstance(e.event, StepProgressed)]
    assert deltas == [TextDelta(text="Half"), TextDelta(text="Whole")]


@pytest.mark.parametrize("deletes", ["session", "agent"])
async def test_what_is_deleted_on_another_node_stops_though_it_says_nothing(world: MakeWorld, deletes: str) -> None:
    store, tool = shared(), StuckTool()
    one = await world(Reply(Call("stuck")), store=store, tools=[tool], recovery_interval_ms=10)
    two = await world(store=store)
    await one.start()
    async with within():
        await tool.started.wait()
    if deletes == "session":
        await two.sessions.delete(OWNER, one.agent_id, one.session_id)
    else:
        await two.services.agents.delete(OWNER, one.agent_id)

    async def has_stopped() -> bool:
        return tool.was_cancelled

    await until(has_stopped)


async def test_what_is_taken_up_again_is_not_taken_for_deleted(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply("Hello."), Reply("On ", gate, "it."), store=shared(), recovery_interval_ms=1)
    turn = await w.turn()
    answer = ToolResponse(call_id="c1", tool_name="t", content="It is sunny.")
    ids = (OWNER, w.agent_id, w.session_id, turn.turn_id)
    record = await w.turns.resume(*ids, [answer], reopens=True)
    await asyncio.sleep(0.02)
    gate.set()
    assert (await w.turns.until_rest(record)).output_message.content == "On it."


async def test_a_reader_on_another_node_sees_every_event_once_and_in_order(world: MakeWorld) -> None:
    store = shared()
    gates = [asyncio.Event() for _ in range(3)]
    one = await world(Reply("a ", gates[0], "b ", gates[1], "c ", gates[2], "d"), store=store)
    two = await world(store=store, poll_interval_ms=5)
    move_in(two, one)
    running = await one.start()
    reader = asyncio.create_task(log_of(two, running.turn_id))
    for gate in gates:
        await asyncio.sleep(0.02)
        gate.set()
    async with within():
        assert await reader == await log_of(one, running.turn_id)


async def test_a_cancel_reaches_the_node_that_runs_the_turn(world: MakeWorld) -> None:
    store = shared()
    one = await world(Reply("Half", asyncio.Event()), store=store, recovery_interval_ms=5)
    two = await world(store=store, recovery_interval_ms=5, poll_interval_ms=5)
    move_in(two, one)
    running = await one.start()
    await crash(one, running)
    assert (await two.cancel(running.turn_id)).status in ("running", "cancelled")
    turn = await rest(two, running)
    assert (turn.status, turn.output_message.content) == ("cancelled", "Half")
    assert isinstance((await log_of(one, running.turn_id))[-1].event, TurnCancelled)


async def test_turns_of_a_session_that_come_in_at_different_nodes_run_in_order(world: MakeWorld) -> None:
    store = shared()
    gate = asyncio.Event()
    one = await world(Reply(gate, "one"), Reply("more"), Reply("more"), store=store)
    two = await world(Reply("more"), Reply("more"), store=store, poll_interval_ms=5)
    move_in(two, one)
    first = await one.start()
    second = await two.start()
    third = await one.start()
    reader = asyncio.create_task(rest(two, second))
    await asyncio.sleep(0.02)
    gate.set()
    assert (await reader).status == "completed"
    assert (await rest(one, third)).n == 3
    ends = [(await one.get(record.turn_id)) for record in (first, second, third)]
    assert [turn.completed_at for turn in ends] == sorted(turn.completed_at or "" for turn in ends)


async def test_a_node_that_has_lost_its_lease_lets_go_and_goes_on_under_a_new_name(world: MakeWorld) -> None:
    store = shared()
    one = await world(Reply("Half", asyncio.Event()), Reply("Whole"), store=store, recovery_interval_ms=10)
    running = await one.start()
    await crash(one, running)
    name = one.services.node
    store.renew(name, seconds=0)
    one.services.lose_lease()
    assert one.services.node != name
    turn = await rest(one, running)  # by itself, since no other is there
    assert (turn.output_message.content, turn.steps[0].attempt) == ("Whole", 2)


async def test_who_has_seen_the_turn_go_on_elsewhere_is_not_told_what_its_lost_runner_says(world: MakeWorld) -> None:
    store = shared()
    lost, goes_on = asyncio.Event(), asyncio.Event()
    one = await world(Reply("Half ", lost, "an answer"), store=store, poll_interval_ms=5)
    running = await one.start()
    await crash(one, running)
    store.renew(one.services.node, seconds=0)  # which it does not know
    two = await world(Reply("Whole ", goes_on, "answer"), store=store, recovery_interval_ms=5)
    move_in(two, one)
    async with within():
        await until(lambda: _is_epoch(two, running, 2))
        seen = [batch async for batch in _until_said(two.turns.follow(OWNER, running.turn_id), "Whole ")][-1]
        reader = asyncio.create_task(log_of(one, running.turn_id, seen[-1].id))
        await asyncio.sleep(0.02)
        lost.set()
        assert (await one.get(running.turn_id)).output_message.content == "Whole "
        goes_on.set()
        told = await reader
    assert [str(each.id) for each in told] == sorted(str(each.id) for each in told)
    assert told[0].id > seen[-1].id


async def _is_epoch(world: World, record: TurnRecord, epoch: int) -> bool:
    return (await world.store.read_events(OWNER, record.turn_id))[-1].id.epoch == epoch


async def _until_said(batches: AsyncIterator[list[LoggedEvent]], words: str) -> AsyncIterator[list[LoggedEvent]]:
    async for batch in batches:
        yield batch
        if any(isinstance(e.event, StepProgressed) and e.event.delta == TextDelta(text=words) for e in batch):
            return
