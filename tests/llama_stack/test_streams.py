"""Streams of turns, as Llama Stack's clients read them."""

import asyncio
from typing import Any

from tertulia.domain.errors import ModelUnavailable
from tertulia.models.scripted import Call, Reply, Think
from tests.llama_stack.stack import OpenStack, Stack, data_of, says
from tests.llama_stack.test_turns import CAMERA, LOOK, answers
from tests.runtime.tools import EchoTool
from tests.server.live import serve_live


async def streamed(stack: Stack, session: str, words: str = "Hello", **more: Any) -> list[dict[str, Any]]:
    """Start a turn and return the frames of its stream."""
    answer = await stack.post(f"{session}/turn", says(words, stream=True, **more))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    return data_of(answer.content)


def shape(frames: list[dict[str, Any]]) -> list[str]:
    """What happens in a stream: the types of its events, with those of their steps."""
    payloads = [frame["event"]["payload"] if "event" in frame else frame["error"] for frame in frames]
    return [" ".join(filter(None, (each.get("event_type", "error"), each.get("step_type")))) for each in payloads]


async def test_an_answer_is_streamed_in_pieces_and_ends_with_the_turn(stack: Stack) -> None:
    session = await stack.new_session()
    frames = await streamed(stack, session)
    text = ["step_progress inference"] * 5
    assert shape(frames) == [
        "turn_start",
        "step_start inference",
        *text,
        "step_complete inference",
        "turn_complete",
    ]
    deltas = [frame["event"]["payload"]["delta"] for frame in frames[2:7]]
    assert deltas[0] == {"type": "text", "text": "Hello, "}
    turn = frames[-1]["event"]["payload"]["turn"]
    assert turn == (await stack.get(f"{session}/turn/{turn['turn_id']}")).json()
    assert frames[0]["event"]["payload"]["turn_id"] == turn["turn_id"]
    assert frames[-2]["event"]["payload"]["step_details"] == turn["steps"][0]


async def test_ids_stand_in_the_json_and_rise(stack: Stack) -> None:
    frames = await streamed(stack, await stack.new_session())
    ids = [tuple(map(int, frame["id"].split("."))) for frame in frames]
    assert ids == sorted(set(ids))


async def test_a_call_comes_whole_before_its_step_ends(open_: OpenStack) -> None:
    stack = await open_(Reply(LOOK))
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
    frames = await streamed(stack, session)
    assert shape(frames)[1:] == [
        "step_start inference",
        "step_progress inference",
        "step_complete inference",
        "turn_awaiting_input",
    ]
    delta = frames[2]["event"]["payload"]["delta"]
    assert delta == {
        "type": "tool_call",
        "tool_call": frames[-1]["event"]["payload"]["turn"]["output_message"]["tool_calls"][0],
        "parse_status": "succeeded",
    }


async def test_alpha_streams_arguments_as_they_come(open_: OpenStack) -> None:
    stack = await open_(Reply(Call("camera", '{"zoom": 2}', call_id="c1")), prefix="/v1alpha")
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
    deltas = [
        f["event"]["payload"]["delta"] for f in await streamed(stack, session) if "delta" in f["event"]["payload"]
    ]
    assert "".join(each["tool_call"] for each in deltas[:-1]) == '{"zoom": 2}'
    assert {each["parse_status"] for each in deltas[:-1]} == {"in_progress"}
    assert deltas[-1]["tool_call"] == {"call_id": "c1", "tool_name": "camera", "arguments": '{"zoom": 2}'}


async def test_a_resume_streams_what_comes_of_it_and_nothing_before(open_: OpenStack) -> None:
    stack = await open_(Reply(LOOK), Reply("Cat."))
    session = await stack.new_session(await stack.new_agent(client_tools=[CAMERA]))
    turn = (await streamed(stack, session))[-1]["event"]["payload"]["turn"]
    path = f"{session}/turn/{turn['turn_id']}"
    answer = await stack.post(f"{path}/resume", answers("c1", stream=True))
    assert shape(data_of(answer.content)) == [
        "step_start tool_execution",
        "step_progress tool_execution",
        "step_complete tool_execution",
        "step_start inference",
        "step_progress inference",
        "step_complete inference",
        "turn_complete",
    ]


async def test_a_tool_of_the_servers_is_a_step_of_its_own(open_: OpenStack) -> None:
    stack = await open_(Reply(Call("echo", {"text": "x"}, call_id="s1")), Reply("Done."), tools=[EchoTool()])
    session = await stack.new_session(await stack.new_agent(toolgroups=[EchoTool().toolgroup]))
    frames = await streamed(stack, session)
    tool = [frame["event"]["payload"] for frame in frames if "tool_execution" in shape([frame])[0]]
    assert [each["event_type"] for each in tool] == ["step_start", "step_progress", "step_complete"]
    assert tool[1]["delta"]["parse_status"] == "in_progress"
    assert tool[2]["step_details"]["tool_responses"][0]["call_id"] == "s1"


async def test_what_its_clients_do_not_know_is_not_sent(open_: OpenStack) -> None:
    stack = await open_(Reply(Think("Let me see."), "Hi"))
    frames = await streamed(stack, await stack.new_session())
    assert shape(frames)[1:] == [
        "step_start inference",
        "step_progress inference",
        "step_complete inference",
        "turn_complete",
    ]


async def test_a_failure_is_the_last_frame(open_: OpenStack) -> None:
    stack = await open_(Reply("Half an ", ModelUnavailable("The model server is away.")))
    frames = await streamed(stack, await stack.new_session())
    assert shape(frames) == ["turn_start", "step_start inference", *["step_progress inference"] * 2, "error"]
    assert frames[-1]["error"]["message"] == "The model server is away."
    assert frames[-1]["error"]["code"] == "model_unavailable"


async def test_a_cancel_ends_the_stream_as_complete_with_what_there_is(open_: OpenStack) -> None:
    gate = asyncio.Event()
    stack = await open_(Reply("Once upon ", gate, "a time"))
    session = await stack.new_session()
    reading = asyncio.create_task(streamed(stack, session))
    found = await stack.until(session, lambda s: s["turns"] and s["turns"][0]["output_message"]["content"])
    await stack.post(f"{session}/turn/{found['turns'][0]['turn_id']}/cancel")
    frames = await reading
    assert shape(frames)[-1] == "turn_complete"
    said = frames[-1]["event"]["payload"]["turn"]["output_message"]
    assert (said["content"], said["stop_reason"]) == ("Once upon ", "end_of_turn")


async def test_a_stream_that_waits_sends_a_colon_and_a_blank_line() -> None:
    gate = asyncio.Event()
    async with serve_live(Reply("Hi ", gate, "there"), heartbeat=0.01) as live:
        session = await live.site.new_session()
        async with await live.connect() as connection:
            await connection.send("POST", f"{session}/turn", says("Hello", stream=True), x_stainless_lang="python")
            assert (await connection.head())[0] == 200
            seen = b""
            while not seen.endswith(b"\n\n:\n\n"):
                seen += await connection.chunk()
            gate.set()
            seen += await connection.body()
    lines = {line.partition(b" ")[0] for line in seen.split(b"\n")}
    assert lines == {b"", b":", b"data:"}
