"""Turns as they happen: on a store in memory, with a model that answers by a script."""

import asyncio

import pytest

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import (
    InvalidRequest,
    ModelUnavailable,
    TooLarge,
)
from tertulia.domain.messages import SystemMessage, UserMessage
from tertulia.domain.steps import InferenceStep, ToolCallStep, Usage
from tertulia.models.scripted import Call, Reply, Think
from tertulia.runtime.turns import TurnRequest
from tertulia.store.memory.store import MemoryStore
from tests.runtime.conftest import OWNER, MakeWorld, say, until, within
from tests.runtime.tools import EchoTool, StuckTool


async def test_an_answer_comes_with_its_step_its_usage_and_its_end(world: MakeWorld) -> None:
    w = await world(Reply(Think("hm"), "It is sunny.", usage=Usage(input_tokens=3, output_tokens=4)))
    turn = await w.turn("How is the weather?")
    assert (turn.status, turn.n, turn.output_message.content) == ("completed", 1, "It is sunny.")
    assert (turn.output_message.reasoning, turn.output_message.stop_reason) == ("hm", "end_of_turn")
    [step] = turn.steps
    assert isinstance(step, InferenceStep)
    assert (step.model, step.status, step.usage) == (
        "scripted/script",
        "completed",
        Usage(input_tokens=3, output_tokens=4),
    )
    assert turn.started_at < step.started_at < (step.first_token_at or "") < (step.completed_at or "")
    assert turn.completed_at is not None
    assert await w.get(turn.turn_id) == turn


async def test_the_model_is_given_the_instructions_and_all_earlier_turns(world: MakeWorld) -> None:
    w = await world(Reply("one"), Reply("two"), Reply("three"))
    for text in ("a", "b", "c"):
        await w.turn(text)
    assert w.asked() == ["system: Be brief.", "user: a", "assistant: one", "user: b", "assistant: two", "user: c"]


async def test_history_is_read_back_from_the_store_by_a_new_process(world: MakeWorld) -> None:
    store = MemoryStore()
    before = await world(Reply("one"), store=store)
    await before.turn("a")
    after = await world(Reply("two"), store=store)
    after.agent_id, after.session_id = before.agent_id, before.session_id
    await after.turn("b")
    assert after.asked() == ["system: Be brief.", "user: a", "assistant: one", "user: b"]


async def test_instructions_of_a_turn_are_given_for_that_turn_only(world: MakeWorld) -> None:
    w = await world(Reply("salve"), Reply("hi"))
    request = TurnRequest(messages=[SystemMessage(content="Speak Latin."), UserMessage(content="a")])
    await w.turns.until_rest(await w.start(request))
    await w.turn("b")
    assert w.asked(0)[0] == "system: Be brief.\n\nSpeak Latin."
    assert w.asked(1)[0] == "system: Be brief."


async def test_server_tools_run_side_by_side_and_their_results_go_back_to_the_model(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(
        Reply(Call("echo", {"text": "one"}), Call("echo", {"text": "two"})),
        Reply("Both are back."),
        tools=[EchoTool(expects=2, gate=gate)],
    )
    async with within():
        turn = await w.turn()
    assert [type(step) for step in turn.steps] == [InferenceStep, ToolCallStep, ToolCallStep, InferenceStep]
    assert w.asked()[-2:] == ["tool: one", "tool: two"]
    assert turn.output_message.content == "Both are back."


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (Call("nope"), "There is no tool 'nope'. Tools: echo."),
        (Call("echo", '{"text": '), "The arguments are not a JSON object"),
        (Call("echo", {"text": "boom"}), "The tool failed: ValueError: boom"),
    ],
)
async def test_a_call_that_goes_wrong_is_an_answer_to_the_model(world: MakeWorld, call: Call, complaint: str) -> None:
    w = await world(Reply(call), Reply("I see."), tools=[EchoTool()])
    turn = await w.turn()
    step = turn.steps[1]
    assert isinstance(step, ToolCallStep)
    assert step.status == "failed"
    assert step.tool_response is not None
    assert step.tool_response.is_error
    assert complaint in step.tool_response.content
    assert turn.status == "completed"


async def test_a_tool_that_hangs_is_given_up(world: MakeWorld) -> None:
    w = await world(Reply(Call("stuck")), Reply("Never mind."), tools=[StuckTool()], tool_timeout=0.01)
    async with within():
        turn = await w.turn()
    assert w.asked()[-1] == "tool: The tool did not answer within 0.01 s."
    assert turn.status == "completed"


