"""S1, S20: what belongs to someone else is not there, on any path that the interface has."""

import gzip
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from tertulia.domain.agents import AgentConfig, ToolDef
from tertulia.domain.attachments import FileAttachment
from tertulia.domain.exports import SessionExport
from tertulia.domain.messages import UserMessage
from tertulia.domain.toolgroups import McpEndpoint, McpServer, PinnedTool, StoredToolgroup
from tertulia.runtime.turns import TurnRequest
from tertulia.testing import app
from tests.server.conftest import OpenSite
from tests.server.site import MODEL, Site, frames_of, is_problem, said
from tests.store.values import agent, session

EXPORT = SessionExport(
    exported_at="2026-01-02T00:00:00.000000Z",
    agent=agent(),
    session=session("s-mine", session_name="Mine now"),
)
PATHS = app().openapi["paths"]
BODIES: dict[str, Any] = {
    "batch_sessions": {"ids": ["any"], "op": "delete"},
    "update_agent": {"agent_config": {"name": "Mine now"}},
    "create_session": {},
    "update_session": {"session_name": "Mine now"},
    "fork_session": {},
    "create_share": {},
    "retry_turn": {},
    "create_turn": said("Hello", stream=True),
    "resume_turn": {"tool_responses": [{"call_id": "c", "content": "x"}]},
    "rate_turn": {"rating": "up"},
    "decide_turn": {"call_id": "c", "decision": "deny"},
    "accept_toolgroup": {},
    "call_tool": {"arguments": {}},
    "set_user_limits": {"concurrent_turns": 1},
    "import_session": msgspec.to_builtins(EXPORT),
}
OPERATIONS = [
    (method.upper(), path, BODIES.get(operation["operationId"]))
    for path, item in PATHS.items()
    for method, operation in item.items()
    if "{" in path and "{token}" not in path  # a link is for whoever has it
]


HERS = StoredToolgroup(
    toolgroup_id="hers",
    server=McpServer(toolgroup_id="hers", endpoint=McpEndpoint(uri="http://127.0.0.1:1/secret-canary")),
    pins=[PinnedTool(own_name="read", definition=ToolDef(name="hers__read", description="secret-canary"))],
    pinned_at="2026-01-02T00:00:00.000000Z",
)


class Eve:
    """Someone else, with an agent, a session and a turn in the same database."""

    def __init__(self, site: Site, ids: dict[str, str]) -> None:
        self.site = site
        self.ids = ids


@pytest.fixture
async def eve(open_: OpenSite) -> AsyncGenerator[Eve, None]:
    site = await open_()
    agents, sessions, turns = site.services.agents, site.services.sessions, site.services.turns
    agent = await agents.create("eve", AgentConfig(model=MODEL))
    session = await sessions.create("eve", agent.agent_id, name="Hers")
    request = TurnRequest(messages=[UserMessage(content="secret-canary")])
    turn = await turns.until_rest(await turns.start("eve", agent.agent_id, session.session_id, request))
    claims = FileAttachment(name="secret-canary", type="text/plain")
    file = await site.services.files.upload("eve", lambda: claims, pieces(b"secret-canary"))
    share = await site.services.shares.create("eve", agent.agent_id, session.session_id)
    ids = {
        "agent_id": agent.agent_id,
        "session_id": session.session_id,
        "turn_id": turn.turn_id,
        "step_id": turn.steps[0].step_id,
        "file_id": file.info.file_id,
        "share_id": share.share_id,
        "toolgroup_id": HERS.toolgroup_id,
        "user_id": "eve",
        "key_id": "hers",
        "tool_name": HERS.pins[0].definition.name,
    }
    await site.services.store.save_toolgroup("eve", HERS, at=session.started_at)
    yield Eve(site, ids)
    after = await sessions.get("eve", agent.agent_id, session.session_id)
    assert (after.session_name, after.turn_count, after.revision) == ("Hers", 1, 1)
    assert (await agents.get("eve", agent.agent_id)) == agent
    (kept,) = (await site.services.shares.list_shares("eve", limit=9, cursor=None)).items
    assert (kept.share_id, kept.revoked_at) == (share.share_id, None)
    assert await site.services.files.get("eve", file.info.file_id) == file
    assert await site.services.store.get_toolgroup("eve", HERS.toolgroup_id) == HERS


