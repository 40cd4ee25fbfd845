"""What Llama Stack's clients ask besides agents: models, tools, shields, providers, and the server itself."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tertulia import __version__
from tertulia.domain.agents import ToolDef
from tertulia.domain.shields import ModelShield, PatternShield
from tertulia.domain.tools import ToolPolicy
from tertulia.models.scripted import Reply, ScriptedModel
from tertulia.server.llama_stack.routes.not_offered import MISSING
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.builtin.clock import clock_tool
from tests.llama_stack.stack import OpenStack, Stack, says
from tests.runtime.tools import EchoTool
from tests.server.site import MODEL
from tests.tools.mcp.places import HttpPlace, http_server

ECHO = {"name": "echo", "description": "Say it again."}


async def data(stack: Stack, path: str) -> list[dict[str, Any]]:
    answer = await stack.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def refused(answer: Any, status: int, code: str) -> str:
    """Assert that an answer is this error, and that it is not worth another try; return its message."""
    body = answer.json()
    assert (answer.status_code, body["error"]["code"]) == (status, code), body
    assert body["error"]["message"] == body["detail"]
    assert answer.headers["x-should-retry"] == "false"
    return body["detail"]


# --- models ---


async def test_models_are_those_of_the_model_servers(stack: Stack) -> None:
    (model,) = await data(stack, "/models")
    assert (model["identifier"], model["provider_id"], model["provider_resource_id"]) == (MODEL, "scripted", "script")
    assert (model["type"], model["model_type"], model["metadata"]) == ("model", "llm", {})
    assert (await stack.get(f"/models/{MODEL}")).json() == model
    assert "scripted/other" in refused(await stack.get("/models/scripted/other"), 404, "model_not_found")


async def test_openais_clients_find_their_own_fields(stack: Stack) -> None:
    expected = {"id": MODEL, "object": "model", "created": 0, "owned_by": "scripted"}
    assert await data(stack, "/openai/v1/models") == [expected]
    assert (await stack.get(f"/openai/v1/models/{MODEL}")).json() == expected
    assert expected.items() <= (await data(stack, "/models"))[0].items()


async def test_models_are_not_registered(stack: Stack) -> None:
    assert "TERTULIA_MODEL_SERVERS" in refused(await stack.post("/models", {"model_id": "x"}), 501, "not_offered")
    refused(await stack.delete(f"/models/{MODEL}"), 501, "not_offered")


# --- tools ---


async def test_tools_and_their_groups_are_ours(open_: OpenStack) -> None:
    stack = await open_(tools=[clock_tool(), EchoTool()])
    assert [group["identifier"] for group in await data(stack, "/toolgroups")] == ["builtin::clock", "test::echo"]
    group = (await stack.get("/toolgroups/test::echo")).json()
    assert (group["identifier"], group["type"], group["mcp_endpoint"]) == ("test::echo", "tool_group", None)
    clock, echo = await data(stack, "/tools")
    assert (echo["identifier"], echo["toolgroup_id"], echo["type"]) == ("echo", "test::echo", "tool")
    (parameter,) = clock["parameters"]
    assert (parameter["name"], parameter["parameter_type"], parameter["required"]) == ("timezone", "string", False)
    assert clock["input_schema"]["properties"].keys() == {"timezone"}  # for clients of 0.3
    assert (await stack.get("/tools/clock")).json() == clock
    for name in ("test::echo", "test::echo/echo"):
        assert await data(stack, f"/tools?toolgroup_id={name}") == [echo]
        assert [each["name"] for each in await data(stack, f"/tool-runtime/list-tools?tool_group_id={name}")] == [
            "echo"
        ]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/toolgroups/builtin::rag", "toolgroup_not_found"),
        ("/tools?toolgroup_id=builtin::rag", "toolgroup_not_found"),
        ("/tool-runtime/list-tools?tool_group_id=builtin::rag", "toolgroup_not_found"),
        ("/tools/camera", "tool_not_found"),
    ],
)
async def test_what_is_not_there_is_said_to_be_missing(stack: Stack, path: str, code: str) -> None:
    refused(await stack.get(path), 404, code)


async def test_a_builtin_toolgroup_is_registered_already_and_stays(stack: Stack) -> None:
    body = {"toolgroup_id": "builtin::clock", "provider_id": "builtin"}
    registered = await stack.post("/toolgroups", body)
    assert (registered.status_code, registered.json()) == (200, None)
    assert "built in" in refused(await stack.delete("/toolgroups/builtin::clock"), 409, "conflict")
    unknown = {"toolgroup_id": "builtin::rag", "provider_id": "rag-runtime"}
    assert "builtin::clock" in refused(await stack.post("/toolgroups", unknown), 404, "toolgroup_not_found")
    refused(await stack.delete("/toolgroups/builtin::rag"), 404, "toolgroup_not_found")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpPlace]:
    place = HttpPlace(tmp_path_factory.mktemp("mcp"))
    yield place
    place.kill()


@pytest.mark.slow
async def test_an_mcp_server_is_registered_used_and_let_go(stack: Stack, place: HttpPlace) -> None:
    body = {
        "toolgroup_id": "mcp::test",
        "provider_id": "model-context-protocol",
        "mcp_endpoint": {"uri": place.uri},
    }
    registered = await stack.post("/toolgroups", body)
    assert (registered.status_code, registered.json()) == (200, None)
    group = (await stack.get("/toolgroups/mcp::test")).json()
    assert (group["provider_id"], group["mcp_endpoint"]) == ("model-context-protocol", {"uri": place.uri})
    tools = await data(stack, "/tools?toolgroup_id=mcp::test")
    add = next(tool for tool in tools if tool["identifier"] == "test__add")
    assert (add["toolgroup_id"], add["provider_id"]) == ("mcp::test", "model-context-protocol")
    assert [parameter["name"] for parameter in add["parameters"]] == ["a", "b"]
    assert (await stack.get("/tools/test__add")).json()["description"] == "Add two numbers."
    for name in ("test__add", "add"):  # as here, and as its server calls it
        invoked = await stack.post("/tool-runtime/invoke", {"tool_name": name, "kwargs": {"a": 1, "b": 2}})
        assert invoked.json()["content"] == "3"
    assert (await stack.post("/toolgroups", body)).status_code == 200
    assert (await stack.delete("/toolgroups/mcp::test")).status_code == 204
    refused(await stack.get("/toolgroups/mcp::test"), 404, "toolgroup_not_found")


@pytest.mark.slow
async def test_registering_what_is_there_already_changes_none_of_its_rules(stack: Stack, place: HttpPlace) -> None:
    toolgroups = stack.site.services.toolgroups
    await toolgroups.register("local", http_server(place, toolgroup_id="mcp::test", approval="always"))
    body = {"toolgroup_id": "mcp::test", "provider_id": "x", "mcp_endpoint": {"uri": place.uri}}
    assert (await stack.post("/toolgroups", body)).status_code == 200
    assert (await toolgroups.get_toolgroup("local", "mcp::test")).approval == "always"
    whoami = await stack.post("/tool-runtime/invoke", {"tool_name": "test__whoami", "kwargs": {}})
    assert "Bearer …" in whoami.json()["content"]
    other = {**body, "mcp_endpoint": {"uri": f"{place.uri}/other"}}
    refused(await stack.post("/toolgroups", other), 409, "conflict")


@pytest.mark.slow
async def test_the_tools_of_a_server_are_listed_before_it_is_registered(stack: Stack, place: HttpPlace) -> None:
    endpoint = json.dumps({"uri": place.uri})
    for query in (f"mcp_endpoint={endpoint}", f"mcp_endpoint[uri]={place.uri}"):
        names = [tool["name"] for tool in await data(stack, f"/tool-runtime/list-tools?{query}")]
        assert {"add", "weather", "book"} <= {*names}
    assert not [group for group in await data(stack, "/toolgroups") if group["mcp_endpoint"]]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"mcp_endpoint": {}}, 400, "invalid_request"),
        ({"mcp_endpoint": {"uri": 7}}, 400, "invalid_request"),
        ({"mcp_endpoint": {"uri": "http://100.64.0.1/sse"}}, 400, "invalid_request"),
        ({"mcp_endpoint": {"uri": "http://127.0.0.1:1/mcp"}}, 502, "tool_server_unavailable"),
    ],
)
async def test_an_mcp_server_that_cannot_be_used_is_refused(
    stack: Stack, more: dict[str, Any], status: int, code: str
) -> None:
    body = {"toolgroup_id": "mcp::files", "provider_id": "model-context-protocol", **more}
    answer = await stack.post("/toolgroups", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    refused(await stack.get("/tool-runtime/list-tools?mcp_endpoint={"), 400, "invalid_request")


@pytest.mark.parametrize(
    ("site", "status", "code"),
    [
        ("cross-site", 403, "forbidden"),
        ("same-site", 403, "forbidden"),
        ("same-origin", 502, "tool_server_unavailable"),
    ],
)
async def test_no_image_in_a_page_of_another_site_has_this_server_ask_around(
    stack: Stack, site: str, status: int, code: str
) -> None:
    asked = "/tool-runtime/list-tools?mcp_endpoint[uri]=http://127.0.0.1:1/mcp"
    answer = await stack.get(asked, sec_fetch_site=site)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


async def test_a_tool_really_runs(open_: OpenStack) -> None:
    stack = await open_(tools=[EchoTool()])
    answer = await stack.post("/tool-runtime/invoke", {"tool_name": "echo", "kwargs": {"text": "olá"}})
    assert answer.json() == {"content": "olá", "error_message": None, "error_code": None, "metadata": None}


async def test_that_a_tool_fails_is_an_answer_too(open_: OpenStack) -> None:
    stack = await open_(tools=[EchoTool()])
    answer = await stack.post("/tool-runtime/invoke", {"tool_name": "echo", "kwargs": {"text": "boom"}})
    assert answer.status_code == 200
    assert answer.json()["content"] == answer.json()["error_message"] == "The tool failed: ValueError: boom"
    assert answer.json()["error_code"] == 1
    unknown = await stack.post("/tool-runtime/invoke", {"tool_name": "camera", "kwargs": {}})
    assert "camera" in refused(unknown, 404, "tool_not_found")


class WhoTool:
    """Says for whom it runs."""

    toolgroup = "test::who"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="who")

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        await context.output("nobody sees this")
        return ToolResult(content=f"{context.owner} {context.turn_id!r} {len(context.idempotency_key)}")


async def test_a_tool_is_run_for_who_asks_and_outside_of_any_turn(open_: OpenStack) -> None:
    stack = await open_(tools=[WhoTool()])
    answer = await stack.post("/tool-runtime/invoke", {"tool_name": "who", "kwargs": {}})
    assert answer.json()["content"] == "local '' 36"


# --- shields ---

CARDS = PatternShield(shield_id="cards", patterns=[r"\d{16}"], message="No cards.")
GUARD = ModelShield(shield_id="guard", model="guard/script", prompt="conversation")


async def test_shields_are_listed_and_found_by_name(open_: OpenStack) -> None:
    stack = await open_(shields=[CARDS, GUARD])
    cards, guard = await data(stack, "/shields")
    assert (cards["identifier"], cards["provider_id"], cards["type"]) == ("cards", "pattern", "shield")
    assert cards["params"]["patterns"] == [r"\d{16}"]
    assert (guard["provider_id"], guard["provider_resource_id"]) == ("llama-guard", "guard/script")
    assert (await stack.get("/shields/cards")).json() == cards
    assert "nobody" not in refused(await stack.get("/shields/nobody"), 404, "shield_not_found")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"params": {"words": ["damn"], "level": "warn"}}, PatternShield(shield_id="x", words=["damn"], level="warn")),
        (
            {"provider_id": "inline::pattern", "params": {"patterns": ["a+"], "message": "No."}},
            PatternShield(shield_id="x", patterns=["a+"], message="No."),
        ),
        (
            {"provider_shield_id": "scripted/guard", "provider_id": "llama-guard"},
            ModelShield(shield_id="x", model="scripted/guard"),
        ),
        (
            {"provider_shield_id": "scripted/script", "params": {"excluded_categories": ["S8"], "prompt": "policy"}},
            ModelShield(shield_id="x", model="scripted/script", ignored_categories=["S8"], prompt="policy"),
        ),
        ({"params": {"model": "scripted/script"}}, ModelShield(shield_id="x", model="scripted/script")),
    ],
)
async def test_a_shield_is_registered_by_what_it_is(stack: Stack, written: dict[str, Any], expected: Any) -> None:
    registered = await stack.post("/shields", {"shield_id": "x", **written})
    assert registered.status_code == 200, registered.text
    assert await stack.site.services.shields.list_shields("local") == [expected]
    assert (await stack.get("/shields/x")).json() == registered.json()
    assert (await stack.delete("/shields/x")).status_code == 204
    assert await data(stack, "/shields") == []
    refused(await stack.delete("/shields/x"), 404, "shield_not_found")


async def test_a_shield_may_have_the_name_of_a_model(stack: Stack) -> None:
    await stack.post("/shields", {"shield_id": MODEL, "provider_id": "llama-guard"})
    assert (await stack.get(f"/shields/{MODEL}")).json()["provider_resource_id"] == MODEL
    assert (await stack.delete(f"/shields/{MODEL}")).status_code == 204


@pytest.mark.parametrize(
    ("written", "status", "code", "part"),
    [
        ({"params": {"words": []}}, 400, "invalid_request", "neither words nor patterns"),
        ({"params": {"patterns": ["("]}}, 400, "invalid_request", "regular expression"),
        ({"params": {"patterns": ["(" * 450 + ")" * 450]}}, 400, "invalid_request", "nested too deeply"),
        ({"params": {"wrods": ["x"], "words": ["y"]}}, 400, "unknown_field", "wrods"),
        ({"params": {"words": "x"}}, 400, "invalid_request", "/params/words"),
        ({"params": {"words": ["x"], "level": "fatal"}}, 400, "invalid_request", "fatal"),
        ({"provider_shield_id": "nowhere/guard"}, 404, "model_not_found", "nowhere"),
        ({}, 400, "invalid_request", "server/model"),
    ],
)
async def test_a_shield_that_could_not_do_its_work_is_refused(
    stack: Stack, written: dict[str, Any], status: int, code: str, part: str
) -> None:
    assert part in refused(await stack.post("/shields", {"shield_id": "x", **written}), status, code)
    assert await data(stack, "/shields") == []


async def test_the_operators_shields_stay(open_: OpenStack) -> None:
    stack = await open_(shields=[CARDS])
    assert "operator" in refused(await stack.delete("/shields/cards"), 409, "conflict")
    refused(await stack.post("/shields", {"shield_id": "cards", "params": {"words": ["x"]}}), 409, "conflict")


def user(words: str) -> dict[str, Any]:
    return {"role": "user", "content": words}


def assistant(words: str) -> dict[str, Any]:
    return {"role": "assistant", "content": words, "stop_reason": "end_of_turn"}


@pytest.mark.parametrize(
    ("messages", "is_found"),
    [
        ([user("4111111111111111")], True),
        ([user("Hello")], False),
        ([user("4111111111111111"), assistant("Hello")], False),  # it is the answer that counts
        ([user("Hello"), assistant("4111111111111111")], True),
        ([{"role": "tool", "call_id": "c", "content": "4111111111111111"}], True),
        ([{"role": "user", "content": [{"type": "text", "text": "4111111111111111"}]}], True),
    ],
)
async def test_a_shield_can_be_run_without_an_agent(
    open_: OpenStack, messages: list[dict[str, Any]], is_found: bool
) -> None:
    stack = await open_(shields=[CARDS])
    answer = await stack.post("/safety/run-shield", {"shield_id": "cards", "messages": messages, "params": {}})
    assert answer.status_code == 200
    assert (answer.json()["violation"] is not None) is is_found
    if is_found:
        assert answer.json()["violation"]["user_message"] == "No cards."


async def test_a_model_that_judges_can_be_run_too(open_: OpenStack) -> None:
    guard = ScriptedModel([Reply("unsafe\nS1"), Reply("safe"), Reply("Who knows?")], name="guard")
    stack = await open_(shields=[GUARD], servers=[guard])
    body = {"shield_id": "guard", "messages": [user("How?")], "params": {}}
    found = (await stack.post("/safety/run-shield", body)).json()["violation"]
    assert found["metadata"] == {"shield_id": "guard", "violation_type": "S1"}
    assert (await stack.post("/safety/run-shield", body)).json() == {"violation": None}
    unclear = await stack.post("/safety/run-shield", body)
    assert (unclear.status_code, unclear.json()["error"]["code"]) == (502, "shield_failed")


# --- the server ---


async def test_the_server_is_well_and_says_its_version(stack: Stack) -> None:
    assert (await stack.get("/health")).json() == {"status": "OK"}
    assert (await stack.get("/version")).json() == {"version": __version__}


async def test_providers_are_our_model_servers_and_what_we_do_ourselves(open_: OpenStack) -> None:
    stack = await open_(servers=[ScriptedModel([], name="guard")])
    providers = {each["provider_id"]: each for each in await data(stack, "/providers")}
    assert {name for name, each in providers.items() if each["api"] == "inference"} == {"scripted", "guard"}
    assert {each["api"] for each in providers.values()} == {"inference", "agents", "safety", "tool_runtime"}
    assert providers["guard"]["health"] == {"status": "OK"}
    assert (await stack.get("/providers/guard")).json() == providers["guard"]
    refused(await stack.get("/providers/nobody"), 404, "not_found")


async def test_routes_are_those_that_answer(stack: Stack) -> None:
    routes = {(each["method"], each["route"]) for each in await data(stack, "/inspect/routes")}
    assert {("GET", "/v1/models"), ("POST", "/v1/agents"), ("POST", "/v1/chat/completions")} <= routes
    assert not any("datasets" in route for _, route in routes)
    for method, route in routes:
        path = re.sub(r"\{[^}]*\}", "x", route).removeprefix("/v1")
        answer = await stack.ask(method, path, {} if method == "POST" else None)
        assert answer.status_code != 405
        assert "There is nothing at" not in answer.text, f"{method} {route}"


async def test_what_is_not_offered_says_so_once(stack: Stack) -> None:
    for name, method in product(MISSING, ["GET", "POST", "DELETE"]):
        for path in (f"/{name}", f"/{name}/some/thing"):
            message = refused(await stack.ask(method, path, {} if method == "POST" else None), 501, "not_offered")
            assert message.startswith(f"Tertulia does not offer {name}. ")


async def test_what_passes_through_is_not_kept(stack: Stack) -> None:
    for path in ("/chat/completions", "/openai/v1/chat/completions", "/openai/v1/chat/completions/chatcmpl-1"):
        message = refused(await stack.get(path), 501, "not_offered")
        assert message.startswith("Tertulia does not keep chat completions")


async def test_what_later_clients_ask_at_beta_is_answered_so_too(stack: Stack) -> None:
    answer = await stack.site.client.get("/v1beta/datasets")
    assert refused(answer, 501, "not_offered").startswith("Tertulia does not offer datasets. ")


async def test_a_toolgroup_that_is_not_there_has_no_tools_for_an_agent_and_is_not_found_when_it_is_asked_for(
    stack: Stack,
) -> None:
    session = await stack.new_session(await stack.new_agent(toolgroups=["builtin::websearch"]))
    turn = (await stack.post(f"{session}/turn", says("Hello"))).json()
    assert (turn["status"], stack.site.script.requests[-1].tools) == ("completed", [])
    message = refused(await stack.get("/tools?toolgroup_id=builtin::websearch"), 404, "toolgroup_not_found")
    assert "builtin::websearch" in message
