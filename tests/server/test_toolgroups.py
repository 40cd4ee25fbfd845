"""MCP servers as people use them: registered, used by agents in turns, changed behind one's back, accepted, let go."""

from collections.abc import Iterator
from typing import Any

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.toolgroups import McpEndpoint, McpServer
from tertulia.models.scripted import Call, Reply
from tertulia.store.memory.store import MemoryStore
from tests.server.conftest import OpenSite
from tests.server.site import Site, frames_of, is_problem
from tests.tools.mcp.places import HttpPlace, http_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpPlace]:
    place = HttpPlace(tmp_path_factory.mktemp("mcp"))
    yield place
    place.kill()


@pytest.fixture
def place(running: HttpPlace) -> HttpPlace:
    """A server that runs, with tools as they were at first."""
    running.renew()
    return running


async def register(site: Site, place: HttpPlace, **more: Any) -> dict[str, Any]:
    body = {"toolgroup_id": "test", "mcp_endpoint": {"uri": place.uri}, **more}
    registered = await site.post("/v1/toolgroups", body)
    assert registered.status_code == 201, registered.text
    assert registered.headers["location"] == f"/v1/toolgroups/{body['toolgroup_id']}"
    return registered.json()


async def tool(site: Site, name: str) -> dict[str, Any]:
    return next(each for each in (await site.get("/v1/tools")).json()["tools"] if each["name"] == name)


# --- registering ---


async def test_a_server_is_registered_by_its_url_and_its_tools_are_there(site: Site, place: HttpPlace) -> None:
    group = await register(site, place)
    assert (group["provider"], group["status"], group["pinned"]) == ("mcp", "ready", True)
    assert (group["mcp_endpoint"]["uri"], group["approval"], group["error"]) == (place.uri, "first_time", None)
    *ours, theirs = (await site.get("/v1/toolgroups")).json()["toolgroups"]
    assert {(each["provider"], each["status"]) for each in ours} == {("builtin", "ready")}
    assert (await site.get("/v1/toolgroups/test")).json() == theirs == group
    add = await tool(site, "test__add")
    assert (add["toolgroup"], add["own_name"], add["is_changed"]) == ("test", "add", False)
    assert add["policy"]["approval"] == "first_time"


async def test_toolgroups_come_a_page_at_a_time(site: Site, place: HttpPlace) -> None:
    for name in ("b", "a"):
        await register(site, place, toolgroup_id=name)
    found: list[str] = []
    path = "/v1/toolgroups?limit=1"
    cursor = ""
    while cursor is not None:
        page = (await site.get(path + (f"&cursor={cursor}" if cursor else ""))).json()
        found += [each["toolgroup_id"] for each in page["toolgroups"]]
        cursor = page["next_cursor"]
    assert found[-2:] == ["a", "b"]
    assert "builtin::clock" in found[:-2]
    is_problem(await site.get("/v1/toolgroups?cursor=nonsense"), 400, "invalid_cursor")


async def test_a_tool_can_be_tried_without_an_agent(site: Site, place: HttpPlace) -> None:
    await register(site, place)
    added = (await site.post("/v1/tools/test__add/call", {"arguments": {"a": 1, "b": 2}})).json()
    assert (added["content"], added["is_error"]) == ("3", False)
    gallery = (await site.post("/v1/tools/test__gallery/call", {})).json()
    assert next((file["name"], file["type"]) for file in gallery["files"]) == ("image-1.png", "image/png")
    asked = (await site.post("/v1/tools/test__book/call", {"arguments": {"film": "Alien"}})).json()
    assert asked["is_error"]
    assert "How many seats for Alien?" in asked["content"]
    clock = (await site.post("/v1/tools/clock/call", {"arguments": {}})).json()
    assert "(UTC)" in clock["content"]
    is_problem(await site.post("/v1/tools/test__nothing/call", {}), 404, "tool_not_found")
    is_problem(await site.post("/v1/tools/other__add/call", {}), 404, "tool_not_found")


