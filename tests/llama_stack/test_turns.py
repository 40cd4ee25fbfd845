"""Turns, as Llama Stack's clients start, read and resume them."""

import asyncio
from typing import Any

import pytest

from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.events import TurnAwaitingInput
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.models.scripted import Call, Reply
from tertulia.server.wire.llama_stack.base import V1
from tertulia.server.wire.llama_stack.messages import IMAGE
from tertulia.server.wire.llama_stack.turns import written_turn
from tertulia.tools.builtin.clock import clock_tool
from tests.golden.logs import LOGS
from tests.llama_stack.stack import OpenStack, Stack, data_of, says
from tests.runtime.tools import EchoTool, PayTool

CAMERA = {"name": "camera", "description": "Takes a picture", "parameters": [], "input_schema": {"type": "object"}}
LOOK = Call("camera", {"zoom": 2}, call_id="c1")
TWICE = Reply(LOOK, Call("camera", {}, call_id="c2"))


async def camera_turn(stack: Stack, **more: Any) -> tuple[str, dict[str, Any]]:
    """Start a turn of an agent with a client tool; return the turn's path and the turn."""
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
    turn = (await stack.post(f"{session}/turn", says("Look", **more))).json()
    return f"{session}/turn/{turn['turn_id']}", turn


def answers(*call_ids: str, content: Any = "a cat", **more: Any) -> dict[str, Any]:
    responses = [
        {"call_id": each, "tool_name": "camera", "content": content, "metadata": {"k": 1}} for each in call_ids
    ]
    return {"tool_responses": responses, **more}


async def test_a_turn_without_stream_is_answered_whole(stack: Stack) -> None:
    session = await stack.new_session()
    turn = (await stack.post(f"{session}/turn", says("Hello"))).json()
    assert turn["input_messages"] == [{"role": "user", "content": "Hello", "context": None}]
    said = {
        "role": "assistant",
        "content": "Hello, I am a script.",
        "stop_reason": "end_of_turn",
        "tool_calls": [],
    }
    assert turn["output_message"] == said
    (step,) = turn["steps"]
    assert (step["step_type"], step["model_response"]) == ("inference", said)
    assert turn["started_at"] < step["started_at"] < step["completed_at"] < turn["completed_at"]
    assert turn["usage"]["output_tokens"] > 0
    path = f"{session}/turn/{turn['turn_id']}"
    assert (await stack.get(path)).json() == turn
    assert (await stack.get(f"{path}/step/{step['step_id']}")).json() == {"step": step}
    assert (await stack.get(session)).json()["turns"] == [turn]


async def test_a_client_tool_makes_the_turn_wait_and_a_resume_goes_on(open_: OpenStack) -> None:
    stack = await open_(TWICE, Reply("Two cats."))
    path, waiting = await camera_turn(stack)
    said = waiting["output_message"]
    assert (waiting["completed_at"], said["stop_reason"]) == (None, "end_of_message")
    assert said["tool_calls"][0] == {
        "call_id": "c1",
        "tool_name": "camera",
        "arguments": {"zoom": 2},
        "arguments_json": '{"zoom":2}',
    }
    items = [{"type": "text", "text": "a cat"}, {"type": "image", "image": {"data": "AAAA"}}]
    turn = (await stack.post(f"{path}/resume", answers("c1", "c2", content=items))).json()
    assert turn["turn_id"] == waiting["turn_id"]
    assert turn["output_message"]["content"] == "Two cats."
    kinds = [step["step_type"] for step in turn["steps"]]
    assert kinds == ["inference", "tool_execution", "tool_execution", "inference"]
    tool = turn["steps"][1]
    assert [call["call_id"] for call in tool["tool_calls"]] == ["c1"]
    assert tool["tool_responses"] == [
        {"call_id": "c1", "tool_name": "camera", "content": f"a cat\n{IMAGE}", "metadata": {"k": 1}, "is_error": False}
    ]
    assert len({step["step_id"] for step in turn["steps"]}) == 4
    times = [time for step in turn["steps"] for time in (step["started_at"], step["completed_at"])]
    assert times == sorted(set(times))


