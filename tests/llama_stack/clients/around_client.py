"""What Llama Stack's own Python client does with our server besides agents, and agents behind shields.

It runs in an environment that has that client alone. `python around_client.py URL MCP_URL` runs every function
`check_…` and prints, as one JSON object, what each came to: "ok", or how it failed. The server has a pattern shield
`cards`, and a model `fake/llama-guard3` that calls every bomb unsafe; at MCP_URL is a server with a tool that adds.
"""

# The client is in the environment that this runs in, not in ours.
# pyright: reportMissingImports=false

import asyncio
import json
import sys
import traceback
from typing import Any

import llama_stack_client
from llama_stack_client import APIStatusError, AsyncLlamaStackClient, LlamaStackClient, NotFoundError

URL, MCP_URL = sys.argv[1:3]
VERSION = tuple(int(part) for part in llama_stack_client.__version__.split("."))
IS_ALPHA = VERSION >= (0, 3)
MODEL = "fake/fake-model"
GUARD = "fake/llama-guard3"
CARD = "Mine is 4111111111111111."
HI = [{"role": "user", "content": "Hi [[tokens=3]]"}]

client = LlamaStackClient(base_url=URL)


def user(words: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": words}]


def status_of(call: Any, *arguments: Any, **named: Any) -> int:
    """The status with which a call is refused."""
    try:
        call(*arguments, **named)
    except APIStatusError as error:
        assert error.body["error"]["message"]
        return error.status_code
    raise AssertionError("it was not refused")


# --- models ---


def check_models_are_listed_and_retrieved() -> None:
    models = {model.identifier: model for model in client.models.list()}
    assert {MODEL, GUARD} <= models.keys()
    model = client.models.retrieve(MODEL)
    assert model == models[MODEL]
    assert (model.provider_id, model.provider_resource_id, model.type) == ("fake", "fake-model", "model")


def check_a_model_that_is_not_there_is_not_found() -> None:
    try:
        client.models.retrieve("fake/nothing")
    except NotFoundError as error:
        assert error.body["error"]["code"] == "model_not_found"
    else:
        raise AssertionError("it is there")


def check_models_are_not_registered() -> None:
    assert status_of(client.models.register, model_id="x") == 501


# --- tools ---


def check_toolgroups_are_listed_and_found() -> None:
    groups = [group.identifier for group in client.toolgroups.list()]
    assert "builtin::clock" in groups
    group = client.toolgroups.get("builtin::clock")
    assert (group.identifier, group.type, group.mcp_endpoint) == ("builtin::clock", "tool_group", None)
    assert status_of(client.toolgroups.get, "builtin::rag") == 404


def check_toolgroups_are_registered_as_far_as_there_are_any() -> None:
    client.toolgroups.register(toolgroup_id="builtin::clock", provider_id="builtin")
    assert status_of(client.toolgroups.unregister, "builtin::clock") == 409
    mcp = {"provider_id": "model-context-protocol", "mcp_endpoint": {"uri": "http://127.0.0.1:1/sse"}}
    assert status_of(client.toolgroups.register, toolgroup_id="mcp::x", **mcp) == 502  # nobody listens there


def check_tools_are_listed_and_found() -> None:
    (clock,) = client.tools.list(toolgroup_id="builtin::clock")
    assert clock == client.tools.get("clock")
    assert clock.toolgroup_id == "builtin::clock"
    if IS_ALPHA:
        assert (clock.name, list(clock.input_schema["properties"])) == ("clock", ["timezone"])
    else:
        assert (clock.identifier, [each.name for each in clock.parameters]) == ("clock", ["timezone"])


def check_the_tool_runtime_lists_and_runs_tools() -> None:
    assert "clock" in [tool.name for tool in client.tool_runtime.list_tools(tool_group_id="builtin::clock")]
    result = client.tool_runtime.invoke_tool(tool_name="clock", kwargs={"timezone": "Europe/Lisbon"})
    assert result.content.endswith("(Europe/Lisbon)")
    assert result.error_message is None
    failed = client.tool_runtime.invoke_tool(tool_name="clock", kwargs={"timezone": "Nowhere"})
    assert "no time zone" in failed.error_message


def check_an_mcp_server_is_registered_used_and_unregistered() -> None:
    group = f"mcp::numbers{VERSION[1]}"
    for _ in range(2):  # scripts do it each time they start
        client.toolgroups.register(
            toolgroup_id=group, provider_id="model-context-protocol", mcp_endpoint={"uri": MCP_URL}
        )
    name = f"numbers{VERSION[1]}__add"
    assert client.toolgroups.get(group).mcp_endpoint.uri == MCP_URL
    assert name in [tool.name for tool in client.tools.list(toolgroup_id=group)]
    assert "add" in [tool.name for tool in client.tool_runtime.list_tools(mcp_endpoint={"uri": MCP_URL})]
    assert client.tool_runtime.invoke_tool(tool_name=name, kwargs={"a": 2, "b": 3}).content == "5"
    if not IS_ALPHA:
        adder = agent(tools=[group])
        asked = user(f'[[tool={name}]] [[args={{"a": 2, "b": 3}}]]')
        turn = adder.create_turn(messages=asked, session_id=adder.create_session("Test"), stream=False)
        assert turn.output_message.content == "Results: 5"
    client.toolgroups.unregister(group)
    assert status_of(client.toolgroups.get, group) == 404


# --- shields ---


def check_shields_are_registered_and_run() -> None:
    shield = client.shields.register(
        shield_id="polite", provider_id="pattern", params={"words": ["damn"], "message": "Be polite."}
    )
    assert (shield.identifier, shield.type, shield.params["words"]) == ("polite", "shield", ["damn"])
    assert client.shields.retrieve("polite") == shield
    assert {"cards", "polite"} <= {each.identifier for each in client.shields.list()}
    found = client.safety.run_shield(shield_id="polite", messages=user("Damn it"), params={}).violation
    assert (found.violation_level, found.user_message) == ("error", "Be polite.")
    assert client.safety.run_shield(shield_id="polite", messages=user("Hello"), params={}).violation is None
    assert status_of(client.safety.run_shield, shield_id="nobody", messages=user("Hello"), params={}) == 404


def check_llama_guard_is_registered_by_its_model() -> None:
    client.shields.register(shield_id=GUARD, provider_id="llama-guard")
    found = client.safety.run_shield(shield_id=GUARD, messages=user("How is a bomb made?"), params={}).violation
    assert found.metadata["violation_type"] == "S9"
    assert client.safety.run_shield(shield_id=GUARD, messages=user("How is bread made?"), params={}).violation is None


# --- the server ---


def check_the_server_is_inspected() -> None:
    assert client.inspect.health().status == "OK"
    assert client.inspect.version().version
    routes = {(route.method, route.route) for route in client.routes.list()}
    assert {("POST", "/v1/agents"), ("GET", "/v1/models")} <= routes


def check_providers_are_listed_and_retrieved() -> None:
    provider = client.providers.retrieve("fake")
    assert (provider.api, provider.health) == ("inference", {"status": "OK"})
    assert provider in client.providers.list()


def check_files_are_kept() -> None:
    kept = client.files.create(file=("notes.txt", b"Hello"), purpose="assistants")
    assert (kept.filename, kept.bytes, kept.purpose) == ("notes.txt", 5, "assistants")
    assert kept.id in [file.id for file in client.files.list().data]
    assert client.files.retrieve(kept.id) == kept
    client.files.delete(kept.id)
    assert status_of(client.files.retrieve, kept.id) == 404


def check_what_is_not_offered_says_so() -> None:
    assert status_of(client.vector_stores.list) == 501
    assert status_of(client.chat.completions.list) == 501


# --- models without agents ---


def check_chat_completions_pass_through() -> None:
    whole = client.chat.completions.create(model=MODEL, messages=HI)
    assert whole.choices[0].message.content == "tok0 tok1 tok2 "
    chunks = list(client.chat.completions.create(model=MODEL, messages=HI, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "tok0 tok1 tok2 "
    assert status_of(client.chat.completions.create, model="nowhere/x", messages=HI) == 404


async def check_chat_completions_pass_through_to_the_async_client() -> None:
    async with AsyncLlamaStackClient(base_url=URL) as other:
        stream = await other.chat.completions.create(model=MODEL, messages=HI, stream=True)
        words = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
        assert "".join(words) == "tok0 tok1 tok2 "


def check_old_inference() -> None:
    answer = client.inference.chat_completion(model_id=MODEL, messages=HI)
    assert answer.completion_message.content == "tok0 tok1 tok2 "
    assert answer.completion_message.stop_reason == "end_of_turn"
    events = [chunk.event for chunk in client.inference.chat_completion(model_id=MODEL, messages=HI, stream=True)]
    assert [event.event_type for event in (events[0], events[-1])] == ["start", "complete"]
    assert "".join(event.delta.text for event in events) == "tok0 tok1 tok2 "


def check_old_inference_calls_tools() -> None:
    city = {"param_type": "string", "description": "City", "required": True}
    tool = {"tool_name": "get_weather", "description": "Weather", "parameters": {"city": city}}
    asked = user('[[tool=get_weather]] [[args={"city": "Paris"}]]')
    message = client.inference.chat_completion(model_id=MODEL, messages=asked, tools=[tool]).completion_message
    (call,) = message.tool_calls
    assert (call.tool_name, call.arguments) == ("get_weather", {"city": "Paris"})
    talk = [
        *asked,
        {"role": "assistant", "content": "", "stop_reason": "end_of_message", "tool_calls": [call.to_dict()]},
        {"role": "tool", "call_id": call.call_id, "content": "sunny"},
    ]
    answer = client.inference.chat_completion(model_id=MODEL, messages=talk)
    assert answer.completion_message.content == "Results: sunny"


def check_old_inference_without_a_talk() -> None:
    answer = client.inference.completion(model_id=MODEL, content="Hi")
    assert (answer.content, answer.stop_reason) == ("Hi!", "end_of_turn")
    (chunk,) = client.inference.completion(model_id=MODEL, content="Hi", stream=True)
    assert (chunk.delta, chunk.stop_reason) == ("Hi!", "end_of_turn")
    assert client.inference.embeddings(model_id=MODEL, contents=["a", "bcd"]).embeddings == [[1.0], [3.0]]


# --- agents behind shields ---


def agent(**config: Any) -> Any:
    from llama_stack_client.lib.agents.agent import Agent  # noqa: PLC0415 - with 0.3 it is another

    return Agent(client, model=MODEL, instructions="Be brief.", **config)


def printed(stream: Any) -> str:
    from llama_stack_client import AgentEventLogger  # noqa: PLC0415 - not in all versions

    return "".join(str(event) + (event.end or "") for event in AgentEventLogger().log(stream))


def check_lib_a_pattern_shield_is_seen_by_the_event_logger() -> None:
    guarded = agent(input_shields=["cards"], output_shields=["cards"])
    session_id = guarded.create_session("Test")
    passed = printed(guarded.create_turn(messages=HI, session_id=session_id))
    assert passed.count("shield_call> No Violation") == 2
    assert "inference> tok0 tok1 tok2 " in passed
    stopped = printed(guarded.create_turn(messages=user(CARD), session_id=session_id))
    assert "No card numbers, please." in stopped
    assert "'violation_type': 'pattern'" in stopped
    assert "inference>" not in stopped
    turn = client.agents.session.retrieve(agent_id=guarded.agent_id, session_id=session_id).turns[-1]
    assert (turn.output_message.content, turn.output_message.stop_reason) == ("No card numbers, please.", "end_of_turn")
    assert [step.step_type for step in turn.steps] == ["shield_call"]
    assert turn.steps[0].violation.violation_level == "error"


def check_lib_llama_guard_is_seen_by_the_event_logger() -> None:
    client.shields.register(shield_id=GUARD, provider_id="llama-guard", params={"message": "I cannot help with that."})
    guarded = agent(input_shields=[GUARD])
    stopped = printed(guarded.create_turn(messages=user("A bomb?"), session_id=guarded.create_session("Test")))
    assert "I cannot help with that." in stopped
    assert "'violation_type': 'S9'" in stopped
    turn = guarded.create_turn(messages=HI, session_id=guarded.create_session("Test"), stream=False)
    assert [step.step_type for step in turn.steps] == ["shield_call", "inference"]


def check_lib_an_unknown_shield_is_refused_when_the_agent_is_made() -> None:
    assert status_of(agent, input_shields=["nobody"]) == 400


def check_lib_an_agent_has_server_tools_with_arguments() -> None:
    clocked = agent(tools=[{"name": "builtin::clock", "args": {"timezone": "Asia/Tokyo"}}])
    asked = user('[[tool=clock]] [[args={"timezone": "Europe/Lisbon"}]]')
    turn = clocked.create_turn(messages=asked, session_id=clocked.create_session("Test"), stream=False)
    assert turn.output_message.content.endswith("(Asia/Tokyo)")


# --- all of it ---


def is_of_this_version(name: str) -> bool:
    return not (IS_ALPHA and ("lib_" in name or "old_" in name))


def run(check: Any) -> str:
    try:
        result = check()
        if asyncio.iscoroutine(result):
            asyncio.run(result)
    except BaseException:
        return traceback.format_exc()
    return "ok"


if __name__ == "__main__":
    checks = {
        name: check for name, check in globals().items() if name.startswith("check_") and is_of_this_version(name)
    }
    results = {name.removeprefix("check_"): run(check) for name, check in checks.items()}
    print(json.dumps(results))
