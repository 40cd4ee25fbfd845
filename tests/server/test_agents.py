"""Agents: created, listed, read, changed by a merge patch, deleted."""

from typing import Any

import pytest

from tests.server.site import MODEL, Site, is_problem

FULL = {
    "model": MODEL,
    "instructions": "Be brief.",
    "name": "Weather",
    "description": "Knows the weather.",
    "sampling_params": {
        "strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.9},
        "max_tokens": 100,
        "repetition_penalty": 1.1,
        "stop": ["\n"],
    },
    "toolgroups": ["builtin::clock"],
    "client_tools": [{"name": "camera", "description": "Take a picture.", "input_schema": {"type": "object"}}],
    "tool_config": {"tool_choice": "required", "system_message_behavior": "append"},
    "max_infer_iters": 3,
    "starters": ["Is it raining?"],
}


async def test_an_agent_is_created_whole_and_read_back(site: Site) -> None:
    created = await site.post("/v1/agents", {"agent_config": FULL})
    assert created.status_code == 201
    agent = created.json()
    assert agent["agent_config"].items() >= FULL.items()
    assert (agent["version"], agent["is_default"]) == (1, False)
    assert created.headers["location"] == f"/v1/agents/{agent['agent_id']}"
    assert (await site.get(created.headers["location"])).json() == agent


async def test_a_default_agent_is_there_from_the_start(site: Site) -> None:
    agent = (await site.get(site.agent)).json()
    assert agent["is_default"]
    assert agent["agent_config"]["model"] == MODEL


async def test_agents_are_listed_oldest_first_in_pages(site: Site) -> None:
    made = [site.agent, *[await site.new_agent(name=f"Agent {n}") for n in range(4)]]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await site.get(f"/v1/agents?limit=2&cursor={cursor}")).json()
        seen += [f"/v1/agents/{agent['agent_id']}" for agent in page["agents"]]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None)
    assert seen == made


async def test_a_patch_changes_what_it_names_and_nothing_else(site: Site) -> None:
    agent = await site.new_agent(**{name: value for name, value in FULL.items() if name != "model"})
    patched = await site.patch(
        agent,
        {"agent_config": {"instructions": "Be long.", "sampling_params": {"max_tokens": None, "stop": ["END"]}}},
    )
    assert patched.status_code == 200
    config = patched.json()["agent_config"]
    assert config["instructions"] == "Be long."
    assert config["sampling_params"] == {
        "strategy": {"type": "top_p", "temperature": 0.5, "top_p": 0.9},
        "max_tokens": None,
        "repetition_penalty": 1.1,
        "stop": ["END"],
    }
    assert config["name"] == "Weather"
    assert patched.json()["version"] == 2
    assert (await site.get(agent)).json() == patched.json()


async def test_null_in_a_patch_resets_a_field_to_its_default(site: Site) -> None:
    agent = await site.new_agent(**{name: value for name, value in FULL.items() if name != "model"})
    patch = dict.fromkeys(("name", "description", "toolgroups", "max_infer_iters", "sampling_params"))
    config = (await site.patch(agent, {"agent_config": patch})).json()["agent_config"]
    assert (config["name"], config["description"], config["toolgroups"]) == (None, None, [])
    assert config["max_infer_iters"] == 10
    assert config["sampling_params"]["strategy"] is None


@pytest.mark.parametrize(
    ("config", "code", "pointer"),
    [
        ({}, "invalid_request", "/agent_config"),
        ({"model": ""}, "invalid_request", "/agent_config/model"),
        ({"model": 3}, "invalid_request", "/agent_config/model"),
        ({"model": MODEL, "max_infer_iters": 0}, "invalid_request", "/agent_config/max_infer_iters"),
        ({"model": MODEL, "starters": ["x"] * 9}, "invalid_request", "/agent_config/starters"),
        ({"model": MODEL, "starters": ["", 5]}, "invalid_request", "/agent_config/starters/1"),
        (
            {"model": MODEL, "sampling_params": {"strategy": {"type": "top_p", "temperature": 3}}},
            "invalid_request",
            "/agent_config/sampling_params/strategy/temperature",
        ),
        (
            {"model": MODEL, "sampling_params": {"strategy": {"type": "luck"}}},
            "invalid_request",
            "/agent_config/sampling_params/strategy/type",
        ),
        (
            {"model": MODEL, "client_tools": [{"name": "a"}, {"name": "not a name"}]},
            "invalid_request",
            "/agent_config/client_tools/1/name",
        ),
        ({"model": MODEL, "owner": "eve"}, "unknown_field", "/agent_config/owner"),
        ({"model": MODEL, "sampling_params": {"heat": 1}}, "unknown_field", "/agent_config/sampling_params/heat"),
        (
            {"model": MODEL, "client_tools": [{"name": "a", "parameters": {}}]},
            "unknown_field",
            "/agent_config/client_tools/0/parameters",
        ),
    ],
)
async def test_what_is_wrong_with_a_config_is_named_by_its_field(
    site: Site, config: dict[str, Any], code: str, pointer: str
) -> None:
    before = (await site.get("/v1/agents")).json()
    is_problem(await site.post("/v1/agents", {"agent_config": config}), 400, code, pointer)
    assert (await site.get("/v1/agents")).json() == before


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"model": None}, "invalid_request", "/agent_config"),
        ({"max_infer_iters": "many"}, "invalid_request", "/agent_config/max_infer_iters"),
        ({"client_tools": [{"name": "a"}, {"name": ""}]}, "invalid_request", "/agent_config/client_tools/1/name"),
        ({"owner": "eve"}, "unknown_field", "/agent_config/owner"),
        ({"sampling_params": {"heat": 1}}, "unknown_field", "/agent_config/sampling_params/heat"),
    ],
)
async def test_a_patch_that_would_break_a_config_changes_nothing(
    site: Site, patch: dict[str, Any], code: str, pointer: str
) -> None:
    before = (await site.get(site.agent)).json()
    is_problem(await site.patch(site.agent, {"agent_config": patch}), 400, code, pointer)
    assert (await site.get(site.agent)).json() == before


async def test_a_deleted_agent_takes_its_sessions_with_it(site: Site) -> None:
    agent = await site.new_agent()
    session = await site.new_session(agent)
    await site.turn(session)
    deleted = await site.delete(agent)
    assert (deleted.status_code, deleted.content) == (204, b"")
    is_problem(await site.get(agent), 404, "agent_not_found")
    is_problem(await site.get(session), 404, "session_not_found")
    is_problem(await site.delete(agent), 404, "agent_not_found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"agent_config": {"name": "x"}}),
        ("DELETE", "", None),
        ("POST", "/session", {}),
        ("GET", "/sessions", None),
    ],
)
async def test_an_agent_that_is_not_there_is_not_found(site: Site, method: str, path: str, body: Any) -> None:
    is_problem(await site.ask(method, f"/v1/agents/nobody{path}", body), 404, "agent_not_found")
