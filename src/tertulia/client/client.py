"""`AsyncClient`: everything that can be asked of a server, one method an endpoint.

async with AsyncClient("http://127.0.0.1:8321") as client:
    session = await client.create_session(agent_id)
    async for logged in client.stream_turn(agent_id, session.session_id, "What time is it in Lisbon?"):
        print(logged.event)
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Self, TypeVar
from uuid import uuid4

from tertulia.client.answers import AgentList, Models, ServerConfig, SessionList, TurnList
from tertulia.client.http import Patience, Request, Transport, path_of
from tertulia.client.stream import TurnStream
from tertulia.domain.agents import Agent, AgentConfig
from tertulia.domain.events import EventId, LoggedEvent
from tertulia.domain.messages import InputMessage, UserMessage
from tertulia.domain.sessions import Session, SessionPatch
from tertulia.domain.turns import Turn

T = TypeVar("T")

DEFAULT_URL = "http://127.0.0.1:8321"


class AsyncClient:
    """A client of one server. Its methods raise ApiError when the server refuses, ServerUnreachable without one."""

    def __init__(self, base_url: str = DEFAULT_URL, *, patience: Patience | None = None) -> None:
        self._transport = Transport(base_url, patience or Patience())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def base_url(self) -> str:
        """Where the server is."""
        return self._transport.base_url

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    # The server

    async def get_config(self) -> ServerConfig:
        """What the server is and allows."""
        return await self._get(ServerConfig, "config")

    async def list_models(self) -> Models:
        """The models that agents can use now."""
        return await self._get(Models, "models")

    # Agents

    async def create_agent(self, config: AgentConfig) -> Agent:
        """Create an agent."""
        return await self._transport.call(_post("agents", body={"agent_config": config}), Agent)

    async def get_agent(self, agent_id: str) -> Agent:
        """Read an agent."""
        return await self._get(Agent, "agents", agent_id)

    async def list_agents(self, *, limit: int = 50, cursor: str | None = None) -> AgentList:
        """A page of agents, oldest first."""
        return await self._get(AgentList, "agents", limit=limit, cursor=cursor)

    # Sessions

    async def create_session(self, agent_id: str, *, session_name: str | None = None) -> Session:
        """Start a session; without a name it is named from its first message."""
        body = {} if session_name is None else {"session_name": session_name}
        return await self._transport.call(_post("agents", agent_id, "session", body=body), Session)

    async def get_session(self, agent_id: str, session_id: str, *, turns: str = "all") -> Session:
        """Read a session with its turns: `all`, `none` or `last:30`."""
        return await self._get(Session, "agents", agent_id, "session", session_id, turns=turns)

    async def list_sessions(
        self, agent_id: str, *, q: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> SessionList:
        """A page of an agent's sessions, the one with the newest activity first."""
        return await self._get(SessionList, "agents", agent_id, "sessions", q=q, limit=limit, cursor=cursor)

    async def update_session(self, agent_id: str, session_id: str, patch: SessionPatch) -> Session:
        """Change a session's name, metadata, pin or place in the archive."""
        path = _session(agent_id, session_id)
        return await self._transport.call(Request(method="PATCH", path=path, body=patch, is_repeatable=True), Session)

    async def delete_session(self, agent_id: str, session_id: str) -> None:
        """Delete a session and all that hangs on it."""
        path = _session(agent_id, session_id)
        await self._transport.call(Request(method="DELETE", path=path), type(None))

    # Turns

    async def start_turn(
        self,
        agent_id: str,
        session_id: str,
        message: str | Sequence[InputMessage],
        *,
        idempotency_key: str | None = None,
    ) -> Turn:
        """Start a turn and return it at once; `follow_turn` gives its events.

        The same key starts one turn, however often it is sent; without one, a key is made for this call's own retries.
        """
        request = _turn(agent_id, session_id, message, idempotency_key, background=True)
        return await self._transport.call(request, Turn)

    def stream_turn(
        self,
        agent_id: str,
        session_id: str,
        message: str | Sequence[InputMessage],
        *,
        idempotency_key: str | None = None,
    ) -> AsyncGenerator[LoggedEvent]:
        """Start a turn and yield its events until it rests, also across cut connections; the first is TurnQueued.

        Leaving the iterator early does not stop the turn: `cancel_turn` does. Raises StreamLost when the server stays
        away; the turn can be followed later from the last event's id.
        """
        start = _turn(agent_id, session_id, message, idempotency_key, stream=True)
        return TurnStream(self._transport, _session(agent_id, session_id), start=start).events()

    def follow_turn(
        self, agent_id: str, session_id: str, turn_id: str, *, after: EventId | None = None
    ) -> AsyncGenerator[LoggedEvent]:
        """Yield the events of a turn after `after`, or from its start, until it rests, also across cut connections."""
        return TurnStream(self._transport, _session(agent_id, session_id), turn_id=turn_id).events(after)

    async def get_turn(self, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """Read a turn as it is now."""
        return await self._get(Turn, "agents", agent_id, "session", session_id, "turn", turn_id)

    async def list_turns(
        self, agent_id: str, session_id: str, *, order: str = "asc", limit: int = 50, cursor: str | None = None
    ) -> TurnList:
        """A page of a session's turns, oldest first, or newest first with `order="desc"`."""
        path = ("agents", agent_id, "session", session_id, "turns")
        return await self._get(TurnList, *path, order=order, limit=limit, cursor=cursor)

    async def cancel_turn(self, agent_id: str, session_id: str, turn_id: str) -> Turn:
        """Stop a turn; what came of it is kept. Doing it twice is doing it once."""
        path = _session(agent_id, session_id) + path_of("turn", turn_id, "cancel")
        return await self._transport.call(Request(method="POST", path=path, is_repeatable=True), Turn)

    async def _get(self, answer: type[T], *path: str, **params: str | int | None) -> T:
        given = {name: str(value) for name, value in params.items() if value is not None}
        return await self._transport.call(
            Request(method="GET", path=path_of(*path), params=given, is_repeatable=True), answer
        )


def _post(*path: str, body: Any) -> Request:
    return Request(method="POST", path=path_of(*path), body=body)


def _session(agent_id: str, session_id: str) -> str:
    return path_of("agents", agent_id, "session", session_id)


def _turn(
    agent_id: str,
    session_id: str,
    message: str | Sequence[InputMessage],
    idempotency_key: str | None,
    **mode: bool,
) -> Request:
    messages = [UserMessage(content=message)] if isinstance(message, str) else message
    return Request(
        method="POST",
        path=_session(agent_id, session_id) + "/turn",
        headers={"Idempotency-Key": idempotency_key or uuid4().hex},
        body={"messages": messages, **mode},
        is_repeatable=True,
    )
