"""Where agents stay, with the versions of their configs.

A shared agent can be read and used by all owners, and is changed under its own owner alone. The first session that
another owner has on it comes with a loan: a row of theirs that their sessions hang on, and that stays when the
agent is shared no more. What others are shown of an agent is what `as_others_see` leaves of it.
"""

from typing import Protocol

from tertulia.domain.agents import Agent, AgentConfig, Visibility
from tertulia.domain.paging import Page


class AgentStore(Protocol):
    """Agents and the versions of their configs."""

    async def create_agent(self, owner: str, agent: Agent) -> None: ...

    async def get_agent(self, owner: str, agent_id: str) -> Agent:
        """The owner's own agent; or another's, as others see it: as it is, or as it was when the loan was made.

        Raises AgentNotFound.
        """
        ...

    async def find_lender(self, owner: str, agent_id: str) -> str:
        """Whose an agent is that an owner uses: their own, or that of who shares it.

        Raises AgentNotFound, AgentWithdrawn.
        """
        ...

    async def get_agent_config(self, owner: str, agent_id: str, version: int) -> AgentConfig:
        """The whole config of the owner's own agent, as it was at that version. Raises AgentNotFound."""
        ...

    async def find_default_agent(self, owner: str) -> Agent | None: ...

    async def list_agents(
        self, owner: str, *, with_shared: bool = False, limit: int, cursor: str | None = None
    ) -> Page[Agent]:
        """What the owner has, loans too, oldest first; and with what others share."""
        ...

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
        """Store `config` as the version after `version`, and who may use it if that is said.

        Raises AgentNotFound, also for a loan; Stale if `version` is not the newest.
        """
        ...

    async def delete_agent(self, owner: str, agent_id: str) -> None:
        """Delete it, or a loan, and all the owner's sessions on it. Raises AgentNotFound."""
        ...
