"""Sessions: create, get, list, delete."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody, QueryParameter

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import TurnNotFound
from tertulia.domain.paging import MAX_LIMIT, Page
from tertulia.domain.sessions import Session, SessionFilter
from tertulia.domain.turns import Turn
from tertulia.runtime.attached import attached_to
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer, answer_in_pieces
from tertulia.server.auth import Caller
from tertulia.server.llama_stack.paging import Limit, StartIndex, data_page
from tertulia.server.routes.parameters import AgentId, Given, SessionId
from tertulia.server.wire.llama_stack.base import Wire
from tertulia.server.wire.llama_stack.sessions import CreateSession, written_session
from tertulia.server.wire.llama_stack.turns import written_turn

MOST_CONTENT = 32 * 1024 * 1024
"""Characters of files that one answer has about: turns behind that come with the names of theirs."""
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
    if turn_ids is not None:
        some = _read(turns, (caller.owner, agent_id, session_id), turn_ids.split(","))
        return answer_in_pieces(written_session(session), _written(some, wire))
    page = await turns.list_turns(caller.owner, session_id, limit=MAX_LIMIT)
    if page.next_cursor is not None:
        whole = _decoded(turns.from_page(caller.owner, session, page))
        return answer_in_pieces(written_session(session), _written(whole, wire))
    return answer(written_session(session, [msgspec.json.decode(raw, type=Turn) for raw in page.items], wire))


async def _written(turns: AsyncIterator[Turn], wire: Wire) -> AsyncIterator[msgspec.Raw]:
    async for turn in turns:
        yield msgspec.Raw(msgspec.json.encode(written_turn(turn, wire)))


async def _decoded(turns: AsyncIterator[msgspec.Raw]) -> AsyncIterator[Turn]:
    async for raw in turns:
        yield msgspec.json.decode(raw, type=Turn)


async def _read(turns: Turns, place: tuple[str, str, str], turn_ids: list[str]) -> AsyncIterator[Turn]:
    """Yield those turns that are there, in order, with the content of their files as long as there is room for it."""
    numbers: dict[str, int] = {}
    for turn_id in dict.fromkeys(turn_ids):
        with suppress(TurnNotFound):
            numbers[turn_id] = (await turns.get_record(*place, turn_id)).n
    room = MOST_CONTENT
    for turn_id in sorted(numbers, key=lambda each: numbers[each]):
        with suppress(TurnNotFound):
            turn = await (turns.read if room > 0 else turns.get)(*place, turn_id)
            room -= sum(len(file.content or "") for file in _files_of(turn))
            yield turn


def _files_of(turn: Turn) -> list[FileAttachment]:
    return [*(each.file for each in attached_to(turn.input_messages)), *turn.output_attachments]


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
