"""Calls about agents."""

from collections.abc import AsyncGenerator
from typing import Any

from tertulia.client.aio.calls import EACH, AsyncCalls, each_row
from tertulia.client.request import Request, path_of
from tertulia.domain.agents import Agent, AgentConfig, Visibility
from tertulia.domain.lists import AgentList
from tertulia.domain.paging import DEFAULT_LIMIT


class AsyncAgentCalls(AsyncCalls):
    """Create, list, read, change and delete agents."""

    async def create_agent(self, config: AgentConfig, *, visibility: Visibility | None = None) -> Agent:
        """Create an agent; a shared one can be used by all users of the server."""
        return await self._post(Agent, "agents", body=_body(config, visibility))

    async def get_agent(self, agent_id: str) -> Agent:
        """Read an agent; one that another user shares comes without instructions and arguments of tools."""
        return await self._get(Agent, "agents", agent_id)

    async def list_agents(self, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> AgentList:
        """A page of agents, oldest first: your own, and those that others share."""
        return await self._get(AgentList, "agents", limit=limit, cursor=cursor)

    def iter_agents(self) -> AsyncGenerator[Agent]:
        """All agents, oldest first."""
        return each_row(lambda cursor: self.list_agents(limit=EACH, cursor=cursor))

    async def update_agent(
        self, agent_id: str, changes: dict[str, Any] | None = None, *, visibility: Visibility | None = None
    ) -> Agent:
        """Change an agent's config: what is named changes, null takes back, the rest stays (RFC 7396).

        `visibility` says who may use it from now on. Turns that run keep the config that they began with.
        """
        path, body = path_of("agents", agent_id), _body(changes or {}, visibility)
        return await self._transport.call(Request(method="PATCH", path=path, body=body, is_repeatable=True), Agent)

    async def delete_agent(self, agent_id: str) -> None:
        """Delete an agent and all its sessions."""
        await self._delete("agents", agent_id)


def _body(config: AgentConfig | dict[str, Any], visibility: Visibility | None) -> dict[str, Any]:
    return {"agent_config": config} if visibility is None else {"agent_config": config, "visibility": visibility}
