"""The guide, walked from its first endpoint to its last: every field that it promises is there, with its type."""

import base64

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.models.scripted import Call, Reply, Think
from tertulia.tools.base import ToolContext, ToolResult
from tests.server.conftest import OpenSite
from tests.server.guide import ENDPOINTS, complaints
from tests.server.site import Site, frames_of, is_problem


class Weather:
    """A tool that knows one answer."""

    toolgroup = "test::weather"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="weather", description="Tell the weather.")

    async def call(self, arguments: dict[str, object], context: ToolContext) -> ToolResult:
        return ToolResult(content=f"sunny in {arguments['city']}")


@pytest.fixture
async def walk(open_: OpenSite) -> Site:
    """A site whose agent thinks, asks for a tool, and answers."""
    site = await open_(
        Reply(Think("hm"), "Let me look. ", Call("weather", {"city": "Lisbon"})),
        Reply("It is sunny."),
        tools=[Weather()],
    )
    await site.patch(site.agent, {"agent_config": {"toolgroups": ["test::weather"]}})
    return site


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
async def test_every_endpoint_of_the_guide_is_described(site: Site, method: str, path: str) -> None:
    assert method.lower() in site.app.openapi["paths"][path]


async def test_create_agent_session_returns_a_session(site: Site) -> None:
    created = await site.post(f"{site.agent}/session", {"session_name": "Chat with Agent - 22/11/2026, 10:00:00"})
    assert created.status_code == 201
    assert complaints(created.json(), "Session") == []
    assert created.json()["session_name"] == "Chat with Agent - 22/11/2026, 10:00:00"


async def test_create_agent_turn_returns_the_turn_with_its_steps(walk: Site) -> None:
    session = await walk.new_session()
    turn = await walk.turn(session, "What is the weather?", stream=False)
    assert complaints(turn, "Turn") == []
    assert [step["step_type"] for step in turn["steps"]] == ["inference", "tool_call", "inference"]
    asks, runs, answers = turn["steps"]
    assert asks["model_response"]["tool_calls"] == [runs["tool_call"]]
    assert runs["tool_call"]["arguments"] == {"city": "Lisbon"}
    assert runs["tool_response"]["call_id"] == runs["tool_call"]["call_id"]
    assert runs["tool_response"]["content"] == "sunny in Lisbon"
    assert answers["model_response"]["content"] == turn["output_message"]["content"] == "It is sunny."
    assert turn["output_message"]["role"] == "assistant"


async def test_get_agent_session_returns_the_turns_in_order(walk: Site) -> None:
    session = await walk.new_session()
    turns = [await walk.turn(session, words) for words in ("one", "two", "three")]
    found = (await walk.get(session)).json()
    assert complaints(found, "Session") == []
    assert found["turns"] == turns


async def test_list_agent_sessions_returns_them_under_sessions(walk: Site) -> None:
    for _ in range(3):
        await walk.new_session()
    listed = (await walk.get(f"{walk.agent}/sessions")).json()
    assert [complaints(each, "Session") for each in listed["sessions"]] == [[], [], []]


async def test_get_and_list_turns_return_what_was_answered(walk: Site) -> None:
    session = await walk.new_session()
    turn = await walk.turn(session)
    assert (await walk.get(f"{session}/turn/{turn['turn_id']}")).json() == turn
    assert (await walk.get(f"{session}/turns")).json()["turns"] == [turn]


async def test_patch_updates_metadata_and_delete_deletes(site: Site) -> None:
    session = await site.new_session()
    patched = await site.patch(session, {"metadata": {"topic": "weather"}})
    assert complaints(patched.json(), "Session") == []
    assert patched.json()["metadata"] == {"topic": "weather"}
    deleted = await site.delete(session)
    assert (deleted.status_code, deleted.content) == (204, b"")
    is_problem(await site.get(session), 404, "session_not_found")


async def test_a_file_attachment_comes_back_as_it_was_sent(site: Site) -> None:
    file = {"name": "document.txt", "content": base64.b64encode(b"analyse me").decode(), "type": "text/plain"}
    message = {"role": "user", "content": "Please analyze this document", "file": file}
    session = await site.new_session()
    turn = (await site.post(f"{session}/turn", {"messages": [message]})).json()
    assert complaints(turn, "Turn") == []
    assert turn["input_messages"][0]["file"].items() >= file.items()


async def test_a_streamed_turn_ends_with_the_turn(walk: Site) -> None:
    session = await walk.new_session()
    streamed = await walk.say(session, stream=True)
    turn = frames_of(streamed.content)[-1].payload["turn"]
    assert complaints(turn, "Turn") == []
    assert turn == (await walk.get(f"{session}/turn/{turn['turn_id']}")).json()


async def test_the_errors_of_the_guide_have_their_statuses(site: Site) -> None:
    is_problem(await site.get(f"{site.agent}/session/none"), 404, "session_not_found")
    session = await site.new_session()
    is_problem(await site.post(f"{session}/turn", {"messages": "hello"}), 400, "invalid_request", "/messages")
