"""What an agent's config and a turn's choices come to at the model server: its requests, byte for byte over HTTP."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tertulia.domain.agents import ToolDef
from tertulia.domain.shields import ModelShield
from tertulia.domain.tools import ToolPolicy
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.server_spec import ServerSpec
from tertulia.tools.base import Tool, ToolContext, ToolResult
from tests.fakes.upstream import Behaviour, Upstream, answers, chunk, stop, streams, text
from tests.server.conftest import OpenSite
from tests.server.site import Site

WEATHER = {"name": "weather", "description": "Tell the weather.", "input_schema": {"type": "object"}}
NO_MODELS = answers(200, {"data": []})
"""What the server asks for when it starts."""
SAYS_HI = streams(text("Hi."), stop())
CAMERA = {"name": "camera"}


def calls(name: str, arguments: str = "{}", call_id: str = "c1") -> Behaviour:
    function = {"name": name, "arguments": arguments}
    return streams(chunk({"tool_calls": [{"index": 0, "id": call_id, "function": function}]}), stop("tool_calls"))


class LookupTool:
    """Remembers with what it was called."""

    toolgroup = "test::lookup"
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(name="lookup", description="Look something up.")

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self.given.append(arguments)
        return ToolResult(content="found")


class Asked:
    """A site, and the model server behind it."""

    def __init__(self, site: Site, upstream: Upstream) -> None:
        self.site = site
        self.upstream = upstream

    async def turn(self, config: dict[str, Any] | None = None, **turn: Any) -> dict[str, Any]:
        agent = await self.site.new_agent(**{"model": "fake/m", **(config or {})})
        return await self.site.turn(await self.site.new_session(agent), "Hello", **turn)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What the model was asked, so far."""
        return [request.json for request in self.upstream.requests if request.method == "POST"]


@pytest.fixture
def asked(open_: OpenSite) -> Callable[..., Any]:
    """Open a site beside a model server with these behaviours: `async with asked(SAYS_HI) as on`."""

    @asynccontextmanager
    async def make(*behaviours: Behaviour, tools: list[Tool] | None = None) -> AsyncGenerator[Asked, None]:
        async with Upstream(NO_MODELS, *(behaviours or [SAYS_HI])) as upstream, open_session() as session:
            server = OpenAIChat(ServerSpec(name="fake", url=upstream.url), session)
            yield Asked(await open_(servers=[server], tools=tools), upstream)

    return make


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        ({}, {}),
        ({"strategy": {"type": "greedy"}}, {"temperature": 0}),
        ({"strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.8}}, {"temperature": 0.5, "top_p": 0.8}),
        ({"strategy": {"type": "top_k", "top_k": 20}}, {"top_k": 20}),
        ({"max_tokens": 0, "repetition_penalty": 1.0}, {}),  # what Llama Stack's clients send for: as you like
        ({"max_tokens": 64}, {"max_tokens": 64}),
        ({"repetition_penalty": 1.2}, {"repetition_penalty": 1.2}),
        ({"stop": ["END", "STOP"]}, {"stop": ["END", "STOP"]}),
    ],
)
async def test_sampling(asked: Any, sampling: dict[str, Any], expected: dict[str, Any]) -> None:
    async with asked() as on:
        await on.turn({"sampling_params": sampling})
        body = on.sent[0]
        always = {"model", "stream", "stream_options", "messages"}
        assert {name: value for name, value in body.items() if name not in always} == expected


async def test_the_form_of_the_answer(asked: Any) -> None:
    schema = {"title": "Answer", "type": "object", "properties": {"answer": {"type": "string"}}}
    async with asked() as on:
        await on.turn({"response_format": {"type": "json_schema", "json_schema": schema}})
        await on.turn({"response_format": {"type": "grammar", "bnf": {"root": "yes"}}})
    named = {"name": "Answer", "schema": schema}
    assert on.sent[0]["response_format"] == {"type": "json_schema", "json_schema": named}
    assert on.sent[1]["response_format"] == {"type": "grammar", "grammar": {"root": "yes"}}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("auto", None),
        ("required", "required"),
        ("weather", {"type": "function", "function": {"name": "weather"}}),
    ],
)
async def test_which_tool_the_model_must_call(asked: Any, choice: str, expected: Any) -> None:
    async with asked() as on:
        await on.turn({"client_tools": [WEATHER], "tool_config": {"tool_choice": choice}})
        assert on.sent[0].get("tool_choice") == expected
        assert [tool["function"]["name"] for tool in on.sent[0]["tools"]] == ["weather"]


