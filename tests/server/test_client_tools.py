"""Client tools: the turn rests, the client answers, the turn goes on."""

import asyncio
from typing import Any

import pytest

from tertulia.models.scripted import Call, Reply
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem

CAMERA = {"name": "camera", "description": "Take a picture."}
ASKS = Reply("Look: ", Call("camera", {"zoom": 1}, call_id="c1"), Call("camera", {"zoom": 2}, call_id="c2"))


def answer(call_id: str, content: str = "a cat", **more: Any) -> dict[str, Any]:
    return {"call_id": call_id, "content": content, **more}


BOTH = {"tool_responses": [answer("c1"), answer("c2", "a dog")]}


@pytest.fixture
async def waiting(open_: OpenSite) -> tuple[Site, str, str]:
    """A site with a session whose turn waits for two pictures: the site, the session, the turn."""
    site = await open_(ASKS, Reply("A cat and a dog."), Reply("More."))
    session = await site.new_session(await site.new_agent(client_tools=[CAMERA]))
    turn = await site.turn(session, "What do you see?")
    assert turn["status"] == "awaiting_input"
    return site, session, f"{session}/turn/{turn['turn_id']}"


async def test_a_turn_that_waits_says_for_what(waiting: tuple[Site, str, str]) -> None:
    site, session, path = waiting
    turn = (await site.get(path)).json()
    assert (turn["completed_at"], turn["output_message"]["stop_reason"]) == (None, "end_of_message")
    assert [call["call_id"] for call in turn["output_message"]["tool_calls"]] == ["c1", "c2"]
    found = (await site.get(session)).json()
    assert (found["status"], found["last_turn_status"]) == ("awaiting_input", "awaiting_input")


async def test_with_its_answers_it_goes_on_to_its_end(waiting: tuple[Site, str, str]) -> None:
    site, session, path = waiting
    resumed = await site.post(f"{path}/resume", BOTH)
    turn = resumed.json()
    assert (resumed.status_code, turn["status"]) == (200, "completed")
    assert turn["output_message"]["content"] == "A cat and a dog."
    assert resumed.headers["turn-id"] == turn["turn_id"]
    assert resumed.headers["location"] == path
    steps = turn["steps"]
    assert [step["step_type"] for step in steps] == ["inference", "tool_call", "tool_call", "inference"]
    assert [step["tool_response"]["content"] for step in steps[1:3]] == ["a cat", "a dog"]
    assert steps[1]["tool_response"]["tool_name"] == "camera"
    assert len({step["step_id"] for step in steps}) == 4
    times = [time for step in steps for time in (step["started_at"], step["completed_at"])]
    assert times == sorted(set(times))
    assert (await site.get(session)).json()["status"] == "idle"


async def test_an_answer_may_be_an_error(waiting: tuple[Site, str, str]) -> None:
    site, _, path = waiting
    body = {"tool_responses": [answer("c1", "no light", is_error=True), answer("c2")]}
    turn = (await site.post(f"{path}/resume", body)).json()
    assert turn["steps"][1]["tool_response"]["is_error"]
    assert turn["steps"][1]["status"] == "failed"


async def test_resumed_as_a_stream_it_is_told_from_its_start_or_from_where_one_was(
    waiting: tuple[Site, str, str],
) -> None:
    site, _, path = waiting
    last = (await site.get(path)).json()["last_event_id"]
    streamed = frames_of((await site.post(f"{path}/resume", {**BOTH, "stream": True})).content)
    types = [frame.type for frame in streamed]
    assert types.count("turn_awaiting_input") == 1
    assert types[-1] == "turn_complete"
    after = frames_of((await site.get(f"{path}/events?after={last}")).content)
    assert after[0].type == "turn_resume"
    assert [frame.raw for frame in after] == [frame.raw for frame in streamed[-len(after) :]]
    waited = streamed[types.index("turn_awaiting_input")].payload["turn"]
    assert (waited["status"], waited["last_event_id"]) == ("awaiting_input", last)


