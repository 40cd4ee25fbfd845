"""The agents that turns are run by: their configs, and the tools of this server that they bring.

A turn on an agent that is shared belongs to who asks, and all that it reads and writes is theirs. What the agent brings
is its owner's: instructions, shields, and the toolgroups that it names, with their credentials and settled arguments.
What a turn asks for besides is found among the asker's own. When an agent is shared no more, nothing begins or goes on
with it: whether it is shared is read each time, and only one's own configs, which never change, are remembered.
"""

from tertulia.domain.agents import AgentConfig, name_of
from tertulia.domain.base import Value
from tertulia.runtime.patience import patiently
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.store.agents import AgentStore
from tertulia.store.turns import TurnRecord
from tertulia.tools.base import Tool
from tertulia.tools.toolbox import lent

MOST_KNOWN = 1024


class AgentInUse(Value):
    """An agent as a turn began with it: its config, and whose it is."""

    lender: str
    config: AgentConfig


class AgentsInUse:
    """Finds what runs a turn."""

    def __init__(self, store: AgentStore, toolgroups: Toolgroups) -> None:
        self._store = store
        self._toolgroups = toolgroups
        self._known: dict[tuple[str, str, int], AgentInUse] = {}

    async def of(self, record: TurnRecord) -> AgentInUse:
        """Return the agent of a turn. Raises AgentNotFound, AgentWithdrawn."""
        key = record.owner, record.agent_id, record.agent_version
        if (known := self._known.get(key)) is not None:
            return known
        found = await patiently(lambda: self._read(record))
        if found.lender == record.owner:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found

    async def _read(self, record: TurnRecord) -> AgentInUse:
        lender = await self._store.find_lender(record.owner, record.agent_id)
        config = await self._store.get_agent_config(lender, record.agent_id, record.agent_version)
        return AgentInUse(lender=lender, config=config)

    async def tools_of(self, record: TurnRecord) -> dict[str, Tool]:
        """Return the tools of the server that a turn may use, by name. Raises AgentNotFound, AgentWithdrawn."""
        return await self.tools_with(await self.of(record), record)

    async def tools_with(self, agent: AgentInUse, record: TurnRecord) -> dict[str, Tool]:
        """Return the tools that a turn may use with its agent, by name; none has the name of a client's tool."""
        if agent.lender == record.owner:
            chosen = agent.config.toolgroups if record.toolgroups is None else record.toolgroups
            tools = await self._toolgroups.of(record.owner, chosen)
        else:
            tools = await self._with_lent(record, agent)
        clients = {tool.name for tool in agent.config.client_tools}
        return {name: tool for name, tool in tools.items() if name not in clients}

    async def _with_lent(self, record: TurnRecord, agent: AgentInUse) -> dict[str, Tool]:
        """Return the lender's tools as the agent has them, whatever is asked of them, and others of the asker's own."""
        chosen = agent.config.toolgroups if record.toolgroups is None else record.toolgroups
        asked, of_agent = {name_of(each) for each in chosen}, {name_of(each) for each in agent.config.toolgroups}
        own = await self._toolgroups.of(record.owner, [each for each in chosen if name_of(each) not in of_agent])
        theirs = [each for each in agent.config.toolgroups if name_of(each) in asked]
        return own | {name: lent(tool) for name, tool in (await self._toolgroups.of(agent.lender, theirs)).items()}