async def test_alpha_says_arguments_as_text(open_: OpenStack) -> None:
    stack = await open_(Reply(LOOK), prefix="/v1alpha")
    _, turn = await camera_turn(stack)
    (call,) = turn["output_message"]["tool_calls"]
    assert call == {"call_id": "c1", "tool_name": "camera", "arguments": '{"zoom":2}'}


async def test_a_turn_waits_only_for_what_its_client_is_to_run(open_: OpenStack) -> None:
    stack = await open_(Reply(Call("echo", {"text": "x"}, call_id="s1"), LOOK), Reply("Done."), tools=[EchoTool()])
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA], toolgroups=[EchoTool().toolgroup]))
    turn = (await stack.post(f"{session}/turn", says("Look"))).json()
    assert [call["call_id"] for call in turn["output_message"]["tool_calls"]] == ["c1"]
    resumed = await stack.post(f"{session}/turn/{turn['turn_id']}/resume", answers("c1"))
    assert resumed.json()["output_message"]["content"] == "Done."


async def test_the_last_turn_is_reopened_for_calls_in_its_text(open_: OpenStack) -> None:
    stack = await open_(Reply("Use: camera"), Reply("A cat."))
    session = await stack.new_session()
    turn = (await stack.post(f"{session}/turn", says("Look"))).json()
    resumed = await stack.post(f"{session}/turn/{turn['turn_id']}/resume", answers("mine"))
    assert resumed.json()["output_message"]["content"] == "A cat."
    assert [step["step_type"] for step in resumed.json()["steps"]] == ["inference", "tool_execution", "inference"]
    assert (await stack.get(session)).json()["turns"] == [resumed.json()]


def as_messages(*call_ids: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "tool", "call_id": each, "content": "a cat", **more} for each in call_ids]}


async def test_answers_that_are_sent_as_messages_let_the_last_turn_go_on(open_: OpenStack) -> None:
    stack = await open_(TWICE, Reply("Two cats."))
    path, waiting = await camera_turn(stack)
    session = path.partition("/turn/")[0]
    frames = data_of((await stack.post(f"{session}/turn", {**as_messages("c1", "c2"), "stream": True})).content)
    assert frames[0]["event"]["payload"]["step_type"] == "tool_execution"
    turn = frames[-1]["event"]["payload"]["turn"]
    assert (turn["turn_id"], turn["output_message"]["content"]) == (waiting["turn_id"], "Two cats.")
    assert turn["steps"][1]["tool_responses"][0]["tool_name"] == "camera"
    assert (await stack.get(session)).json()["turns"] == [turn]
    late = await stack.post(f"{session}/turn", as_messages("c3"))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "turn_not_awaiting_input")


async def test_answers_to_calls_in_its_text_reopen_the_last_turn_if_they_name_the_tool(open_: OpenStack) -> None:
    stack = await open_(Reply("Use: camera"), Reply("A cat."))
    session = await stack.new_session()
    await stack.post(f"{session}/turn", says("Look"))
    turn = (await stack.post(f"{session}/turn", as_messages("mine", tool_name="camera"))).json()
    assert turn["output_message"]["content"] == "A cat."


async def test_answers_among_other_messages_or_without_a_turn_are_refused(stack: Stack) -> None:
    session = await stack.new_session()
    mixed = {"messages": [*says("Hello")["messages"], *as_messages("c1")["messages"]]}
    refused = await stack.post(f"{session}/turn", mixed)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
    assert refused.json()["error"]["detail"]["errors"][0]["loc"] == ["body", "messages", 1, "role"]
    nobody_asked = await stack.post(f"{session}/turn", as_messages("c1"))
    assert (nobody_asked.status_code, nobody_asked.json()["error"]["code"]) == (400, "unknown_tool_call")
    assert (await stack.post(f"{session}x/turn", as_messages("c1"))).json()["error"]["code"] == "session_not_found"


