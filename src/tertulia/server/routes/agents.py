"""Agents: create, list, get, change, delete."""

from typing import Any

from litestar import Response, Router, delete, get, patch, post
from litestar.params import JSONBody

from tertulia.domain.agents import Agent
from tertulia.domain.errors import AgentNotFound, InvalidCursor, InvalidRequest, Stale
from tertulia.domain.lists import AgentList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.runtime.agents import Agents
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import LOCATION, AgentId, Cursor, Given, Limit
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import CreateAgent, PatchAgent


@post("/", operation_id="create_agent", response_headers=[LOCATION], responses=raises(has_body=True))
async def create_agent(data: JSONBody[CreateAgent], agents: Given[Agents], caller: Given[Caller]) -> Response[Agent]:
    """Create an agent."""
    agent = await agents.create(caller.owner, data.agent_config, visibility=data.visibility)
    return answer(agent, status=201, headers={"location": f"/v1/agents/{agent.agent_id}"})


@get("/", operation_id="list_agents", responses=raises(InvalidRequest, InvalidCursor))
async def list_agents(
    agents: Given[Agents], caller: Given[Caller], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[AgentList]:
    """List your agents, and those that other users share, oldest first."""
    return answer_page("agents", await agents.list_agents(caller.owner, limit=limit, cursor=cursor))


@get("/{agent_id:str}", operation_id="get_agent", responses=raises(AgentNotFound))
async def get_agent(agent_id: AgentId, agents: Given[Agents], caller: Given[Caller]) -> Response[Agent]:
    """Get an agent. Of one that another user shares you are shown neither its instructions nor arguments of tools."""
    return answer(await agents.get(caller.owner, agent_id, is_admin=caller.is_admin))


@patch("/{agent_id:str}", operation_id="update_agent", responses=raises(AgentNotFound, Stale, has_body=True))
async def update_agent(
    agent_id: AgentId, data: JSONBody[PatchAgent], agents: Given[Agents], caller: Given[Caller]
) -> Response[Agent]:
    """Change an agent's config by a merge patch (RFC 7396), or who may use it.

    Turns that run keep the config they began with. A shared agent is changed by its owner or an admin. When it is
    private again, other users can read the sessions that they have on it, and start no more turns.
    """
    updated = await agents.update(
        caller.owner, agent_id, data.agent_config, visibility=data.visibility, is_admin=caller.is_admin
    )
    return answer(updated)


@delete("/{agent_id:str}", operation_id="delete_agent", responses=raises(AgentNotFound))
async def delete_agent(agent_id: AgentId, agents: Given[Agents], caller: Given[Caller]) -> None:
    """Delete an agent and all its owner's sessions.

    A shared one is deleted by its owner or an admin; the sessions that other users have on it stay.
    """
    await agents.delete(caller.owner, agent_id, is_admin=caller.is_admin)


def agents_router() -> Router:
    """The routes of agents."""
    handlers: list[Any] = [create_agent, list_agents, get_agent, update_agent, delete_agent]
    return Router("/v1/agents", route_handlers=handlers, tags=["Agents"])
