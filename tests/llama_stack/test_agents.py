"""Agents, as Llama Stack's clients make and read them."""

from typing import Any

import pytest

from tertulia.domain.shields import PatternShield
from tests.llama_stack.stack import OpenStack, Stack
from tests.server.site import MODEL

PARAMETER = {"name": "city", "parameter_type": "string", "description": "City name", "required": True, "default": None}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "City name"}},
    "required": ["city"],
}


async def config_of(stack: Stack, **config: Any) -> dict[str, Any]:
    return (await stack.get(await stack.new_agent(**config))).json()["agent_config"]


async def test_what_is_left_out_has_llama_stacks_defaults(stack: Stack) -> None:
    config = await config_of(stack)
    assert config["sampling_params"] == {
        "strategy": {"type": "greedy"},
        "max_tokens": 0,
        "repetition_penalty": 1.0,
        "stop": None,
    }
    assert config["tool_config"]["tool_choice"] == "auto"
    assert (config["max_infer_iters"], config["enable_session_persistence"]) == (10, False)


@pytest.mark.parametrize(
    ("prefix", "said"), [("/v1", {"parameters": [PARAMETER]}), ("/v1alpha", {"input_schema": SCHEMA})]
)
async def test_a_client_tool_comes_back_as_its_prefix_says_it(
    open_: OpenStack, prefix: str, said: dict[str, Any]
) -> None:
    stack = await open_(prefix=prefix)
    (tool,) = (await config_of(stack, client_tools=[{"name": "weather", "description": "Weather", **said}]))[
        "client_tools"
    ]
    assert said.items() <= tool.items()


async def test_the_model_is_told_of_parameters_as_a_schema(open_: OpenStack) -> None:
    stack = await open_()
    tool = {
        "name": "weather",
        "parameters": [{"name": "days", "parameter_type": "int", "required": False, "default": 3}],
    }
    agent = await stack.new_agent(client_tools=[tool])
    native = (await stack.site.get(f"/v1{agent}")).json()["agent_config"]["client_tools"]
    assert native[0]["input_schema"] == {"type": "object", "properties": {"days": {"type": "integer", "default": 3}}}


async def test_toolgroups_may_have_arguments_and_tool_choice_its_old_place(stack: Stack) -> None:
    config = await config_of(
        stack,
        toolgroups=["builtin::clock", {"name": "builtin::rag", "args": {"a": 1}}],
        tool_choice="required",
        name=None,
    )
    assert config["toolgroups"] == ["builtin::clock", {"name": "builtin::rag", "args": {"a": 1}}]
    assert config["tool_config"]["tool_choice"] == "required"


async def test_what_only_llama_stacks_templates_need_is_passed_over(stack: Stack) -> None:
    tool = {"name": "weather", "metadata": {"a": 1}, "tool_prompt_format": "python_list"}
    config = await config_of(
        stack, client_tools=[tool], tool_prompt_format="json", tool_config={"tool_prompt_format": "json"}
    )
    assert config["tool_prompt_format"] is None
    assert config["tool_config"]["tool_prompt_format"] is None
    assert config["client_tools"][0]["metadata"] is None


async def test_what_an_agent_is_given_it_has(stack: Stack) -> None:
    await stack.site.services.shields.register("local", PatternShield(shield_id="polite", words=["damn"]))
    said = {
        "input_shields": ["polite"],
        "output_shields": ["polite"],
        "response_format": {"type": "json_schema", "json_schema": {"title": "Answer"}},
        "sampling_params": {
            "strategy": {"type": "top_p", "temperature": 0.7, "top_p": 0.9},
            "max_tokens": 64,
            "repetition_penalty": 1.2,
            "stop": ["END"],
        },
        "max_infer_iters": 3,
    }
    config = await config_of(stack, **said)
    assert {name: config[name] for name in said} == said


async def test_an_unknown_shield_is_refused_by_field(stack: Stack) -> None:
    answer = await stack.post("/agents", {"agent_config": {"model": MODEL, "instructions": "", "input_shields": ["x"]}})
    assert answer.status_code == 400
    (error,) = answer.json()["error"]["detail"]["errors"]
    assert error["loc"] == ["body", "agent_config", "input_shields", 0]


async def test_a_wrong_config_is_refused_by_field(stack: Stack) -> None:
    answer = await stack.post("/agents", {"agent_config": {"model": MODEL, "max_infer_iters": 0}})
    assert answer.status_code == 400
    (error,) = answer.json()["error"]["detail"]["errors"]
    assert error["loc"] == ["body", "agent_config", "max_infer_iters"]


async def test_agents_are_listed_by_index(stack: Stack) -> None:
    made = [(await stack.new_agent()).rpartition("/")[2] for _ in range(3)]

    async def listed(query: str) -> tuple[list[str], bool]:
        page = (await stack.get(f"/agents{query}")).json()
        assert page["url"] == f"{stack.prefix}/agents"
        return [agent["agent_id"] for agent in page["data"]], page["has_more"]

    everyone = [stack.site.agent_id, *made]
    assert await listed("") == (everyone, False)
    assert await listed("?limit=-1") == (everyone, False)
    assert await listed("?start_index=1&limit=2") == (everyone[1:3], True)
    assert await listed("?start_index=2&limit=2") == (everyone[2:], False)
    assert await listed("?start_index=9&limit=2") == ([], False)


async def test_a_deleted_agent_is_gone(stack: Stack) -> None:
    agent = await stack.new_agent()
    assert (await stack.delete(agent)).status_code == 204
    assert (await stack.get(agent)).status_code == 404