async def test_what_was_answered_or_was_never_asked_is_refused(open_: OpenStack) -> None:
    stack = await open_(Reply(LOOK), Reply("A cat."))
    path, _ = await camera_turn(stack)
    wrong = await stack.post(f"{path}/resume", answers("c9"))
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "unknown_tool_call")
    assert (await stack.post(f"{path}/resume", answers("c1"))).status_code == 200
    again = await stack.post(f"{path}/resume", answers("c1"))
    assert (again.status_code, again.json()["error"]["code"]) == (409, "turn_not_awaiting_input")
    assert again.headers["x-should-retry"] == "false"
    nowhere = await stack.post(f"{path}x/resume", answers("c1"))
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "turn_not_found")
    assert len(stack.site.script.requests) == 2


async def test_a_message_while_a_turn_waits_is_refused(open_: OpenStack) -> None:
    stack = await open_(Reply(LOOK))
    path, _ = await camera_turn(stack)
    refused = await stack.post(path.rpartition("/")[0], says("And?"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "turn_awaiting_input")
    assert refused.headers["x-should-retry"] == "false"


async def test_toolgroups_of_a_turn_are_added_to_the_agents(open_: OpenStack) -> None:
    stack = await open_(tools=[EchoTool()])
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA], tool_config={"tool_choice": "none"}))
    more = {"toolgroups": [{"name": EchoTool().toolgroup, "args": {}}], "tool_config": {"tool_choice": "required"}}
    await stack.post(f"{session}/turn", says("Hello", **more))
    asked = stack.site.script.requests[-1]
    assert sorted(tool.name for tool in asked.tools) == ["camera", "echo"]
    assert asked.tool_choice == "required"


async def test_a_turns_toolgroups_are_added_or_take_the_place_of_the_agents(open_: OpenStack) -> None:
    call = Reply(Call("echo", {"text": "the model's"}))
    stack = await open_(call, Reply("One."), call, Reply("Two."), tools=[clock_tool(), EchoTool()])
    given = {"name": EchoTool().toolgroup, "args": {"text": "the agent's"}}
    session = await stack.new_session(await stack.new_agent(toolgroups=["builtin::clock", given]))
    outputs: list[str] = []
    for more in ({}, {"toolgroups": [{**given, "args": {"text": "the turn's"}}]}):
        turn = (await stack.post(f"{session}/turn", says("Hello", **more))).json()
        outputs.append(turn["steps"][1]["tool_responses"][0]["content"])
        assert sorted(tool.name for tool in stack.site.script.requests[-1].tools) == ["clock", "echo"]
    assert outputs == ["the agent's", "the turn's"]


async def test_a_turn_that_fails_is_an_error_that_is_not_to_be_tried_again(open_: OpenStack) -> None:
    stack = await open_(Reply(ModelUnavailable("The model server is away.")))
    session = await stack.new_session()
    failed = await stack.post(f"{session}/turn", says("Hello"))
    assert failed.status_code == 502
    assert failed.headers["x-should-retry"] == "false"
    assert failed.json()["error"]["message"] == failed.json()["detail"] == "The model server is away."
    (turn,) = (await stack.get(session)).json()["turns"]
    assert failed.headers["turn-id"] == turn["turn_id"]
    assert (turn["status"], turn["error"]["code"]) == ("failed", "model_unavailable")
    assert turn["input_messages"][0]["content"] == "Hello"