async def test_an_endless_loop_of_tool_calls_ends_at_the_limit(world: MakeWorld) -> None:
    w = await world(*[Reply(Call("echo", {"text": "x"}))] * 5, tools=[EchoTool()], max_infer_iters=3)
    turn = await w.turn()
    assert (turn.status, turn.output_message.stop_reason) == ("completed", "max_infer_iters")
    assert len(w.script.requests) == 3


async def test_a_model_that_fails_leaves_a_failed_turn_with_the_text_so_far(world: MakeWorld) -> None:
    w = await world(Reply("Half an ", ModelUnavailable("The server went away.")), Reply("Better."))
    turn = await w.turn("a")
    assert (turn.status, turn.output_message.content) == ("failed", "Half an ")
    assert turn.error is not None
    assert (turn.error.code, turn.error.message) == ("model_unavailable", "The server went away.")
    assert turn.steps[0].status == "failed"
    after = await w.turn("b")
    assert after.status == "completed"
    assert w.asked() == ["system: Be brief.", "user: a", "assistant: Half an ", "user: b"]


async def test_a_model_that_is_not_there_fails_the_turn_and_keeps_the_message(world: MakeWorld) -> None:
    w = await world()
    await w.services.agents.update(OWNER, w.agent_id, {"model": "nowhere/none"})
    turn = await w.turn("keep me")
    assert turn.error is not None
    assert (turn.status, turn.error.code) == ("failed", "model_not_found")
    assert turn.input_messages == [UserMessage(content="keep me")]


async def test_a_turn_keeps_the_config_that_it_began_with(world: MakeWorld) -> None:
    gate = asyncio.Event()
    w = await world(Reply(gate, Call("echo", {"text": "x"})), Reply("done"), Reply("new"), tools=[EchoTool()])
    record = await w.start()
    await w.services.agents.update(OWNER, w.agent_id, {"instructions": "Be loud."})
    gate.set()
    await w.turns.until_rest(record)
    assert w.asked()[0] == "system: Be brief."
    await w.turn()
    assert w.asked()[0] == "system: Be loud."


# --- what comes in ---


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        (UserMessage(content="  "), "/messages/0/content"),
        (SystemMessage(content="only instructions"), "/messages"),
        (
            UserMessage(content="x", file=FileAttachment(name="a", type="text/plain", content="%%%")),
            "/messages/0/file/content",
        ),
        (UserMessage(content="x", file=FileAttachment(name="a", type="text/plain")), "/messages/0/file/content"),
    ],
)
async def test_input_that_no_turn_can_start_with_is_refused_by_field(
    world: MakeWorld, message: UserMessage | SystemMessage, pointer: str
) -> None:
    w = await world()
    with pytest.raises(InvalidRequest) as refused:
        await w.start(TurnRequest(messages=[message]))
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert (await w.sessions.get(OWNER, w.agent_id, w.session_id)).turn_count == 0


async def test_input_over_the_limits_is_refused(world: MakeWorld) -> None:
    w = await world(max_message_chars=10, max_file_bytes=3)
    with pytest.raises(TooLarge, match="11 characters"):
        await w.start(say("x" * 11))
    with pytest.raises(TooLarge, match="101 characters together") as refused:
        await w.start(TurnRequest(messages=[*[UserMessage(content="x" * 10)] * 10, UserMessage(content="x")]))
    assert [error.pointer for error in refused.value.errors] == ["/messages"]
    file = FileAttachment(name="a", type="text/plain", content="QUFBQUFBQUE=")
    with pytest.raises(TooLarge, match="MB"):
        await w.start(TurnRequest(messages=[UserMessage(content="x", file=file)]))


async def test_a_session_is_named_from_its_first_message_and_a_given_name_stays(world: MakeWorld) -> None:
    w = await world(Reply("one"), Reply("two"))
    await w.turn("What is the weather like in Lisbon today, and should I take an umbrella with me?")
    session = await w.sessions.get(OWNER, w.agent_id, w.session_id)
    assert session.session_name == "What is the weather like in Lisbon today, and should I…"
    named = await w.sessions.create(OWNER, w.agent_id, name="Mine")
    await w.turns.until_rest(await w.turns.start(OWNER, w.agent_id, named.session_id, say("hello")))
    assert (await w.sessions.get(OWNER, w.agent_id, named.session_id)).session_name == "Mine"


async def test_a_model_names_sessions_when_it_is_asked_to(world: MakeWorld) -> None:
    w = await world(Reply("Sunny."), Reply('"Weather in Lisbon"'), title_model="scripted/script")
    await w.turn("How is the weather in Lisbon?")

    async def is_named() -> bool:
        return (await w.sessions.get(OWNER, w.agent_id, w.session_id)).title_source == "model"

    await until(is_named)
    assert (await w.sessions.get(OWNER, w.agent_id, w.session_id)).session_name == "Weather in Lisbon"