async def test_what_is_gone_is_gone(site: Site, place: HttpPlace) -> None:
    await register(site, place)
    assert (await site.delete("/v1/toolgroups/test")).status_code == 204
    is_problem(await site.get("/v1/toolgroups/test"), 404, "toolgroup_not_found")
    is_problem(await site.delete("/v1/toolgroups/test"), 404, "toolgroup_not_found")
    is_problem(await site.post("/v1/toolgroups/test/accept", {}), 404, "toolgroup_not_found")
    is_problem(await site.post("/v1/tools/test__add/call", {}), 404, "tool_not_found")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"mcp_endpoint": {}}, 400, "invalid_request", "/mcp_endpoint"),
        ({"mcp_endpoint": {"uri": "http://100.64.0.1/mcp"}}, 400, "invalid_request", "/mcp_endpoint/uri"),
        ({"mcp_endpoint": {"uri": "http://x.example", "port": 3}}, 400, "unknown_field", "/mcp_endpoint/port"),
        ({"toolgroup_id": "a/b", "mcp_endpoint": {"uri": "x"}}, 400, "invalid_request", "/toolgroup_id"),
        ({"mcp_endpoint": {"uri": "x"}, "approval": "maybe"}, 400, "invalid_request", "/approval"),
        ({"mcp_endpoint": {"command": "touch", "args": ["x"]}}, 403, "forbidden", None),
        ({"toolgroup_id": "builtin::clock", "mcp_endpoint": {"uri": "x"}}, 409, "conflict", None),
        ({"toolgroup_id": "builtin::other", "mcp_endpoint": {"uri": "x"}}, 409, "conflict", None),
        ({"mcp_endpoint": {"uri": "http://127.0.0.1:1/mcp"}}, 502, "tool_server_unavailable", None),
    ],
)
async def test_what_cannot_be_registered_is_refused(
    site: Site, body: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    refused = await site.post("/v1/toolgroups", {"toolgroup_id": "test", **body})
    is_problem(refused, status, code, *([pointer] if pointer else []))
    groups = (await site.get("/v1/toolgroups")).json()["toolgroups"]
    assert [each["toolgroup_id"] for each in groups if each["provider"] == "mcp"] == []


async def test_no_group_takes_the_names_of_anothers_tools(site: Site, place: HttpPlace) -> None:
    await register(site, place, toolgroup_id="my.files")
    for taken in ("my_files", "mcp::my.files", "my--files".replace("--", ":")):
        refused = await site.post("/v1/toolgroups", {"toolgroup_id": taken, "mcp_endpoint": {"uri": place.uri}})
        assert "my.files" in is_problem(refused, 409, "conflict")["detail"]


async def test_registered_again_it_keeps_what_was_pinned_and_another_server_is_refused(
    site: Site, place: HttpPlace
) -> None:
    before = await register(site, place)
    await site.post("/v1/tools/test__change/call", {})
    again = await register(site, place, approval="never", authorization="token")
    assert (again["pinned_at"], again["approval"]) == (before["pinned_at"], "never")
    assert (again["status"], (await tool(site, "test__add"))["policy"]["approval"]) == ("changed", "first_time")
    other = {"toolgroup_id": "test", "mcp_endpoint": {"uri": f"{place.uri}/other"}}
    is_problem(await site.post("/v1/toolgroups", other), 409, "conflict")


async def test_programs_are_registered_where_the_operator_lets_people(open_: OpenSite) -> None:
    site = await open_(mcp_programs=True)
    body = {"toolgroup_id": "gone", "mcp_endpoint": {"command": "no-such-program", "env": {"TOKEN": "canary"}}}
    refused = is_problem(await site.post("/v1/toolgroups", body), 502, "tool_server_unavailable")
    assert "no-such-program cannot be run" in refused["detail"]


# --- S18: what changes behind one's back ---


async def test_a_changed_tool_is_asked_about_until_somebody_accepts_it(site: Site, place: HttpPlace) -> None:
    await register(site, place, approval="never")
    assert (await tool(site, "test__add"))["policy"]["approval"] == "never"
    await site.post("/v1/tools/test__change/call", {})
    changed = await site.until("/v1/toolgroups/test", lambda group: group["status"] == "changed")
    (change,) = changed["changes"]
    assert (changed["pinned"], change["name"]) == (False, "add")
    assert change["pinned"]["description"] == "Add two numbers."
    assert "send all files" in change["current"]["description"]
    add, weather = await tool(site, "test__add"), await tool(site, "test__weather")
    assert (add["is_changed"], add["policy"]["approval"]) == (True, "first_time")
    assert (weather["is_changed"], weather["policy"]["approval"]) == (False, "never")
    stale = await site.post("/v1/toolgroups/test/accept", {"listing": "0" * 64})
    is_problem(stale, 412, "stale")
    accepted = await site.post("/v1/toolgroups/test/accept", {"listing": changed["listing"]})
    assert (accepted.status_code, accepted.json()["status"], accepted.json()["pinned"]) == (200, "ready", True)
    assert (await tool(site, "test__add"))["policy"]["approval"] == "never"


async def test_what_changed_while_this_server_was_away_is_seen_when_it_is_back(
    open_: OpenSite, place: HttpPlace
) -> None:
    store = MemoryStore(is_shared=True)
    site = await open_(store=store)
    await register(site, place, approval="never")
    await site.post("/v1/tools/test__change/call", {})
    await site.services.toolgroups.close()
    later = await open_(store=store)
    assert (await later.get("/v1/toolgroups/test")).json()["status"] == "changed"


async def test_the_operators_servers_are_everybodys_stay_and_are_pinned_at_first_use(
    open_: OpenSite, place: HttpPlace
) -> None:
    site = await open_(mcp_servers=[http_server(place, approval="never")])
    group = (await site.get("/v1/toolgroups/test")).json()
    assert (group["is_configured"], group["status"], group["tools"]) == (True, "ready", 12)
    is_problem(await site.delete("/v1/toolgroups/test"), 409, "conflict")
    body = {"toolgroup_id": "test", "mcp_endpoint": {"uri": place.uri}}
    is_problem(await site.post("/v1/toolgroups", body), 409, "conflict")
    await site.post("/v1/tools/test__change/call", {})
    await site.until("/v1/toolgroups/test", lambda found: found["status"] == "changed")
    assert (await site.post("/v1/toolgroups/test/accept", {})).json()["status"] == "ready"
    assert (await site.services.toolgroups.get_toolgroup("ben", "test")).status == "ready"


async def test_a_server_that_is_away_is_said_to_be_and_its_tools_are_still_known(site: Site, place: HttpPlace) -> None:
    await register(site, place, approval="never")
    place.kill()
    failed = (await site.post("/v1/tools/test__add/call", {"arguments": {"a": 1, "b": 2}})).json()
    assert failed["is_error"]
    group = (await site.get("/v1/toolgroups/test")).json()
    assert (group["status"], group["tools"], group["changes"]) == ("unreachable", 12, [])
    assert "cannot be used" in group["error"]
    assert (await tool(site, "test__add"))["name"] == "test__add"


async def test_an_operators_server_that_has_never_answered_does_not_hold_up_anybody(open_: OpenSite) -> None:
    away = McpServer(toolgroup_id="away", endpoint=McpEndpoint(uri="http://127.0.0.1:1/mcp"))
    site = await open_(mcp_servers=[away])
    group = (await site.get("/v1/toolgroups/away")).json()
    assert (group["status"], group["tools"], group["pinned"]) == ("unreachable", 0, False)
    session = await site.new_session(await site.new_agent(toolgroups=["away"]))
    assert (await site.turn(session))["status"] == "completed"


# --- in turns ---


async def test_an_agent_uses_its_tools_and_what_they_say_meanwhile_is_in_the_stream(
    open_: OpenSite, place: HttpPlace
) -> None:
    site = await open_(Reply(Call("test__slow", {"steps": 2})), Reply("It went well."))
    await register(site, place, approval="never")
    session = await site.new_session(await site.new_agent(toolgroups=["test"]))
    frames = frames_of((await site.say(session, stream=True)).content)
    deltas = [frame.payload["delta"] for frame in frames if frame.payload["event_type"] == "step_progress"]
    assert "".join(delta["text"] for delta in deltas if delta["type"] == "tool_output") == "1/2\nstep 2\n"
    turn = frames[-1].payload["turn"]
    assert turn["steps"][1]["tool_response"]["content"] == "done"
    told = {definition.name: definition for definition in site.script.requests[0].tools}
    assert {name.partition("__")[0] for name in told} == {"test"}
    assert told["test__add"].description == "Add two numbers."


@pytest.mark.parametrize("name", ["test/add", "test/test__add"])
async def test_an_agent_can_be_given_one_tool_with_arguments_of_its_own(
    open_: OpenSite, place: HttpPlace, name: str
) -> None:
    site = await open_(Reply(Call("test__add", {"a": 1, "b": 1})), Reply("Done."))
    await register(site, place, approval="never")
    toolgroups = [{"name": name, "args": {"b": 40}}]
    session = await site.new_session(await site.new_agent(toolgroups=toolgroups))
    turn = await site.turn(session)
    assert [definition.name for definition in site.script.requests[0].tools] == ["test__add"]
    assert turn["steps"][1]["tool_response"]["content"] == "41"


async def test_a_tool_of_the_client_keeps_its_name(open_: OpenSite, place: HttpPlace) -> None:
    site = await open_(Reply(Call("test__add", {"a": 1, "b": 1})))
    await register(site, place, approval="never")
    mine = ToolDef(name="test__add", description="Mine.")
    agent = await site.new_agent(toolgroups=["test"], client_tools=[{"name": mine.name, "description": "Mine."}])
    turn = await site.turn(await site.new_session(agent))
    assert (turn["status"], turn["wait_reason"]) == ("awaiting_input", "client_tools")
    assert [each for each in site.script.requests[0].tools if each.name == mine.name] == [mine]


async def test_a_server_that_dies_in_a_call_fails_that_call_alone(open_: OpenSite, place: HttpPlace) -> None:
    calls = Reply(Call("test__die", {}), Call("clock", {}))
    site = await open_(calls, Reply("One of them failed."))
    await register(site, place, approval="never")
    session = await site.new_session(await site.new_agent(toolgroups=["test", "builtin::clock"]))
    turn = await site.turn(session)
    assert (turn["status"], turn["output_message"]["content"]) == ("completed", "One of them failed.")
    assert [(step["tool_call"]["tool_name"], step["status"]) for step in turn["steps"][1:3]] == [
        ("test__die", "failed"),
        ("clock", "completed"),
    ]
    assert "was lost while the tool ran" in turn["steps"][1]["tool_response"]["content"]
    place.kill()


async def test_what_a_tool_asks_is_answered_by_a_person_and_the_turn_goes_on(open_: OpenSite, place: HttpPlace) -> None:
    site = await open_(Reply(Call("test__book", {"film": "Alien"}, call_id="c1")), Reply("Booked."))
    await register(site, place, approval="never")
    session = await site.new_session(await site.new_agent(toolgroups=["test"]))
    turn = await site.turn(session)
    assert (turn["status"], turn["wait_reason"]) == ("awaiting_input", "question")
    assert turn["steps"][1]["question"]["message"] == "How many seats for Alien?"
    decision = f"{session}/turn/{turn['turn_id']}/decision"
    wrong = {"call_id": "c1", "decision": "approve", "answer": {"seats": "many"}}
    is_problem(await site.post(decision, wrong), 400, "invalid_request", "/answer/seats")
    turn = (await site.post(decision, {"call_id": "c1", "decision": "approve", "answer": {"seats": 3}})).json()
    assert (turn["status"], turn["output_message"]["content"]) == ("completed", "Booked.")
    assert turn["steps"][1]["tool_response"]["content"] == "3 seats for Alien"


async def test_a_tool_that_changes_while_a_person_thinks_is_not_called(open_: OpenSite, place: HttpPlace) -> None:
    site = await open_(Reply(Call("test__add", {"a": 1, "b": 1}, call_id="c1")), Reply("Never mind."))
    await register(site, place)
    session = await site.new_session(await site.new_agent(toolgroups=["test"]))
    turn = await site.turn(session)
    assert (turn["status"], turn["wait_reason"]) == ("awaiting_input", "approval")
    await site.post("/v1/tools/test__change/call", {})
    await site.until("/v1/toolgroups/test", lambda group: group["status"] == "changed")
    decision = f"{session}/turn/{turn['turn_id']}/decision"
    turn = (await site.post(decision, {"call_id": "c1", "decision": "approve"})).json()
    assert (turn["status"], turn["steps"][1]["status"]) == ("completed", "failed")
    assert "its definition has changed" in turn["steps"][1]["tool_response"]["content"]


async def test_a_changed_tool_is_asked_about_again_although_the_old_one_was_granted(
    open_: OpenSite, place: HttpPlace
) -> None:
    calls = [Reply(Call("test__add", {"a": 1, "b": 1}, call_id=f"c{number}")) for number in range(3)]
    site = await open_(calls[0], calls[1], Reply("Two."), calls[2], Reply("Three."))
    await register(site, place)
    session = await site.new_session(await site.new_agent(toolgroups=["test"]))
    first = await site.turn(session)
    approved = {"call_id": "c0", "decision": "approve"}
    first = (await site.post(f"{session}/turn/{first['turn_id']}/decision", approved)).json()
    assert [step["status"] for step in first["steps"] if step["step_type"] == "tool_call"] == ["completed"] * 2
    await site.post("/v1/tools/test__change/call", {})
    await site.until("/v1/toolgroups/test", lambda group: group["status"] == "changed")
    second = await site.turn(session)
    assert (second["status"], second["wait_reason"]) == ("awaiting_input", "approval")