def test_a_turn_that_waits_for_a_persons_decision_gives_a_client_nothing_to_run() -> None:
    events = LOGS["lost_tool_is_let_go"]
    waiting = next(place for place, each in enumerate(events) if isinstance(each.event, TurnAwaitingInput))
    turn = written_turn(project(replay(events[: waiting + 1])), V1)
    assert (turn["status"], turn["wait_reason"]) == ("awaiting_input", "unknown_outcome")
    assert turn["output_message"]["tool_calls"] == []
    assert turn["steps"][-1]["tool_calls"][0]["call_id"]  # what is not known shows in the steps
    assert turn["steps"][-1]["tool_responses"] == []


async def test_a_turn_that_waits_for_an_approval_says_so_in_words_and_goes_on_by_our_own_api(open_: OpenStack) -> None:
    tool = PayTool()
    stack = await open_(Reply("Let me see.", Call("pay", {"to": "Ana"}, call_id="p1")), Reply("Paid."), tools=[tool])
    session = await stack.new_session(await stack.new_agent(toolgroups=[tool.toolgroup]))
    turn = data_of((await stack.post(f"{session}/turn", says("Pay", stream=True))).content)[-1]["event"]["payload"][
        "turn"
    ]
    said = turn["output_message"]
    assert (turn["status"], turn["wait_reason"], said["stop_reason"]) == ("awaiting_input", "approval", "end_of_turn")
    assert said["tool_calls"] == []
    assert said["content"].startswith(
        'Let me see.\n\nA person must approve this call of the tool pay: {"to":"Ana"}\n\nThis turn goes on once'
    )
    path = f"{session}/turn/{turn['turn_id']}"
    refused = await stack.post(f"{path}/resume", answers("p1"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
    assert (await stack.post(f"{session}/turn", says("And?"))).status_code == 409
    decided = await stack.site.post(f"/v1{path}/decision", {"call_id": "p1", "decision": "approve"})
    assert (decided.status_code, tool.calls) == (200, [{"to": "Ana"}])
    ended = (await stack.get(path)).json()
    assert (ended["status"], ended["output_message"]["content"]) == ("completed", "Paid.")


async def test_calls_may_be_answered_one_by_one(open_: OpenStack) -> None:
    asks = Reply(Call("camera", call_id="c1"), Call("camera", call_id="c2"))
    stack = await open_(asks, Reply("Two cats."))
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
    path = f"{session}/turn/{(await stack.post(f'{session}/turn', says('Look'))).json()['turn_id']}"
    partly = (await stack.post(f"{path}/resume", answers("c2"))).json()
    assert partly["status"] == "awaiting_input"
    assert [call["call_id"] for call in partly["output_message"]["tool_calls"]] == ["c1"]
    twice = await stack.post(f"{path}/resume", answers("c2"))
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "already_answered")
    again = await stack.post(f"{path}/resume", answers("c2"), x_stainless_retry_count="1")
    assert (again.status_code, again.json()["status"]) == (200, "awaiting_input")
    assert (await stack.post(f"{path}/resume", answers("c1"))).json()["output_message"]["content"] == "Two cats."


async def test_the_step_limit_ends_a_turn_for_good(open_: OpenStack) -> None:
    stack = await open_(Reply(Call("echo", {"text": "x"}, call_id="s1")), tools=[EchoTool()])
    agent = await stack.new_agent(max_infer_iters=1, toolgroups=[EchoTool().toolgroup])
    turn = (await stack.post(f"{await stack.new_session(agent)}/turn", says("Hello"))).json()
    assert turn["output_message"]["stop_reason"] == "end_of_turn"
    assert turn["status"] == "completed"


async def test_a_running_turn_has_its_text_so_far_and_no_end(open_: OpenStack) -> None:
    gate = asyncio.Event()
    stack = await open_(Reply("Once upon ", gate, "a time"))
    session = await stack.new_session()
    asked = asyncio.create_task(stack.post(f"{session}/turn", says("Tell")))
    found = await stack.until(session, lambda s: s["turns"] and s["turns"][0]["output_message"]["content"])
    (turn,) = found["turns"]
    assert turn["output_message"]["content"] == "Once upon "
    assert (turn["output_message"]["stop_reason"], turn["completed_at"]) == ("end_of_message", None)
    cancelled = await stack.post(f"{session}/turn/{turn['turn_id']}/cancel")
    assert cancelled.status_code == 202
    answered = (await asked).json()
    assert answered["status"] == "cancelled"
    assert answered["output_message"]["stop_reason"] == "end_of_turn"
    assert answered["completed_at"]


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"stream": True}, ["body", "messages"]),
        ({"messages": []}, ["body", "messages"]),
        ({"messages": [{"role": "tool", "call_id": "c", "content": "x"}]}, ["body", "messages", 0, "role"]),
        ({"messages": [{"role": "user", "content": 1}]}, ["body", "messages", 0, "content"]),
        (says("  "), ["body", "messages", 0, "content"]),
        (says("x", tool_config={"system_message_behavior": "x"}), ["body", "tool_config", "system_message_behavior"]),
    ],
)
async def test_a_wrong_body_is_refused_by_field_before_a_stream_begins(
    stack: Stack, body: dict[str, Any], loc: list[str | int]
) -> None:
    session = await stack.new_session()
    refused = await stack.post(f"{session}/turn", {**body, "stream": True})
    assert refused.status_code == 400
    assert refused.json()["error"]["detail"]["errors"][0]["loc"] == loc
    assert (await stack.get(session)).json()["turns"] == []


