"""The session that a terminal talks in: found or new, and its turns as streams that can be stopped."""

import asyncio
from collections.abc import Callable

from tertulia.cli.console import Failure
from tertulia.client import ApiError, AsyncClient, AsyncTurnStream, ClientError, NotFound, Patience, ServerUnreachable
from tertulia.client.input import DecisionOptions
from tertulia.domain.agents import Agent
from tertulia.domain.events import LoggedEvent
from tertulia.domain.sessions import Session
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import Turn
from tertulia.terminal.asking import Said

Show = Callable[[LoggedEvent], None]

MOST_NAMES = 10
"""So many agents are named to somebody who has named one that is not there."""


class Conversation:
    """A session with an agent. A new one is created with its first message, so that none stays empty."""

    def __init__(self, client: AsyncClient, agent_id: str, session: Session | None) -> None:
        self._client = client
        self.agent_id = agent_id
        self.session = session
        self._shown: AsyncTurnStream | None = None
        """The stream that was shown last."""

    async def say(self, words: str, show: Show) -> None:
        """Start a turn and show its events until it rests. Being cancelled once stops the turn."""
        if self.session is None:
            self.session = await self._client.create_session(self.agent_id)
        session_id = self.session.session_id
        await self._show(self._client.stream_turn(self.agent_id, session_id, words), session_id, show)

    async def rejoin(self, turn: Turn, show: Show) -> None:
        """Show a turn that runs already, from its beginning until it rests. Being cancelled once stops the turn."""
        events = self._client.follow_turn(self.agent_id, turn.session_id, turn.turn_id)
        await self._show(events, turn.session_id, show)

    async def read(self) -> Turn:
        """Return the turn that was shown last, as it is now."""
        session_id, turn_id = self._place()
        return await self._client.get_turn(self.agent_id, session_id, turn_id)

    async def decide(self, turn: Turn, step: ToolCallStep, said: Said) -> None:
        """Decide about a call of a turn, as it was seen."""
        path = (self.agent_id, turn.session_id, turn.turn_id, step.tool_call.call_id)
        options: DecisionOptions = {**said.options, "attempt": step.attempt}
        await self._client.decide_turn(*path, said.verdict, **options)

    async def go_on(self, show: Show) -> None:
        """Show what comes after what was shown last, until the turn rests again."""
        session_id, turn_id = self._place()
        after = self._shown.last_event_id if self._shown else None
        events = self._client.follow_turn(self.agent_id, session_id, turn_id, after=after)
        await self._show(events, session_id, show)

    def _place(self) -> tuple[str, str]:
        assert self.session is not None, "a turn was shown"
        assert self._shown is not None, "a turn was shown"
        return self.session.session_id, self._shown.turn_id or ""

    async def stop(self, turn: Turn) -> None:
        """Stop a turn."""
        await self._client.cancel_turn(self.agent_id, turn.session_id, turn.turn_id)

    async def _show(self, events: AsyncTurnStream, session_id: str, show: Show) -> None:
        try:
            self._shown = events
            await _show_all(events, show)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or events.turn_id is None:
                raise
            task.uncancel()
            await self._client.cancel_turn(self.agent_id, session_id, events.turn_id)
            rest = self._client.follow_turn(self.agent_id, session_id, events.turn_id, after=events.last_event_id)
            await _show_all(rest, show)


async def find_conversation(
    client: AsyncClient, agent: str | None, session_id: str | None, *, goes_on: bool
) -> Conversation:
    """Return the conversation that was asked for. Raises Failure, ApiError or ServerUnreachable."""
    default_agent_id = await _greet(client)
    agent_id = await _id_of(client, agent) if agent else None
    if session_id:
        return await _with_session(client, agent_id, session_id)
    agent_id = agent_id or default_agent_id
    if agent_id is None:
        raise Failure("This server has no default agent. Name one with --agent; the page lists them.")
    if not goes_on:
        return Conversation(client, agent_id, None)
    newest = (await client.list_sessions(agent_id, limit=1)).sessions
    if not newest:
        return Conversation(client, agent_id, None)
    return await _with_session(client, agent_id, newest[0].session_id)


async def _greet(client: AsyncClient) -> str | None:
    """Make sure that this is one of our servers, without patience; return its default agent."""
    try:
        async with AsyncClient(client.base_url, api_key=client.api_key, patience=Patience(attempts=1)) as first:
            return (await first.get_config()).default_agent_id
    except ServerUnreachable:
        raise
    except ClientError as error:
        if isinstance(error, ApiError) and error.code != "unknown":
            raise
        raise Failure(f"Something answers at {client.base_url}, but it is no Tertulia server.") from error


async def _id_of(client: AsyncClient, agent: str) -> str:
    """Return the id of an agent that is named by it, or by its name. Raises Failure."""
    try:
        return (await client.get_agent(agent)).agent_id
    except NotFound:
        there = [each async for each in client.iter_agents()]
    named = [each for each in there if _is_named(each, agent)]
    if not named:
        names = sorted({name for each in there if (name := each.agent_config.name)})
        more = f" There are: {', '.join(names[:MOST_NAMES])}." if names else ""
        raise Failure(f"There is no agent called {agent}, and none with this id.{more}")
    if len(named) > 1:
        raise Failure(f"Several agents are called {agent}. Name one by its id: {', '.join(a.agent_id for a in named)}")
    return named[0].agent_id


def _is_named(agent: Agent, name: str) -> bool:
    own = agent.agent_config.name
    return own is not None and own.casefold() == name.casefold()


async def _with_session(client: AsyncClient, agent_id: str | None, session_id: str) -> Conversation:
    """Open a session with its last turn; without its agent, every agent is asked for it."""
    agent_ids = [agent_id] if agent_id else [agent.agent_id async for agent in client.iter_agents()]
    for candidate in agent_ids:
        try:
            return Conversation(client, candidate, await client.get_session(candidate, session_id, turns="last:1"))
        except NotFound:
            continue
    raise Failure(f"There is no session {session_id} here, or it was deleted.")


async def _show_all(events: AsyncTurnStream, show: Show) -> None:
    async with events:
        async for logged in events:
            show(logged)
