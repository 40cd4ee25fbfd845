"""Sessions: create, fork, list, get with their turns, change, delete."""

import re
from typing import Annotated, Any, Literal

from litestar import Response, Router, delete, get, patch, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter

from tertulia.domain.batches import BatchOutcome, BatchSessions
from tertulia.domain.errors import (
    AgentNotFound,
    AgentWithdrawn,
    FieldError,
    IdempotencyMismatch,
    InvalidCursor,
    InvalidRequest,
    SessionBusy,
    SessionNotFound,
    Stale,
    TooLarge,
    TurnNotFound,
)
from tertulia.domain.lists import SessionList
from tertulia.domain.paging import DEFAULT_LIMIT, MAX_LIMIT, Order
from tertulia.domain.sessions import Session, SessionFilter, SessionPatch
from tertulia.domain.tags import TAG_CHARS
from tertulia.domain.tools import GrantList
from tertulia.runtime.batches import Batches
from tertulia.runtime.handing_over import HandingOver
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.turns import Turns
from tertulia.server.answers import answer, answer_in_pieces, answer_page, answer_session, etag_of
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import (
    ETAG,
    LOCATION,
    AgentId,
    Cursor,
    Given,
    IdempotencyKey,
    Limit,
    SessionId,
)
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import CreateSession, ForkSession

Either = Literal["true", "false", "any"]
EITHER: dict[Either, bool | None] = {"true": True, "false": False, "any": None}
MAX_LAST = 200
TEXT = (
    "A text to look for in names and previews. Some thousands of sessions are looked through for one page, so that a "
    "page may have few, or none, and yet a `next_cursor`."
)
TAG = "A tag that they have, whatever its case. Looked through as for `q`."