async def test_what_is_not_there_is_404_before_a_stream_begins(stack: Stack) -> None:
    session = await stack.new_session()
    for path in [f"{session}x", "/agents/nobody/session/none"]:
        assert (await stack.post(f"{path}/turn", says("Hello", stream=True))).status_code == 404
    for path in [f"{session}x", f"{session}/turn/none", f"{session}/turn/none/step/none"]:
        assert (await stack.get(path)).status_code == 404


async def test_nulls_and_unknown_fields_are_passed_over(stack: Stack) -> None:
    session = await stack.new_session()
    body = says("Hello", documents=None, toolgroups=None, tool_config=None, novelty={"a": 1})
    body["messages"][0] |= {"context": None, "mood": "fine"}
    assert (await stack.post(f"{session}/turn", body)).status_code == 200


async def test_an_instruction_may_stand_among_the_messages(stack: Stack) -> None:
    session = await stack.new_session()
    body = says("Hello")
    body["messages"].insert(0, {"role": "system", "content": "Rhyme."})
    turn = (await stack.post(f"{session}/turn", body)).json()
    assert turn["input_messages"][0] == {"role": "system", "content": "Rhyme."}
    first = stack.site.script.requests[-1].messages[0]
    assert first.content == "Be brief.\n\nRhyme."


async def test_too_many_turns_that_wait_are_429_with_retry_after(open_: OpenStack) -> None:
    gate = asyncio.Event()
    stack = await open_(Reply("Once ", gate), max_queued=1)
    session = await stack.new_session()
    asked = [asyncio.create_task(stack.post(f"{session}/turn", says(words))) for words in "ab"]
    await stack.until(session, lambda s: len(s["turns"]) == 2)
    refused = await stack.post(f"{session}/turn", says("c"))
    assert (refused.status_code, refused.json()["error"]["type"]) == (429, "rate_limit_error")
    assert int(refused.headers["retry-after"]) > 0
    assert "x-should-retry" not in refused.headers
    gate.set()
    assert [(await each).status_code for each in asked] == [200, 200]


async def test_two_turns_at_once_are_serial(open_: OpenStack) -> None:
    stack = await open_(Reply("One."), Reply("Two."))
    session = await stack.new_session()
    both = await asyncio.gather(*(stack.post(f"{session}/turn", says(words, stream=True)) for words in "ab"))
    assert all(data_of(each.content)[-1]["event"]["payload"]["event_type"] == "turn_complete" for each in both)
    assert len(stack.site.script.requests[1].messages) == 4  # instructions, the first turn, this message