async def pieces(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
async def test_with_her_ids_nothing_is_found(eve: Eve, method: str, path: str, body: Any) -> None:
    answer = await eve.site.ask(method, path.format_map(eve.ids), body)
    assert answer.status_code == 404
    is_problem(answer, 404, answer.json()["code"])
    assert "secret-canary" not in answer.text


@pytest.mark.parametrize(("method", "path", "body"), [each for each in OPERATIONS if "{session_id}" in each[1]])
async def test_nor_with_her_session_under_ones_own_agent(eve: Eve, method: str, path: str, body: Any) -> None:
    ids = {**eve.ids, "agent_id": eve.site.agent_id}
    assert (await eve.site.ask(method, path.format_map(ids), body)).status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), [each for each in OPERATIONS if "{turn_id}" in each[1]])
async def test_nor_with_her_turn_under_ones_own_session(eve: Eve, method: str, path: str, body: Any) -> None:
    session = await eve.site.new_session()
    ids = {**eve.ids, "agent_id": eve.site.agent_id, "session_id": session.rpartition("/")[2]}
    assert (await eve.site.ask(method, path.format_map(ids), body)).status_code == 404


@pytest.mark.parametrize("place", ["file", "files", "documents", "content"])
async def test_nor_with_her_file_in_ones_own_message(eve: Eve, place: str) -> None:
    named = {"file_id": eve.ids["file_id"]}
    given: dict[str, Any] = {"file": named, "content": [{"type": "image", "image": named}]}
    message = {"role": "user", "content": "Read this", place: given.get(place, [named])}
    answer = await eve.site.post(f"{await eve.site.new_session()}/turn", {"messages": [message]})
    is_problem(answer, 404, "file_not_found", *(error["pointer"] for error in answer.json()["errors"]))
    assert "secret-canary" not in answer.text


async def test_she_is_in_none_of_ones_lists(eve: Eve) -> None:
    assert [agent["agent_id"] for agent in (await eve.site.get("/v1/agents")).json()["agents"]] == [eve.site.agent_id]
    for path in ("toolgroups", "tools"):
        assert "hers" not in (await eve.site.get(f"/v1/{path}")).text
    found = await eve.site.get(f"{eve.site.agent}/sessions?q=Hers")
    assert found.json()["sessions"] == []
    assert (await eve.site.get("/v1/files")).json()["files"] == []
    for words in ("hers", "secret", "canary", "-nothing", "has:file"):
        assert (await eve.site.get(f"/v1/search?q={words}&archived=any")).json()["hits"] == []
    assert (await eve.site.get("/v1/shares")).json()["shares"] == []
    archive = gzip.decompress((await eve.site.get("/v1/export")).content)
    assert eve.site.agent_id.encode() in archive
    assert not any(each.encode() in archive for each in ("secret-canary", *eve.ids.values()) if each != "read")


async def test_her_cursors_and_event_ids_lead_to_ones_own_things_only(eve: Eve) -> None:
    session = await eve.site.new_session()
    streamed = await eve.site.say(session, stream=True)
    hers = "1.1.3"  # the same place in her turn
    rest = await eve.site.get(f"{streamed.headers['location']}/events", last_event_id=hers)
    assert "secret-canary" not in rest.text
    assert [frame.raw for frame in frames_of(rest.content)] == [frame.raw for frame in frames_of(streamed.content)[3:]]
    is_problem(await eve.site.get(f"{session}/turns?before={eve.ids['turn_id']}"), 404, "turn_not_found")