@post(
    "/session",
    operation_id="create_session",
    response_headers=[LOCATION, ETAG],
    responses=raises(AgentNotFound, AgentWithdrawn, IdempotencyMismatch, has_body=True),
)
async def create_session(
    agent_id: AgentId,
    data: JSONBody[CreateSession],
    sessions: Given[Sessions],
    caller: Given[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Response[Session]:
    """Create a session. Without a name it is named from its first message."""
    session = await sessions.create(
        caller.owner, agent_id, name=data.session_name, metadata=data.metadata, key=idempotency_key
    )
    return answer_session(session, status=201, location=f"/v1/agents/{agent_id}/session/{session.session_id}")


@post(
    "/session/{session_id:str}/fork",
    operation_id="fork_session",
    response_headers=[LOCATION, ETAG],
    responses=raises(
        SessionNotFound,
        AgentNotFound,
        AgentWithdrawn,
        TurnNotFound,
        SessionBusy,
        TooLarge,
        IdempotencyMismatch,
        has_body=True,
    ),
)
async def fork_session(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[ForkSession],
    sessions: Given[Sessions],
    handing_over: Given[HandingOver],
    caller: Given[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Response[Session]:
    """Go on from a turn in a session of its own.

    The new session has the turns up to that one, which are not copied: they stay for both when either is deleted. With
    another agent's `agent_id` it is a session with that agent, and begins with copies of them, of 2000 at the most.
    """
    if data.agent_id in (None, agent_id):
        fork = await sessions.fork(
            caller.owner, agent_id, session_id, turn_id=data.turn_id, name=data.session_name, key=idempotency_key
        )
    else:
        fork = await handing_over.to_agent(
            caller.owner,
            (agent_id, session_id),
            data.agent_id,
            turn_id=data.turn_id,
            name=data.session_name,
            key=idempotency_key,
        )
    return answer_session(fork, status=201, location=f"/v1/agents/{fork.agent_id}/session/{fork.session_id}")


@get("/sessions", operation_id="list_sessions", responses=raises(AgentNotFound, InvalidRequest, InvalidCursor))
async def list_sessions(
    agent_id: AgentId,
    sessions: Given[Sessions],
    caller: Given[Caller],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    q: Annotated[str | None, QueryParameter(description=TEXT, max_length=200)] = None,
    tag: Annotated[str | None, QueryParameter(description=TAG, max_length=TAG_CHARS)] = None,
    archived: Annotated[Either, QueryParameter(description="Archived sessions: only, not, or either.")] = "false",
    pinned: Annotated[Either, QueryParameter(description="Pinned sessions: only, not, or either.")] = "any",
    order: Annotated[
        Order, QueryParameter(description="By last activity: newest (desc) or oldest (asc) first.")
    ] = "desc",
) -> Response[SessionList]:
    """List an agent's sessions by their last activity, without their turns."""
    which = SessionFilter(
        agent_id=agent_id, text=q or None, tag=tag or None, archived=EITHER[archived], pinned=EITHER[pinned]
    )
    page = await sessions.list_sessions(caller.owner, which, order=order, limit=limit, cursor=cursor)
    return answer_page("sessions", page)


@get(
    "/session/{session_id:str}",
    operation_id="get_session",
    response_headers=[ETAG],
    responses=raises(SessionNotFound, InvalidRequest),
)
async def get_session(
    agent_id: AgentId,
    session_id: SessionId,
    sessions: Given[Sessions],
    turns: Given[Turns],
    caller: Given[Caller],
    which: Annotated[
        str,
        QueryParameter(
            name="turns",
            description="Which turns to bring: all, none, or last:N (fewer, where they are very large).",
            pattern=r"^(all|none|last:\d{1,3})$",
        ),
    ] = "all",
) -> Response[Session]:
    """Get a session with the turns of its active branch in order."""
    session = await sessions.get(caller.owner, agent_id, session_id)
    if which == "none":
        return answer_session(session)
    if which == "all":
        page = await turns.list_turns(caller.owner, session_id, limit=MAX_LIMIT)
        if page.next_cursor is not None:
            whole = turns.from_page(caller.owner, session, page)
            return answer_in_pieces(session, whole, headers=etag_of(session))
        return answer_session(session, page.items)
    last = min(int(which.removeprefix("last:")), MAX_LAST)
    if last == 0:
        return answer_session(session)
    page = await turns.list_turns(caller.owner, session_id, order="desc", limit=last)
    return answer_session(session, page.items[::-1])


@patch(
    "/session/{session_id:str}",
    operation_id="update_session",
    response_headers=[ETAG],
    responses=raises(SessionNotFound, TurnNotFound, Stale, has_body=True),
)
async def update_session(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[SessionPatch],
    sessions: Given[Sessions],
    caller: Given[Caller],
    if_match: Annotated[
        str | None, HeaderParameter(name="If-Match", description="The ETag that the change is based on.")
    ] = None,
) -> Response[Session]:
    """Rename, tag, pin, archive, switch to another branch, say how long it stays; `metadata` is merged (RFC 7396)."""
    expected = _revision(if_match)
    return answer_session(await sessions.update(caller.owner, agent_id, session_id, data, expected=expected))


@delete("/session/{session_id:str}", operation_id="delete_session", responses=raises(SessionNotFound, InvalidRequest))
async def delete_session(
    agent_id: AgentId,
    session_id: SessionId,
    sessions: Given[Sessions],
    caller: Given[Caller],
    for_good: Annotated[bool, QueryParameter(description="Delete it at once, and not into the trash.")] = False,
) -> None:
    """Delete a session and all that hangs on it; a turn that runs is stopped.

    It goes into the trash, if the server has one, and can be had back for a time.
    """
    await sessions.delete(caller.owner, agent_id, session_id, for_good=for_good)


@post(
    "/sessions/batch",
    operation_id="batch_sessions",
    status_code=200,
    responses=raises(AgentNotFound, has_body=True),
)
async def batch_sessions(
    agent_id: AgentId, data: JSONBody[BatchSessions], batches: Given[Batches], caller: Given[Caller]
) -> Response[BatchOutcome]:
    """Tag, archive, pin, delete or restore up to 200 sessions, or take that back; each is done for itself."""
    return answer(BatchOutcome(outcomes=await batches.run(caller.owner, agent_id, data)))


@get("/session/{session_id:str}/grants", operation_id="list_grants", responses=raises(SessionNotFound))
async def list_grants(
    agent_id: AgentId, session_id: SessionId, sessions: Given[Sessions], caller: Given[Caller]
) -> Response[GrantList]:
    """List the tools that run unasked in a session, because a person has approved them for all of it."""
    return answer(GrantList(grants=await sessions.list_grants(caller.owner, agent_id, session_id)))


@delete("/session/{session_id:str}/grants", operation_id="take_back_grants", responses=raises(SessionNotFound))
async def take_back_grants(
    agent_id: AgentId, session_id: SessionId, sessions: Given[Sessions], caller: Given[Caller]
) -> None:
    """Take back what was approved for all of a session: people are asked again, a turn that runs aside."""
    await sessions.take_back_grants(caller.owner, agent_id, session_id)


def _revision(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    tag = re.fullmatch(r'(?:W/)?"(\d{1,15})"', if_match.strip())
    if tag is None:
        detail = 'If-Match takes the ETag of the session, such as "3", or *'
        raise InvalidRequest(f"{detail}.", errors=[FieldError(pointer="If-Match", detail=detail)])
    return int(tag[1])


def sessions_router() -> Router:
    """The routes of sessions."""
    handlers: list[Any] = [
        create_session,
        fork_session,
        list_sessions,
        get_session,
        update_session,
        delete_session,
        batch_sessions,
        list_grants,
        take_back_grants,
    ]
    return Router("/v1/agents/{agent_id:str}", route_handlers=handlers, tags=["Sessions"])
