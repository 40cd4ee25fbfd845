"""Use cases of agents: create, read, change, delete.

One that is shared is changed and deleted by its owner, or by an admin in their place. Others use it, and see of it what
the store lets them see.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from tertulia.domain.agents import Agent, AgentConfig, Visibility
from tertulia.domain.errors import Conflict, FieldError, Forbidden, InvalidRequest, TooLarge
from tertulia.domain.paging import Page
from tertulia.domain.written import refuse_unknown
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock, NewId, id_of
from tertulia.runtime.shields import Shields
from tertulia.runtime.turns import Turns
from tertulia.store.agents import AgentStore
from tertulia.store.rules import merge_patch

CONFIG_BYTES = 512 * 1024
"""Of a config besides its instructions, as JSON: every list of agents has it, those of all users if it is shared."""
DEFAULT_NAME = "Assistant"
DEFAULT_INSTRUCTIONS = "You are a helpful assistant. Answer clearly and briefly; use Markdown where it helps."
STARTERS = [
    "What can you do?",
    "Explain how sessions and turns work",
    "Show me a Markdown sample",
    "What time is it in Lisbon?",
]


class Agents:
    """What people do with agents."""

    def __init__(self, store: AgentStore, turns: Turns, shields: Shields, *, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._turns = turns
        self._shields = shields
        self._clock = clock
        self._new_id = new_id

    async def create(self, owner: str, config: AgentConfig, *, visibility: Visibility = "private") -> Agent:
        """Store a new agent. Raises InvalidRequest when it has a shield that is not there; TooLarge."""
        _refuse_large(config)
        await self._shields.check_config(owner, config)
        return await self._store_new(owner, self._new(self._new_id(), config, visibility=visibility))

    def _new(
        self, agent_id: str, config: AgentConfig, *, visibility: Visibility = "private", is_default: bool = False
    ) -> Agent:
        at = self._clock()
        return Agent(
            agent_id=agent_id,
            agent_config=config,
            version=1,
            created_at=at,
            updated_at=at,
            is_default=is_default,
            visibility=visibility,
        )

    async def _store_new(self, owner: str, agent: Agent) -> Agent:
        await self._store.create_agent(owner, agent)
        about(agent_id=agent.agent_id)
        return agent

    async def get(self, owner: str, agent_id: str, *, is_admin: bool = False) -> Agent:
        """An agent as an owner sees it; a shared one whole if they are an admin. Raises AgentNotFound."""
        agent = await self._store.get_agent(owner, agent_id)
        if agent.access != "shared" or not is_admin:
            return agent
        return _of_another(await self._store.get_agent(await self._store.find_lender(owner, agent_id), agent_id))

    async def find_default(self, owner: str) -> Agent | None:
        """The agent that was made on the first start, while it is there."""
        return await self._store.find_default_agent(owner)

    async def list_agents(self, owner: str, *, limit: int, cursor: str | None) -> Page[Agent]:
        """A page of an owner's agents and of those that others share, oldest first."""
        return await self._store.list_agents(owner, with_shared=True, limit=limit, cursor=cursor)

    async def update(
        self,
        owner: str,
        agent_id: str,
        patch: dict[str, Any],
        *,
        visibility: Visibility | None = None,
        is_admin: bool = False,
    ) -> Agent:
        """Change an agent's config by an RFC 7396 merge patch, and who may use it.

        Raises AgentNotFound, Forbidden, InvalidRequest, Stale, TooLarge.
        """
        of = await self._who_may_change(owner, agent_id, is_admin=is_admin)
        agent = await self._store.get_agent(of, agent_id)
        merged = merge_patch(msgspec.to_builtins(agent.agent_config), patch)
        try:
            config = msgspec.convert(merged, AgentConfig)
        except msgspec.ValidationError as error:
            raise invalid_config(error) from None
        refuse_unknown(merged, config, "/agent_config")
        _refuse_large(config)
        await self._shields.check_config(of, config)
        updated = await self._store.update_agent(
            of, agent_id, config=config, version=agent.version, at=self._clock(), visibility=visibility
        )
        return updated if of == owner else _of_another(updated)

    async def _who_may_change(self, owner: str, agent_id: str, *, is_admin: bool) -> str:
        """Return under which owner an agent is changed. Raises AgentNotFound, Forbidden."""
        agent = await self._store.get_agent(owner, agent_id)
        if agent.access == "own":
            return owner
        if agent.access == "withdrawn" or not is_admin:
            raise Forbidden("This agent is another user's, who shares it or did. Its owner or an admin changes it.")
        lender = await self._store.find_lender(owner, agent_id)
        about(owner=lender)
        return lender

    async def delete(self, owner: str, agent_id: str, *, is_admin: bool = False) -> None:
        """Stop what runs in its owner's sessions, then delete it and all of those.

        Others' sessions on it stay. Of one that is not shared any more, they delete what they have: their sessions.
        Raises AgentNotFound, Forbidden.
        """
        agent = await self._store.get_agent(owner, agent_id)
        if agent.access == "shared":
            owner = await self._who_may_change(owner, agent_id, is_admin=is_admin)
        await self.drop(owner, agent_id)

    async def drop(self, owner: str, agent_id: str) -> None:
        """Delete what an owner has of an agent, their own or another's, with all their sessions on it.

        Raises AgentNotFound.
        """
        await self._turns.stop_all(owner, agent_id)
        await self._store.delete_agent(owner, agent_id)
        self._turns.forget(owner, agent_id)

    async def ensure_default(self, owner: str, *, model: str, demo_model: str) -> tuple[Agent, bool]:
        """Return the owner's default agent, made when there is none, and whether its model was changed.

        A default agent that nobody has touched since it was made for the demo model moves to the first real model that
        is there; one that a person has configured stays as it is, also when its model is gone.
        """
        agent = await self._store.find_default_agent(owner)
        if agent is None:
            config = AgentConfig(
                model=model,
                name=DEFAULT_NAME,
                description="Made on the first start. Change it, or make agents of your own.",
                instructions=DEFAULT_INSTRUCTIONS,
                toolgroups=["builtin::clock"],
                starters=STARTERS,
            )
            return await self._create_default(owner, config), False
        if agent.version > 1 or agent.agent_config.model != demo_model or model == demo_model:
            return agent, False
        config = replace(agent.agent_config, model=model)
        moved = await self._store.update_agent(
            owner, agent.agent_id, config=config, version=agent.version, at=self._clock()
        )
        return moved, True

    async def _create_default(self, owner: str, config: AgentConfig) -> Agent:
        """Make the default agent; of several nodes that start at once, one does."""
        agent_id = id_of(owner, "default agent")
        try:
            return await self._store_new(owner, self._new(agent_id, config, is_default=True))
        except Conflict:
            return await self._store.get_agent(owner, agent_id)


def _of_another(agent: Agent) -> Agent:
    """Return an agent as an admin sees it who is not its owner: whole."""
    return replace(agent, is_default=False, access="shared")


def _refuse_large(config: AgentConfig) -> None:
    size = len(msgspec.json.encode(replace(config, instructions="")))
    if size > CONFIG_BYTES:
        detail = f"without its instructions it has {size} bytes as JSON; the limit is {CONFIG_BYTES}"
        raise TooLarge(f"/agent_config: {detail}.", errors=[FieldError(pointer="/agent_config", detail=detail)])


def invalid_config(error: msgspec.ValidationError) -> InvalidRequest:
    """Say which field of a config is wrong, and how."""
    detail, _, path = str(error).partition(" - at `$")
    pointer = "/agent_config" + path.rstrip("`").replace(".", "/").replace("[", "/").replace("]", "")
    return InvalidRequest(
        f"The agent's config would not be valid: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)]
    )
