"""The trash: sessions that were deleted; list, restore, delete for good."""

from typing import Any

from litestar import Response, Router, delete, get, post

from tertulia.domain.errors import InvalidCursor, InvalidRequest, SessionNotFound
from tertulia.domain.lists import TrashList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.sessions import Session
from tertulia.runtime.sessions import Sessions
from tertulia.server.answers import answer_page, answer_session
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import ETAG, LOCATION, Cursor, Given, Limit, SessionId
from tertulia.server.routes.problems import raises


@get("/", operation_id="list_trash", responses=raises(InvalidRequest, InvalidCursor))
async def list_trash(
    sessions: Given[Sessions], caller: Given[Caller], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[TrashList]:
    """List the sessions that were deleted and can be had back, of all agents, the last deleted first."""
    return answer_page("trash", await sessions.list_trash(caller.owner, limit=limit, cursor=cursor or None))


@post(
    "/{session_id:str}/restore",
    operation_id="restore_session",
    status_code=200,
    response_headers=[LOCATION, ETAG],
    responses=raises(SessionNotFound),
)
async def restore_session(session_id: SessionId, sessions: Given[Sessions], caller: Given[Caller]) -> Response[Session]:
    """Take a session out of the trash, as it was."""
    session = await sessions.restore(caller.owner, session_id)
    return answer_session(session, location=f"/v1/agents/{session.agent_id}/session/{session.session_id}")


@delete("/{session_id:str}", operation_id="purge_session", responses=raises(SessionNotFound))
async def purge_session(session_id: SessionId, sessions: Given[Sessions], caller: Given[Caller]) -> None:
    """Delete a session of the trash for good; its files go with it."""
    await sessions.purge(caller.owner, session_id)


def trash_router() -> Router:
    """The routes of the trash."""
    handlers: list[Any] = [list_trash, restore_session, purge_session]
    return Router("/v1/trash", route_handlers=handlers, tags=["Sessions"])
