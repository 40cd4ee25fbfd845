"""What becomes of turns whose server is lost, or told to stop."""

import asyncio
import copy
from collections.abc import AsyncIterator

import pytest

from tertulia.domain.errors import AlreadyDecided, InvalidRequest, UnknownToolCall
from tertulia.domain.events import LoggedEvent, StepProgressed, StepRestarted, StepStarted
from tertulia.domain.messages import ToolResponse
from tertulia.domain.steps import ToolCallStep
from tertulia.models.scripted import Call, Reply
from tertulia.runtime.decisions import Decision
from tertulia.store.turns import TurnRecord
from tertulia.tools.base import Tool
from tests.runtime.conftest import OWNER, MakeWorld, World, say, within
from tests.runtime.crashes import begun, crash, log_of, lost_tool, move_in, rest, restarted
from tests.runtime.tools import EchoTool, StuckTool


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


async def test_the_log_knows_of_a_tool_before_it_acts(world: MakeWorld) -> None:
    tool = StuckTool()
    w = await world(Reply(Call("stuck", call_id="c1")), tools=[tool])
    record = await w.start()
    async with within():
        await tool.started.wait()
    stored = await w.store.read_events(OWNER, record.turn_id)
    assert isinstance(stored[-1].event, StepStarted)
    assert stored[-1].event.step_type == "tool_call"


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
