"""What the server answers besides agents, sessions and turns: lists, models, what it is and what it allows."""

from typing import Literal

from msgspec import field

from tertulia.domain.agents import Agent
from tertulia.domain.base import Value
from tertulia.domain.sessions import Session
from tertulia.domain.turns import Turn


class AgentList(Value):
    """A page of agents."""

    agents: list[Agent]
    next_cursor: str | None = None


class SessionList(Value):
    """A page of sessions, without their turns."""

    sessions: list[Session]
    next_cursor: str | None = None


class TurnList(Value):
    """A page of one session's turns."""

    turns: list[Turn]
    next_cursor: str | None = None


class Model(Value):
    """A model that an agent can be configured with, by its `id`."""

    id: str
    server: str
    name: str
    is_demo: bool = False


class ModelServerState(Value):
    """A model server, and whether it can be used."""

    name: str
    url: str
    status: Literal["ready", "unreachable", "unauthorized"]
    detail: str | None = None
    is_demo: bool = False


class Models(Value):
    """All models, and the servers that they come from."""

    models: list[Model]
    servers: list[ModelServerState] = field(default_factory=list[ModelServerState])


class ServerConfig(Value):
    """What a client should know before it begins."""

    version: str
    default_agent_id: str | None = None
    demo: bool = False
