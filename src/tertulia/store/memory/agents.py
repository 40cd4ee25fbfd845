"""The agents of a store in memory."""

from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig, Visibility, as_others_see
from tertulia.domain.errors import AgentNotFound, Conflict, Stale
from tertulia.domain.paging import Page, fitting
from tertulia.store import rules
from tertulia.store.memory.registry import sealed, size_of
from tertulia.store.memory.rows import AgentRow, MemoryRows, page_of


class MemoryAgents(MemoryRows):
    """Agents, and their configs at every version."""

    async def create_agent(self, owner: str, agent: Agent) -> None:
        await self._begin()
        if (owner, agent.agent_id) in self._agents:
            raise Conflict("There is an agent with this id already.")
        agent = sealed(replace(agent, access="own"))
        self._agents[owner, agent.agent_id] = AgentRow(agent, [agent.agent_config])

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        await self._begin()
        return self._seen_agent(owner, agent_id)

    async def find_lender(self, owner: str, agent_id: str) -> str:
        await self._begin()
        return self._usable_agent(owner, agent_id)[0]

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

    async def list_agents(
        self, owner: str, *, with_shared: bool = False, limit: int, cursor: str | None = None
    ) -> Page[Agent]:
        await self._begin()
        after = rules.time_position(cursor) if cursor else ("", "")
        ids = {
            agent_id
            for (of, agent_id), row in self._agents.items()
            if of == owner or (with_shared and row.agent.visibility == "shared")
        }
        agents = sorted((self._seen_agent(owner, agent_id) for agent_id in ids), key=_agent_key)
        agents = [agent for agent in agents if _agent_key(agent) > after]
        shown = (self._shown_agent(owner, agent.agent_id)[1].agent for agent in agents[:limit])
        count = fitting(size_of(agent.agent_config) for agent in shown)
        return page_of(agents, count, _agent_key)

    async def update_agent(
        self,
        owner: str,
        agent_id: str,
        *,
        config: AgentConfig,
        version: int,
        at: str,
        visibility: Visibility | None = None,
    ) -> Agent:
        await self._begin()
        row = self._agent(owner, agent_id)
        if row.lender is not None:
            raise AgentNotFound
        if row.agent.version != version:
            raise Stale
        row.configs.append(sealed(config))
        row.agent = replace(
            row.agent,
            agent_config=row.configs[-1],
            version=version + 1,
            updated_at=at,
            visibility=visibility or row.agent.visibility,
        )
        return sealed(row.agent)

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        await self._begin()
        self._agent(owner, agent_id)
        del self._agents[owner, agent_id]
        self._changes = [each for each in self._changes if (each.owner, each.agent_id) != (owner, agent_id)]
        for row in [row for row in self._sessions.values() if (row.owner, row.session.agent_id) == (owner, agent_id)]:
            self._drop(row)

    def _seen_agent(self, owner: str, agent_id: str) -> Agent:
        """An agent as its reader sees it."""
        of, row = self._shown_agent(owner, agent_id)
        if row.lender is not None:
            return sealed(replace(row.agent, access="withdrawn"))
        return sealed(row.agent if of == owner else as_others_see(row.agent))

    def _agents_of(self, owner: str) -> list[Agent]:
        return sorted((row.agent for (of, _), row in self._agents.items() if of == owner), key=_agent_key)


def _agent_key(agent: Agent) -> tuple[str, str]:
    return agent.created_at, agent.agent_id
