"""Turns that wait for what a client's tools answer: kept as it comes, each once, and refused if it does not fit."""

import asyncio

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import (
    AlreadyAnswered,
    TurnAwaitingInput,
    TurnNotAwaitingInput,
    UnknownToolCall,
)
from tertulia.domain.messages import ToolResponse
from tertulia.domain.steps import InferenceStep, ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.models.scripted import Call, Reply
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld

CAMERA = ToolDef(name="camera", description="Take a picture.")


async def test_a_client_tool_makes_the_turn_wait_and_its_answer_lets_it_go_on(world: MakeWorld) -> None:
    w = await world(Reply(Call("camera", call_id="c1")), Reply("A cat."), client_tools=[CAMERA])
    waiting = await w.turn()
    assert (waiting.status, waiting.output_message.stop_reason) == ("awaiting_input", "end_of_message")
    answer = ToolResponse(call_id="c1", tool_name="camera", content="cat.png")
    record = await w.turns.resume(OWNER, w.agent_id, w.session_id, waiting.turn_id, [answer])
    turn = await w.turns.until_rest(record)
    assert (turn.status, turn.output_message.content) == ("completed", "A cat.")
    assert [type(step) for step in turn.steps] == [InferenceStep, ToolCallStep, InferenceStep]
    assert w.asked()[-1] == "tool: cat.png"


async def test_answers_that_do_not_fit_are_refused_and_nothing_is_lost(world: MakeWorld) -> None:
    w = await world(
        Reply(Call("camera", call_id="c1"), Call("camera", call_id="c2")), Reply("ok"), client_tools=[CAMERA]
    )
    waiting = await w.turn()
    one, two = (ToolResponse(call_id=call_id, tool_name="camera", content="x") for call_id in ("c1", "c2"))

    async def resume(*answers: ToolResponse) -> None:
        await w.turns.resume(OWNER, w.agent_id, w.session_id, waiting.turn_id, answers)

    with pytest.raises(UnknownToolCall):
        await resume(one, ToolResponse(call_id="c9", tool_name="camera", content="x"))
    with pytest.raises(UnknownToolCall):
        await resume(one, one)
    assert await w.get(waiting.turn_id) == waiting
    await resume(two, one)
    with pytest.raises(TurnNotAwaitingInput):
        await resume(two, one)


async def test_answers_are_kept_as_they_come_in_any_order_and_each_once(world: MakeWorld) -> None:
    asks = Reply(Call("camera", call_id="c1"), Call("camera", call_id="c2"), Call("camera", call_id="c3"))
    w = await world(asks, Reply("ok"), client_tools=[CAMERA])
    waiting = await w.turn()

    async def resume(*call_ids: str) -> Turn:
        answers = [ToolResponse(call_id=each, tool_name="camera", content=f"picture {each}") for each in call_ids]
        return await w.turns.until_rest(await w.turns.resume(OWNER, w.agent_id, w.session_id, waiting.turn_id, answers))

    partly = await resume("c3")
    assert (partly.status, partly.wait_reason, len(w.script.requests)) == ("awaiting_input", "client_tools", 1)
    assert [step.tool_call.call_id for step in partly.steps if isinstance(step, ToolCallStep)] == ["c3"]
    for late in (["c3"], ["c1", "c3"]):
        with pytest.raises(AlreadyAnswered):
            await resume(*late)
    assert await w.get(waiting.turn_id) == partly  # nothing of what was refused is kept
    both = await asyncio.gather(resume("c1"), resume("c2"))  # at once: neither is lost, neither is refused
    assert {turn.status for turn in both} <= {"awaiting_input", "completed"}
    assert (await w.get(waiting.turn_id)).status == "completed"
    assert w.asked()[-3:] == ["tool: picture c1", "tool: picture c2", "tool: picture c3"]


async def test_the_last_turn_is_taken_up_again_with_answers_to_calls_in_its_text(world: MakeWorld) -> None:
    w = await world(Reply("Use: camera"), Reply("A cat."), Reply("Yes."))
    first = await w.turn()
    answer = ToolResponse(call_id="x1", tool_name="camera", content="cat.png", metadata={"lens": "wide"})

    async def resume(*, reopens: bool = True) -> TurnRecord:
        where = (OWNER, w.agent_id, w.session_id, first.turn_id)
        return await w.turns.resume(*where, [answer], reopens=reopens)

    with pytest.raises(TurnNotAwaitingInput):
        await resume(reopens=False)
    turn = await w.turns.until_rest(await resume())
    assert (turn.status, turn.output_message.content) == ("completed", "A cat.")
    assert await w.get(first.turn_id) == turn
    assert [type(step) for step in turn.steps] == [InferenceStep, ToolCallStep, InferenceStep]
    response = next(step.tool_response for step in turn.steps if isinstance(step, ToolCallStep))
    assert response
    assert response.metadata == {"lens": "wide"}
    assert w.asked()[-2:] == ["assistant: Use: camera", "tool: cat.png"]
    with pytest.raises(TurnNotAwaitingInput):  # it is answered already
        await resume()
    await w.turn("Sure?")
    assert w.asked()[-3:] == ["tool: cat.png", "assistant: A cat.", "user: Sure?"]


async def test_a_turn_that_another_follows_is_not_taken_up_again(world: MakeWorld) -> None:
    w = await world(Reply("Use: camera"), Reply("Hi."))
    first = await w.turn()
    await w.turn("Hello?")
    answer = ToolResponse(call_id="x1", tool_name="camera", content="cat.png")
    with pytest.raises(TurnNotAwaitingInput):
        await w.turns.resume(OWNER, w.agent_id, w.session_id, first.turn_id, [answer], reopens=True)
    assert await w.get(first.turn_id) == first


async def test_a_turn_that_waits_blocks_new_ones_until_it_is_cancelled(world: MakeWorld) -> None:
    w = await world(Reply(Call("camera", call_id="c1")), Reply("hi"), client_tools=[CAMERA])
    waiting = await w.turn()
    with pytest.raises(TurnAwaitingInput):
        await w.start()
    assert (await w.cancel(waiting.turn_id)).status == "cancelled"
    assert (await w.turn()).output_message.content == "hi"
    assert [line for line in w.asked() if line.startswith("tool")] == [
        "tool: This tool call was interrupted: it has no result."
    ]
