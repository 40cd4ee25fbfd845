"""Calls about agents."""

from collections.abc import AsyncGenerator
from typing import Any

from tertulia.client.aio.calls import EACH, AsyncCalls, each_row
from tertulia.client.request import Request, path_of
from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.lists import AgentList
from tertulia.domain.paging import DEFAULT_LIMIT


class AsyncAgentCalls(AsyncCalls):
    """Create, list, read, change and delete agents."""

    async def create_agent(self, config: AgentConfig) -> Agent:
        """Create an agent."""
        return await self._post(Agent, "agents", body={"agent_config": config})

    async def get_agent(self, agent_id: str) -> Agent:
        """Read an agent."""
        return await self._get(Agent, "agents", agent_id)

    async def list_agents(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> AgentList:
        """A page of agents, oldest first."""
        return await self._get(AgentList, "agents", limit=limit, cursor=cursor)

    def iter_agents(self) -> AsyncGenerator[Agent]:
        """All agents, oldest first."""
        return each_row(lambda cursor: self.list_agents(limit=EACH, cursor=cursor))

    async def update_agent(self, agent_id: str, changes: dict[str, Any]) -> Agent:
        """Change an agent's config: what is named changes, null takes back, the rest stays (RFC 7396).

        Turns that run keep the config that they began with.
        """
        path, body = path_of("agents", agent_id), {"agent_config": changes}
        return await self._transport.call(Request(method="PATCH", path=path, body=body, is_repeatable=True), Agent)

    async def delete_agent(self, agent_id: str) -> None:
        """Delete an agent and all its sessions."""
        await self._delete("agents", agent_id)
