"""The agents of a store in memory."""

from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.errors import AgentNotFound, Conflict, Stale
from tertulia.domain.paging import Page
from tertulia.store import rules
from tertulia.store.memory_registry import sealed
from tertulia.store.memory_rows import AgentRow, MemoryRows, page_of


class MemoryAgents(MemoryRows):
    """Agents, and their configs at every version."""

    async def create_agent(self, owner: str, agent: Agent) -> None:
        await self._begin()
        if (owner, agent.agent_id) in self._agents:
            raise Conflict("There is an agent with this id already.")
        agent = sealed(agent)
        self._agents[owner, agent.agent_id] = AgentRow(agent, [agent.agent_config])

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        await self._begin()
        return sealed(self._agent(owner, agent_id).agent)

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        await self._begin()
        row = self._agent(owner, agent_id)
        first = row.agent.version - len(row.configs) + 1
        if not first <= version <= row.agent.version:
            raise AgentNotFound
        return sealed(row.configs[version - first])

    async def find_default_agent(self, owner: str) -> Agent | None:
        await self._begin()
        return next((sealed(agent) for agent in self._agents_of(owner) if agent.is_default), None)

    async def list_agents(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[Agent]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        agents = [agent for agent in self._agents_of(owner) if _agent_key(agent) > after]
        return page_of(agents, limit, _agent_key)

    async def update_agent(self, owner: str, agent_id: str, *, config: AgentConfig, version: int, at: str) -> Agent:
        await self._begin()
        row = self._agent(owner, agent_id)
        if row.agent.version != version:
            raise Stale
        row.configs.append(sealed(config))
        row.agent = replace(row.agent, agent_config=row.configs[-1], version=version + 1, updated_at=at)
        return sealed(row.agent)

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        await self._begin()
        self._agent(owner, agent_id)
        del self._agents[owner, agent_id]
        self._changes = [each for each in self._changes if (each.owner, each.agent_id) != (owner, agent_id)]
        for row in [row for row in self._sessions.values() if (row.owner, row.session.agent_id) == (owner, agent_id)]:
            self._drop(row)

    def _agents_of(self, owner: str) -> list[Agent]:
        return sorted((row.agent for (of, _), row in self._agents.items() if of == owner), key=_agent_key)


def _agent_key(agent: Agent) -> tuple[str, str]:
    return agent.created_at, agent.agent_id
