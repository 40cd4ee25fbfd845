"""Agents: create, list, get, delete."""

from typing import Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.paging import Page
from tertulia.runtime.agents import Agents, invalid_config
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.llama_stack.paging import Limit, StartIndex, data_page
from tertulia.server.routes.parameters import AgentId, Given
from tertulia.server.wire.llama_stack.agents import CreateAgent, config_of, written_agent
from tertulia.server.wire.llama_stack.base import Wire


@post("/", status_code=200)
async def create_agent(
    data: JSONBody[CreateAgent], agents: Given[Agents], caller: Given[Caller], wire: Given[Wire]
) -> Response[Any]:
    """Create an agent."""
    return answer(written_agent(await agents.create(caller.owner, _config_of(data)), wire))


def _config_of(data: CreateAgent) -> AgentConfig:
    try:
        return config_of(data.agent_config)
    except msgspec.ValidationError as error:
        raise invalid_config(error) from None


@get("/")
async def list_agents(
    agents: Given[Agents],
    caller: Given[Caller],
    wire: Given[Wire],
    start_index: StartIndex = 0,
    limit: Limit = None,
) -> Response[Any]:
    """List agents, oldest first."""

    async def read(count: int, cursor: str | None) -> Page[Agent]:
        return await agents.list_agents(caller.owner, limit=count, cursor=cursor)

    def write(agent: Agent) -> object:
        return written_agent(agent, wire)

    return answer(await data_page(read, write, start_index=start_index, limit=limit, url=f"{wire.prefix}/agents"))


@get("/{agent_id:str}")
async def get_agent(
    agent_id: AgentId, agents: Given[Agents], caller: Given[Caller], wire: Given[Wire]
) -> Response[Any]:
    """Get an agent."""
    return answer(written_agent(await agents.get(caller.owner, agent_id, is_admin=caller.is_admin), wire))


@delete("/{agent_id:str}")
async def delete_agent(agent_id: AgentId, agents: Given[Agents], caller: Given[Caller]) -> None:
    """Delete an agent and all its sessions."""
    await agents.delete(caller.owner, agent_id, is_admin=caller.is_admin)


def agents_router() -> Router:
    """The routes of agents."""
    handlers: list[Any] = [create_agent, list_agents, get_agent, delete_agent]
    return Router("/v1/agents", route_handlers=handlers)
