"""What a model was asked in a step, made again from the log: it is what the model was really given."""

import asyncio
import base64
from typing import Any

import msgspec

from tertulia.domain.messages import Message
from tertulia.models.scripted import Call, Reply
from tests.runtime.tools import PayTool
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem

CLOCK = Call("get_current_time", {}, call_id="c1")


async def asked(site: Site, session: str, turn: dict[str, Any], place: int, query: str = "") -> dict[str, Any]:
    """What the server says that the model was asked in a step of a turn."""
    step_id = turn["steps"][place]["step_id"]
    answer = await site.get(f"{session}/turn/{turn['turn_id']}/step/{step_id}/request{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(site: Site, place: int) -> list[Any]:
    """What the model was really given as messages, in JSON."""
    messages: list[Message] = list(site.script.requests[place].messages)
    return msgspec.to_builtins(messages)


async def test_it_is_what_the_model_was_given_before_and_after_a_tool_and_in_later_turns(open_: OpenSite) -> None:
    site = await open_(Reply("Let me see. ", CLOCK), Reply("Noon."))
    agent = await site.new_agent(
        instructions="Be brief.",
        toolgroups=["builtin::clock"],
        tool_config={"tool_choice": "required"},
        sampling_params={"strategy": {"type": "top_p", "temperature": 0.5}, "max_tokens": 99},
    )
    session = await site.new_session(agent)
    first = await site.turn(session, "What time is it?")
    second = await site.turn(session, "And now?")
    steps = [(first, 0), (first, 2), (second, 0)]
    assert len(site.script.requests) == len(steps)
    for place, (turn, step) in enumerate(steps):
        found, given = await asked(site, session, turn, step), site.script.requests[place]
        assert found["messages"] == told(site, place)
        assert found["tools"] == msgspec.to_builtins(list(given.tools))
        assert (found["tool_choice"], found["model"]) == (given.tool_choice, turn["steps"][step]["model"])
        assert found["sampling_params"] == msgspec.to_builtins(given.sampling)
        assert (found["has_more"], found["first"], found["withheld"]) == (False, 0, [])
        assert found["message_count"] == len(found["messages"])


async def test_it_stays_what_it_was_when_the_agent_has_changed_since(site: Site) -> None:
    agent = await site.new_agent(instructions="Be brief.")
    session = await site.new_session(agent)
    turn = await site.turn(session)
    before = await asked(site, session, turn, 0)
    await site.patch(agent, {"agent_config": {"instructions": "Be long.", "sampling_params": {"max_tokens": 7}}})
    await site.turn(session)
    assert await asked(site, session, turn, 0) == before
    assert before["messages"][0] == {"role": "system", "content": "Be brief."}


async def test_its_messages_come_in_pages_from_the_last_one_back(site: Site) -> None:
    session = await site.new_session()
    turns = [await site.turn(session, f"Question {n}") for n in range(3)]
    pages = [await asked(site, session, turns[2], 0, "?limit=2")]
    while pages[0]["has_more"]:
        pages.insert(0, await asked(site, session, turns[2], 0, f"?limit=2&cursor={pages[0]['next_cursor']}"))
    assert [message for page in pages for message in page["messages"]] == told(site, 2)
    assert [(page["first"], page["message_count"]) for page in pages] == [(0, 6), (2, 6), (4, 6)]
    path = f"{session}/turn/{turns[2]['turn_id']}/step/{turns[2]['steps'][0]['step_id']}/request"
    for cursor in ("nonsense", "Wzk5OTk5XQ", "Wy0xXQ"):
        is_problem(await site.get(f"{path}?cursor={cursor}"), 400, "invalid_cursor")


async def test_files_are_named_and_their_bytes_are_not_told(site: Site) -> None:
    session = await site.new_session()
    data = base64.b64encode(b"secret-canary").decode()
    file = {"name": "notes.txt", "type": "text/plain", "content": data}
    image = {"type": "image", "image": {"data": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()}}
    message = {"role": "user", "content": [{"type": "text", "text": "Read"}, image], "file": file}
    turn = (await site.post(f"{session}/turn", {"messages": [message]})).json()
    (found,) = (await asked(site, session, turn, 0))["messages"][-1:]
    assert (found["file"]["name"], found["file"]["content"]) == ("notes.txt", None)
    assert found["content"][1]["image"]["data"] is None
    assert found["file"]["file_id"] == turn["input_messages"][0]["file"]["file_id"]


async def test_a_step_that_runs_can_be_looked_into(open_: OpenSite) -> None:
    gate = asyncio.Event()
    site = await open_(Reply("Well, ", gate, "yes."))
    session = await site.new_session()
    begun = await site.say(session, background=True)
    turn = await site.until(begun.headers["location"], lambda turn: bool(turn["steps"]))
    found = await asked(site, session, turn, 0)
    gate.set()
    assert found["messages"] == told(site, 0)


async def test_a_step_that_asked_no_model_says_so(open_: OpenSite) -> None:
    site = await open_(Reply(CLOCK), Reply("Noon."))
    session = await site.new_session(await site.new_agent(toolgroups=["builtin::clock"]))
    turn = await site.turn(session)
    path = f"{session}/turn/{turn['turn_id']}/step/{turn['steps'][1]['step_id']}/request"
    assert "asked no model" in is_problem(await site.get(path), 404, "step_not_found")["detail"]


async def test_credentials_and_settled_arguments_of_tools_are_no_part_of_it(open_: OpenSite) -> None:
    site = await open_(Reply("Yes."), tools=[PayTool()])
    settled = {"name": PayTool().toolgroup, "args": {"to": "secret-canary"}}
    session = await site.new_session(await site.new_agent(toolgroups=[settled]))
    turn = await site.turn(session)
    path = f"{session}/turn/{turn['turn_id']}/step/{turn['steps'][0]['step_id']}/request"
    answer = await site.get(path)
    assert [tool["name"] for tool in answer.json()["tools"]] == [PayTool().definition.name]
    assert "secret-canary" not in answer.text