async def test_a_model_that_must_call_none_is_told_of_none(asked: Any) -> None:
    async with asked() as on:
        await on.turn({"client_tools": [WEATHER], "tool_config": {"tool_choice": "none"}})
        assert on.sent[0].keys().isdisjoint({"tools", "tool_choice"})


async def test_what_the_model_must_call_it_must_call_once_or_it_would_never_answer(asked: Any) -> None:
    tool = LookupTool()
    async with asked(calls("lookup"), SAYS_HI, tools=[tool]) as on:
        turn = await on.turn({"toolgroups": ["test::lookup"], "tool_config": {"tool_choice": "required"}})
        assert turn["output_message"]["content"] == "Hi."
        assert [body.get("tool_choice") for body in on.sent] == ["required", None]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [("append", "Be brief.\n\nIn verse."), ("replace", "In verse."), (None, "Be brief.\n\nIn verse.")],
)
async def test_instructions_of_a_turn_come_behind_those_of_the_agent_or_in_their_place(
    asked: Any, behaviour: str | None, expected: str
) -> None:
    messages = [{"role": "system", "content": "In verse."}, {"role": "user", "content": "Hello"}]
    tool_config = {} if behaviour is None else {"system_message_behavior": behaviour}
    async with asked() as on:
        await on.turn({"instructions": "Be brief.", "tool_config": tool_config}, messages=messages)
        assert on.sent[0]["messages"] == [{"role": "system", "content": expected}, {"role": "user", "content": "Hello"}]


async def test_a_turns_own_tool_config_counts_for_that_turn(asked: Any) -> None:
    async with asked() as on:
        await on.turn({"client_tools": [WEATHER]}, tool_config={"tool_choice": "required"})
        assert on.sent[0]["tool_choice"] == "required"


@pytest.mark.parametrize("limit", [1, 3])
async def test_the_limit_of_inferences_is_how_often_the_model_is_asked(asked: Any, limit: int) -> None:
    async with asked(calls("lookup"), tools=[LookupTool()]) as on:
        turn = await on.turn({"toolgroups": ["test::lookup"], "max_infer_iters": limit})
        assert (len(on.sent), turn["output_message"]["stop_reason"]) == (limit, "max_infer_iters")


@pytest.mark.parametrize(
    ("toolgroups", "names"),
    [
        (["test::lookup"], ["lookup"]),
        (["test::lookup/lookup"], ["lookup"]),
        ([{"name": "test::lookup", "args": {"lang": "pt"}}], ["lookup"]),
        (["test::lookup/other"], []),
        (["test::nothing"], []),
        ([], []),
    ],
)
async def test_a_turn_may_bring_its_own_toolgroups_by_group_tool_or_with_arguments(
    asked: Any, toolgroups: list[Any], names: list[str]
) -> None:
    async with asked(tools=[LookupTool()]) as on:
        await on.turn({"toolgroups": ["test::lookup"]}, toolgroups=toolgroups)
        assert [tool["function"]["name"] for tool in on.sent[0].get("tools", [])] == names


async def test_arguments_of_a_toolgroup_go_before_those_that_the_model_chose(asked: Any) -> None:
    tool = LookupTool()
    group = {"name": "test::lookup", "args": {"lang": "pt"}}
    async with asked(calls("lookup", '{"q": "sun", "lang": "en"}'), SAYS_HI, tools=[tool]) as on:
        turn = await on.turn({"toolgroups": [group]})
        assert tool.given == [{"q": "sun", "lang": "pt"}]
        assert turn["steps"][1]["tool_call"]["arguments"] == {"q": "sun", "lang": "en"}  # what it said, stays said
        agent = (await on.site.get("/v1/agents")).json()["agents"][-1]
        assert agent["agent_config"]["toolgroups"] == [group]


async def test_an_input_shield_on_a_model_server_is_asked_before_the_agents_model(asked: Any) -> None:
    async with asked(streams(text("unsafe\nS1"), stop())) as on:
        await on.site.services.shields.register("local", ModelShield(shield_id="guard", model="fake/llama-guard3"))
        turn = await on.turn({"input_shields": ["guard"]})
        assert turn["steps"][0]["violation"]["metadata"]["violation_type"] == "S1"
        (body,) = on.sent
        assert (body["model"], body["temperature"]) == ("llama-guard3", 0)
        assert body["messages"] == [{"role": "user", "content": "Hello"}]
