"""Sessions: create, get, list, delete."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody, QueryParameter

from tertulia.domain.errors import TurnNotFound
from tertulia.domain.paging import Page
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.domain.turns import Turn
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.llama_stack.paging import Limit, StartIndex, data_page
from tertulia.server.routes.parameters import AgentId, Given, SessionId
from tertulia.server.wire.llama_stack.base import Wire
from tertulia.server.wire.llama_stack.sessions import CreateSession, written_session

TurnIds = Annotated[
    str | None, QueryParameter(description="Only these turns, with commas between their ids.", max_length=8000)
]


@post("/session", status_code=200)
async def create_session(
    agent_id: AgentId, data: JSONBody[CreateSession], sessions: Given[Sessions], caller: Given[Caller]
) -> Response[Any]:
    """Create a session."""
    session = await sessions.create(caller.owner, agent_id, name=data.name, metadata=data.metadata)
    return answer(written_session(session))


@get("/sessions")
async def list_sessions(
    agent_id: AgentId,
    sessions: Given[Sessions],
    caller: Given[Caller],
    wire: Given[Wire],
    start_index: StartIndex = 0,
    limit: Limit = None,
) -> Response[Any]:
    """List an agent's sessions without their turns, by their last activity; archived ones, too."""
    which = SessionFilter(agent_id=agent_id, archived=None)

    async def read(count: int, cursor: str | None) -> Page[Session]:
        return await sessions.list_sessions(caller.owner, which, order="desc", limit=count, cursor=cursor)

    url = f"{wire.prefix}/agents/{{agent_id}}/sessions"
    return answer(await data_page(read, written_session, start_index=start_index, limit=limit, url=url))


@get("/session/{session_id:str}")
async def get_session(
    agent_id: AgentId,
    session_id: SessionId,
    sessions: Given[Sessions],
    turns: Given[Turns],
    caller: Given[Caller],
    wire: Given[Wire],
    turn_ids: TurnIds = None,
) -> Response[Any]:
    """Get a session with its turns in order, all of them or those that are asked for."""
    session = await sessions.get(caller.owner, agent_id, session_id)
    if turn_ids is None:
        page = await turns.list_turns(caller.owner, session_id, limit=None)
        found = [msgspec.json.decode(raw, type=Turn) for raw in page.items]
    else:
        found = await _read(turns, (caller.owner, agent_id, session_id), turn_ids.split(","))
    return answer(written_session(session, found, wire))


async def _read(turns: Turns, place: tuple[str, str, str], turn_ids: list[str]) -> list[Turn]:
    """Read those turns that are there, in order."""
    found: list[Turn] = []
    for turn_id in dict.fromkeys(turn_ids):
        try:
            found.append(await turns.read(*place, turn_id))
        except TurnNotFound:
            continue
    return sorted(found, key=lambda turn: turn.n)


@delete("/session/{session_id:str}")
async def delete_session(
    agent_id: AgentId, session_id: SessionId, sessions: Given[Sessions], caller: Given[Caller]
) -> None:
    """Delete a session and all that hangs on it; a turn that runs is stopped."""
    await sessions.delete(caller.owner, agent_id, session_id)


def sessions_router() -> Router:
    """The routes of sessions."""
    handlers: list[Any] = [create_session, list_sessions, get_session, delete_session]
    return Router("/v1/agents/{agent_id:str}", route_handlers=handlers)
