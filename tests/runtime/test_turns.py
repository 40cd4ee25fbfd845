"""Turns as they happen: on a store in memory, with a model that answers by a script."""

import asyncio

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import (
    AlreadyAnswered,
    IdempotencyMismatch,
    InvalidRequest,
    ModelUnavailable,
    QueueFull,
    SessionBusy,
    SessionNotFound,
    TooLarge,
    TurnAwaitingInput,
    TurnNotAwaitingInput,
    TurnNotFound,
    UnknownToolCall,
)
from tertulia.domain.events import TurnCompleted, TurnQueued
from tertulia.domain.messages import SystemMessage, ToolResponse, UserMessage
from tertulia.domain.steps import InferenceStep, ToolCallStep, Usage
from tertulia.domain.turns import Turn
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.models.scripted import Call, Reply, Think
from tertulia.runtime.turns import TurnRequest
from tertulia.store.memory.store import MemoryStore
from tertulia.store.turns import TurnRecord
from tests.runtime.conftest import OWNER, MakeWorld, World, say, until, within
from tests.runtime.tools import EchoTool, StuckTool

CAMERA = ToolDef(name="camera", description="Take a picture.")


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


# --- readers ---


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


# --- order ---


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


# --- client tools ---


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
