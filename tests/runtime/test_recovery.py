"""What becomes of turns whose process is lost, or told to stop: they go on where their log ends."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable

import pytest

from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import AlreadyDecided, InvalidRequest, UnknownToolCall
from tertulia.domain.events import EventId, LoggedEvent, StepProgressed, StepRestarted, StepStarted, TurnCancelled
from tertulia.domain.messages import ToolResponse
from tertulia.domain.steps import StepType, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tertulia.runtime.decisions import Decision
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tertulia.tools.base import Tool
from tests.runtime.conftest import OWNER, MakeWorld, World, say, until, within
from tests.runtime.tools import EchoTool, StuckTool


async def log_of(world: World, turn_id: str, after: EventId | None = None) -> list[LoggedEvent]:
    return [each async for batch in world.turns.follow(OWNER, turn_id, after) for each in batch]


Moment = Callable[[list[LoggedEvent]], bool]


def half_said(log: list[LoggedEvent]) -> bool:
    return isinstance(log[-1].event, StepProgressed)


def begun(kind: StepType, count: int = 1) -> Moment:
    """The moment in which so many steps of a kind have begun."""
    return lambda log: sum(isinstance(e.event, StepStarted) and e.event.step_type == kind for e in log) >= count


def restarted(count: int) -> Moment:
    """The moment in which steps have begun anew so often, and one has said something since."""
    return lambda log: half_said(log) and sum(isinstance(e.event, StepRestarted) for e in log) >= count


async def crash(world: World, record: TurnRecord, moment: Moment = half_said) -> MemoryStore:
    """Return what the store holds at a moment of a turn: what a crash right then leaves behind."""
    assert isinstance(world.store, MemoryStore)

    async def has_come() -> bool:
        return moment(await world.store.read_events(OWNER, record.turn_id))

    await until(has_come)
    return copy.deepcopy(world.store)


def move_in(after: World, before: World) -> None:
    after.agent_id, after.session_id = before.agent_id, before.session_id


async def rest(world: World, record: TurnRecord) -> Turn:
    async with within():
        return await world.turns.until_rest(record)


# --- after a crash ---


async def test_an_answer_that_was_lost_in_its_middle_begins_anew_and_what_waited_follows(world: MakeWorld) -> None:
    before = await world(Reply("Half", asyncio.Event()))
    running, queued = await before.start(say("a")), await before.start(say("b"))
    left = await crash(before, running)
    after = await world(Reply("one"), Reply("two"), store=left)
    move_in(after, before)
    turn = await rest(after, running)
    assert (turn.status, turn.output_message.content, turn.steps[0].attempt) == ("completed", "one", 2)
    assert (await rest(after, queued)).output_message.content == "two"
    restarts = [each for each in await log_of(after, running.turn_id) if isinstance(each.event, StepRestarted)]
    assert [str(each.id) for each in restarts] == ["1.2.1"]


async def test_a_reader_from_before_the_crash_is_told_to_drop_what_it_saw(world: MakeWorld) -> None:
    before = await world(Reply("Half", asyncio.Event()))
    running = await before.start()
    left = await crash(before, running)
    seen = before.turns.follow(OWNER, running.turn_id)
    last = [batch async for batch in _first(seen)][-1][-1].id
    after = await world(Reply("one"), store=left)
    move_in(after, before)
    await rest(after, running)
    told = [each async for batch in after.turns.follow(OWNER, running.turn_id, last) for each in batch]
    assert isinstance(told[0].event, StepRestarted)
    assert all(each.id > last for each in told)


async def _first(batches: AsyncIterator[list[LoggedEvent]]) -> AsyncIterator[list[LoggedEvent]]:
    async for batch in batches:
        yield batch
        if isinstance(batch[-1].event, StepProgressed):
            return


async def test_steps_that_were_completed_are_not_taken_again(world: MakeWorld) -> None:
    tool = EchoTool()
    before = await world(Reply(Call("echo", {"text": "x"})), Reply("a", asyncio.Event()), tools=[tool])
    running = await before.start()
    left = await crash(before, running, begun("inference", 2))
    after = await world(Reply("Done."), store=left, tools=[tool])
    move_in(after, before)
    turn = await rest(after, running)
    assert (turn.output_message.content, tool.calls) == ("Done.", 1)
    assert after.asked()[-1] == "tool: x"


async def test_a_tool_that_may_be_repeated_is_run_again_under_the_same_key(world: MakeWorld) -> None:
    stuck = EchoTool(gate=(gate := asyncio.Event()), expects=2)
    before = await world(Reply(Call("echo", {"text": "x"})), tools=[stuck])
    running = await before.start()
    left = await crash(before, running, begun("tool_call"))
    gate.set()
    tool = EchoTool()
    after = await world(Reply("Done."), store=left, tools=[tool])
    move_in(after, before)
    turn = await rest(after, running)
    assert (turn.status, turn.steps[1].attempt) == ("completed", 2)
    assert (tool.keys, tool.calls) == ([f"{running.turn_id}:{turn.steps[1].step_id}"], 1)


async def lost_tool(world: MakeWorld, *replies: Reply) -> tuple[World, TurnRecord, StuckTool]:
    """A turn whose server was lost while a tool ran that must not run twice."""
    before = await world(Reply(Call("stuck", call_id="c1")), tools=[StuckTool()])
    running = await before.start()
    left = await crash(before, running, begun("tool_call"))
    tool = StuckTool()
    after = await world(*replies, store=left, tools=[tool])
    move_in(after, before)
    return after, running, tool


async def decide(world: World, record: TurnRecord, decision: Decision) -> TurnRecord:
    return await world.turns.decide(OWNER, world.agent_id, world.session_id, record.turn_id, decision)


async def test_for_a_tool_that_may_have_had_its_effect_a_person_is_asked(world: MakeWorld) -> None:
    after, running, tool = await lost_tool(world, Reply("So be it."))
    waiting = await rest(after, running)
    assert (waiting.status, waiting.wait_reason) == ("awaiting_input", "unknown_outcome")
    assert isinstance(waiting.steps[-1], ToolCallStep)
    assert (waiting.steps[-1].approval, tool.started.is_set()) == ("pending", False)
    turn = await rest(
        after, await decide(after, running, Decision(call_id="c1", decision="deny", reason="It was a test."))
    )
    assert (turn.status, turn.wait_reason, turn.output_message.content) == ("completed", None, "So be it.")
    assert after.asked()[-1].endswith("decided not to run it again. The reason given: It was a test.")
    assert not tool.started.is_set()


async def test_a_tool_that_was_lost_and_is_not_there_any_more_may_have_had_its_effect(world: MakeWorld) -> None:
    before = await world(Reply(Call("stuck", call_id="c1")), tools=[StuckTool()])
    running = await before.start()
    after = await world(Reply("So be it."), tools=[], store=await crash(before, running, begun("tool_call")))
    move_in(after, before)
    assert (await rest(after, running)).wait_reason == "unknown_outcome"
    await rest(after, await decide(after, running, Decision(call_id="c1", decision="deny")))
    assert "nobody knows whether it had its effect" in after.asked()[-1]


async def test_a_person_may_let_it_run_again(world: MakeWorld) -> None:
    after, running, tool = await lost_tool(world)
    await rest(after, running)
    await decide(after, running, Decision(call_id="c1", decision="approve"))
    async with within():
        await tool.started.wait()
    with pytest.raises(AlreadyDecided):
        await decide(after, running, Decision(call_id="c1", decision="deny"))


async def test_a_decision_that_fits_nothing_changes_nothing(world: MakeWorld) -> None:
    after, running, _ = await lost_tool(world)
    waiting = await rest(after, running)
    with pytest.raises(UnknownToolCall):
        await decide(after, running, Decision(call_id="c9", decision="approve"))
    answer = ToolResponse(call_id="c1", tool_name="camera", content="x")
    with pytest.raises(InvalidRequest, match="decision"):
        await after.turns.resume(OWNER, after.agent_id, after.session_id, running.turn_id, [answer])
    assert await after.get(running.turn_id) == waiting


async def test_of_two_lost_tools_the_second_is_asked_about_once_the_first_is_decided(world: MakeWorld) -> None:
    before = await world(Reply(Call("stuck", call_id="c1"), Call("stuck", call_id="c2")), tools=[StuckTool()])
    running = await before.start()
    after = await world(Reply("ok"), store=await crash(before, running, begun("tool_call", 2)), tools=[StuckTool()])
    move_in(after, before)
    await rest(after, running)
    assert (await rest(after, await decide(after, running, Decision(call_id="c1", decision="deny")))).status == (
        "awaiting_input"
    )
    with pytest.raises(AlreadyDecided):
        await decide(after, running, Decision(call_id="c1", decision="deny"))
    turn = await rest(after, await decide(after, running, Decision(call_id="c2", decision="deny")))
    assert (turn.status, turn.output_message.content) == ("completed", "ok")


async def test_a_cancel_that_was_asked_for_before_the_crash_is_carried_out(world: MakeWorld) -> None:
    before = await world(Reply("Half", asyncio.Event()))
    running = await before.start()
    left = await crash(before, running)
    await left.request_cancel(OWNER, running.turn_id)
    after = await world(store=left)
    move_in(after, before)
    turn = await rest(after, running)
    assert (turn.status, turn.output_message.content) == ("cancelled", "Half")


async def test_a_turn_that_is_lost_again_and_again_ends_and_its_session_goes_on(world: MakeWorld) -> None:
    now = await world(Reply("Half", asyncio.Event()))
    running, queued = await now.start(say("a")), await now.start(say("b"))
    for attempt in range(2):
        later = await world(Reply("Half", asyncio.Event()), store=await crash(now, running, restarted(attempt)))
        move_in(later, now)
        now = later
    last = await world(Reply("two"), store=await crash(now, running, restarted(2)))
    move_in(last, now)
    turn = await rest(last, running)
    assert turn.error is not None
    assert (turn.status, turn.error.code) == ("failed", "attempts_exhausted")
    assert (await rest(last, queued)).output_message.content == "two"


async def test_a_completed_step_makes_the_attempts_count_anew(world: MakeWorld) -> None:
    tools: list[Tool] = [EchoTool()]
    one = await world(Reply("a", asyncio.Event()), tools=tools)
    running = await one.start()
    two = await world(Reply("a", asyncio.Event()), store=await crash(one, running), tools=tools)
    replies = Reply(Call("echo", {"text": "x"})), Reply("b", asyncio.Event())
    three = await world(*replies, store=await crash(two, running, restarted(1)), tools=tools)
    four = await world(Reply("end"), store=await crash(three, running, begun("inference", 2)), tools=tools)
    move_in(four, one)
    assert (await rest(four, running)).output_message.content == "end"


async def test_a_turn_whose_log_is_spoilt_keeps_no_other_from_going_on(world: MakeWorld) -> None:
    before = await world(*[Reply("Half", asyncio.Event())] * 2)
    spoilt = await before.start()
    other = await before.sessions.create(OWNER, before.agent_id)
    running = await before.turns.start(OWNER, before.agent_id, other.session_id, say())
    await crash(before, running)
    left = await crash(before, spoilt)
    log = left._turns[spoilt.turn_id].log
    log.append(log[-1])
    after = await world(Reply("Whole"), store=left)
    after.agent_id, after.session_id = before.agent_id, other.session_id
    assert (await rest(after, running)).output_message.content == "Whole"


# --- when the server is told to stop ---


async def test_a_drain_lets_turns_end_and_hands_over_those_that_do_not(world: MakeWorld) -> None:
    gate = asyncio.Event()
    before = await world(Reply(gate, "done"), Reply("Half", asyncio.Event()), drain_timeout=2)
    other = await before.sessions.create(OWNER, before.agent_id)
    quick = await before.start()
    await asyncio.sleep(0.02)
    long = await before.turns.start(OWNER, before.agent_id, other.session_id, say())
    await asyncio.sleep(0.02)
    gate.set()
    async with within():
        await before.services.drain()
    assert (await before.get(quick.turn_id)).status == "completed"
    after = await world(Reply("Whole"), store=copy.deepcopy(before.store))
    after.agent_id, after.session_id = before.agent_id, other.session_id
    turn = await rest(after, long)
    assert (turn.status, turn.output_message.content, turn.steps[0].attempt) == ("completed", "Whole", 2)
    assert (await after.store.get_turn(OWNER, after.agent_id, other.session_id, long.turn_id)).record.attempts == 0


# --- several nodes ---


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


async def test_an_interrupting_turn_stops_the_one_ahead_and_runs(world: MakeWorld) -> None:
    w = await world(Reply("Half", asyncio.Event()), Reply("Now this."))
    first = await w.start()
    await crash(w, first)
    second = await w.start(say("no, this", on_busy="interrupt"))
    assert (await rest(w, second)).output_message.content == "Now this."
    stopped = await w.get(first.turn_id)
    assert (stopped.status, stopped.output_message.content) == ("cancelled", "Half")


async def test_an_interrupting_turn_does_not_wait_for_one_that_awaits_input(world: MakeWorld) -> None:
    after, lost, _ = await lost_tool(world, Reply("Now this."))
    await rest(after, lost)
    second = await after.start(say("never mind", on_busy="interrupt"))
    assert (await rest(after, second)).output_message.content == "Now this."
    assert (await after.get(lost.turn_id)).status == "cancelled"


async def test_the_log_knows_of_a_tool_before_it_acts(world: MakeWorld) -> None:
    tool = StuckTool()
    w = await world(Reply(Call("stuck", call_id="c1")), tools=[tool])
    record = await w.start()
    async with within():
        await tool.started.wait()
    stored = await w.store.read_events(OWNER, record.turn_id)
    assert isinstance(stored[-1].event, StepStarted)
    assert stored[-1].event.step_type == "tool_call"
