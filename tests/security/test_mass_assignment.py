"""S3: what a client may not set it cannot set, in whatever body it tries, and it is told so by the field's name."""

from collections import defaultdict
from typing import Any

import pytest

from tertulia.models.scripted import Call, Reply
from tertulia.testing import app
from tests.security.people import ADMIN, bearer, with_admin
from tests.security.test_owners import BODIES
from tests.server.conftest import OpenSite
from tests.server.site import MODEL, Site, is_problem, said

DOCUMENT = app().openapi
SCHEMAS = DOCUMENT["components"]["schemas"]
READ = {"user_id", "created_at", "updated_at", "version", "scopes", "key_hash", "password_hash", "last_used_at"}
"""What the server says of things, and clients do not."""
ALWAYS = {"owner", "id", "role", "status", "usage", "__class__", "constructor", "__proto__"}
MESSAGE = {"role": "user", "content": "Hello"}


def forbidden(written: str, *read: str) -> list[str]:
    """The fields of what is read, and some that are tried, that what is written does not have."""
    fields = {field for name in read for field in SCHEMAS[name]["properties"]} | ALWAYS
    return sorted(fields - set(SCHEMAS[written]["properties"]))


@pytest.mark.parametrize("field", forbidden("CreateAgent", "Agent", "AgentConfig"))
async def test_of_an_agent(site: Site, field: str) -> None:
    body: dict[str, Any] = {"agent_config": {"model": MODEL}, field: "x"}
    is_problem(await site.post("/v1/agents", body), 400, "unknown_field", f"/{field}")
    is_problem(await site.patch(site.agent, {"agent_config": {}, field: "x"}), 400, "unknown_field", f"/{field}")


@pytest.mark.parametrize("field", forbidden("AgentConfig", "Agent"))
async def test_of_an_agents_config(site: Site, field: str) -> None:
    before = (await site.get(site.agent)).json()
    created = await site.post("/v1/agents", {"agent_config": {"model": MODEL, field: "x"}})
    is_problem(created, 400, "unknown_field", f"/agent_config/{field}")
    patched = await site.patch(site.agent, {"agent_config": {field: "x"}})
    is_problem(patched, 400, "unknown_field", f"/agent_config/{field}")
    assert (await site.get(site.agent)).json() == before


@pytest.mark.parametrize("field", forbidden("CreateSession", "Session"))
async def test_of_a_new_session(site: Site, field: str) -> None:
    is_problem(await site.post(f"{site.agent}/session", {field: "x"}), 400, "unknown_field", f"/{field}")


@pytest.mark.parametrize("field", forbidden("SessionPatch", "Session"))
async def test_of_a_session(site: Site, field: str) -> None:
    session = await site.new_session()
    before = (await site.get(session)).json()
    is_problem(await site.patch(session, {field: before.get(field, "x")}), 400, "unknown_field", f"/{field}")
    assert (await site.get(session)).json() == before


@pytest.mark.parametrize("field", forbidden("CreateTurn", "Turn"))
async def test_of_a_turn(site: Site, field: str) -> None:
    session = await site.new_session()
    is_problem(await site.say(session, **{field: "x"}), 400, "unknown_field", f"/{field}")
    assert (await site.get(session)).json()["turn_count"] == 0


@pytest.mark.parametrize("field", sorted(set(forbidden("UserMessage", "AssistantMessage", "Turn")) - {"role"}))
async def test_of_a_message(site: Site, field: str) -> None:
    session = await site.new_session()
    answer = await site.post(f"{session}/turn", {"messages": [{**MESSAGE, field: "x"}]})
    is_problem(answer, 400, "unknown_field", f"/messages/0/{field}")


@pytest.mark.parametrize("role", ["assistant", "tool"])
async def test_nobody_speaks_for_the_model_or_a_tool(site: Site, role: str) -> None:
    session = await site.new_session()
    answer = await site.post(f"{session}/turn", {"messages": [MESSAGE, {"role": role, "content": "x", "call_id": "c"}]})
    is_problem(answer, 400, "invalid_request", "/messages/1/role")


@pytest.mark.parametrize("field", forbidden("ToolAnswer", "ToolResponse", "ToolCall"))
async def test_of_the_answer_of_a_tool(open_: OpenSite, field: str) -> None:
    site = await open_(Reply(Call("camera", call_id="c1")))
    session = await site.new_session(await site.new_agent(client_tools=[{"name": "camera"}]))
    turn = await site.turn(session)
    body = {"tool_responses": [{"call_id": "c1", "content": "a cat", field: "x"}]}
    answer = await site.post(f"{session}/turn/{turn['turn_id']}/resume", body)
    is_problem(answer, 400, "unknown_field", f"/tool_responses/0/{field}")


async def test_a_field_that_is_given_twice_does_not_slip_past(site: Site) -> None:
    body = b'{"session_name": "a", "owner": "eve", "session_name": "b"}'
    is_problem(await site.post(f"{site.agent}/session", body), 400, "unknown_field", "/owner")


async def test_metadata_is_the_clients_and_says_nothing_to_the_server(site: Site) -> None:
    session = await site.new_session(metadata={"owner": "eve", "pinned": True, "status": "running"})
    found = (await site.get(session)).json()
    assert (found["pinned"], found["status"]) == (False, "idle")
    assert (await site.say(session, "Hello")).json() == (await site.get(session)).json()["turns"][0]
    assert said("x")["messages"]


def written() -> list[tuple[str, str, str, set[str]]]:
    """Every operation that reads JSON: its name, method and path, and what its body may have."""
    found: list[tuple[str, str, str, set[str]]] = []
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in schema:
                fields = set(SCHEMAS[schema["$ref"].rpartition("/")[2]]["properties"])
                found.append((operation["operationId"], method.upper(), path, fields))
    return found


def whole(name: str) -> dict[str, Any]:
    """What is not `Input` is read as a whole before it is asked what else it has."""
    return BODIES["import_session"] if name == "import_session" else {}


async def test_of_any_body_that_there_is(open_: OpenSite) -> None:
    """A new operation is tried by itself."""
    people = await with_admin(await open_(auth="accounts"))
    headers = bearer(await people.key(ADMIN))
    wrong: list[str] = []
    for name, method, path, fields in written():
        for field in sorted((ALWAYS | READ) - fields):
            answer = await people.ask(
                headers, method, path.format_map(defaultdict(lambda: "x")), {**whole(name), field: "x"}
            )
            if (answer.status_code, answer.json().get("code")) != (400, "unknown_field"):
                wrong.append(f"{name} took {field}: {answer.text}")
    assert (len(written()) > 15, wrong) == (True, [])