async def test_resumed_in_the_background_it_is_answered_at_once(waiting: tuple[Site, str, str]) -> None:
    site, _, path = waiting
    resumed = await site.post(f"{path}/resume", {**BOTH, "background": True})
    assert resumed.status_code == 202
    await site.until(path, lambda turn: turn["status"] == "completed")


@pytest.mark.parametrize(
    ("responses", "code", "pointer"),
    [
        ([answer("c1"), answer("c2"), answer("c3")], "unknown_tool_call", "/tool_responses/2/call_id"),
        ([answer("c1"), answer("c1")], "unknown_tool_call", "/tool_responses/1/call_id"),
        ([], "invalid_request", "/tool_responses"),
        ([{"call_id": "c1"}], "invalid_request", "/tool_responses/0"),
        ([answer("c1", tool="x"), answer("c2")], "unknown_field", "/tool_responses/0/tool"),
    ],
)
async def test_answers_that_are_not_what_it_waits_for_change_nothing(
    waiting: tuple[Site, str, str], responses: list[Any], code: str, pointer: str
) -> None:
    site, _, path = waiting
    before = (await site.get(path)).json()
    is_problem(await site.post(f"{path}/resume", {"tool_responses": responses}), 400, code, pointer)
    assert (await site.get(path)).json() == before


async def test_answers_come_one_by_one_and_each_of_them_once(waiting: tuple[Site, str, str]) -> None:
    site, session, path = waiting
    partly = (await site.post(f"{path}/resume", {"tool_responses": [answer("c2", "a dog")]})).json()
    assert (partly["status"], partly["wait_reason"], len(partly["steps"])) == ("awaiting_input", "client_tools", 2)
    assert (await site.get(session)).json()["status"] == "awaiting_input"
    twice = await site.post(f"{path}/resume", BOTH)
    is_problem(twice, 409, "already_answered", "/tool_responses/1/call_id")
    assert (await site.get(path)).json() == partly
    turn = (await site.post(f"{path}/resume", {"tool_responses": [answer("c1")]})).json()
    assert (turn["status"], turn["output_message"]["content"]) == ("completed", "A cat and a dog.")
    assert len(site.script.requests) == 2


async def test_of_two_who_answer_the_first_counts(waiting: tuple[Site, str, str]) -> None:
    site, _, path = waiting
    answers = await asyncio.gather(*(site.post(f"{path}/resume", BOTH) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409]
    for each in answers:
        if each.status_code == 409:
            is_problem(each, 409, "turn_not_awaiting_input")
    is_problem(await site.post(f"{path}/resume", BOTH), 409, "turn_not_awaiting_input")
    assert len(site.script.requests) == 2


async def test_a_new_message_does_not_overtake_a_turn_that_waits(waiting: tuple[Site, str, str]) -> None:
    site, session, path = waiting
    for policy in ("enqueue", "reject"):
        problem = is_problem(await site.say(session, "And?", on_busy=policy), 409, "turn_awaiting_input")
        assert problem["turn_id"] == path.rpartition("/")[2]
    await site.post(f"{path}/cancel")
    assert (await site.turn(session, "And?"))["status"] == "completed"


async def test_stopped_while_it_waits_it_cannot_be_answered_any_more(waiting: tuple[Site, str, str]) -> None:
    site, _, path = waiting
    assert (await site.post(f"{path}/cancel")).json()["status"] == "cancelled"
    is_problem(await site.post(f"{path}/resume", BOTH), 409, "turn_not_awaiting_input")


async def test_a_stream_of_a_turn_that_waits_ends_there(waiting: tuple[Site, str, str]) -> None:
    site, _, path = waiting
    frames = frames_of((await site.get(f"{path}/events")).content)
    assert frames[-1].type == "turn_awaiting_input"
    assert frames[-1].payload["reason"] == "client_tools"
