"""Links to sessions: make, list, revoke; and what they show, to whoever has one."""

from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.params import JSONBody, PathParameter

from tertulia.domain.errors import (
    AgentNotFound,
    AgentWithdrawn,
    IdempotencyMismatch,
    InvalidCursor,
    RateLimited,
    SessionBusy,
    SessionNotFound,
    ShareGone,
    ShareNotFound,
    TooLarge,
    TurnNotFound,
)
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.sessions import Session
from tertulia.domain.shares import NewShare, SharedSession, ShareList
from tertulia.runtime.shares import Shares
from tertulia.server.answers import answer, answer_page, answer_session
from tertulia.server.auth import LINK, Caller
from tertulia.server.routes.parameters import ETAG, LOCATION, AgentId, Cursor, Given, IdempotencyKey, Limit, SessionId
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import CreateShare, ForkShared

ShareId = Annotated[str, PathParameter(description="The link's id, which is not its secret.")]
Token = Annotated[str, PathParameter(description="The secret of a link.")]
UNSEEN = {"x-robots-tag": "noindex, nofollow"}
"""No search engine keeps what a link shows; that no other site is told of a link holds for every answer."""
UNSEEN_HEADERS = [
    ResponseHeader(name="X-Robots-Tag", description="Always noindex, nofollow.", documentation_only=True, value="")
]


@post(
    "/v1/agents/{agent_id:str}/session/{session_id:str}/share",
    operation_id="create_share",
    responses=raises(SessionNotFound, TurnNotFound, SessionBusy, has_body=True),
)
async def create_share(
    agent_id: AgentId,
    session_id: SessionId,
    data: JSONBody[CreateShare],
    shares: Given[Shares],
    caller: Given[Caller],
) -> Response[NewShare]:
    """Make a link by which anybody can read a session.

    It shows the active branch as it is now, with `turn_id` the branch up to that turn, or with `live` the active one as
    it is whenever it is read. It shows what was said, with `include` "steps" also what the agent did, with "raw" also
    what models thought, which they were and what they cost. Instructions are never shown. The `token` is shown only
    here.
    """
    has_name = data.signed and caller.via != "local"
    share = await shares.create(
        caller.owner,
        agent_id,
        session_id,
        include=data.include,
        live=data.live,
        turn_id=data.turn_id,
        shared_by=caller.name if has_name and caller.name else None,
        expires_at=data.expires_at,
    )
    return answer(share, status=201)


@get(
    "/v1/agents/{agent_id:str}/session/{session_id:str}/shares",
    operation_id="list_session_shares",
    responses=raises(SessionNotFound, InvalidCursor),
)
async def list_session_shares(
    agent_id: AgentId,
    session_id: SessionId,
    shares: Given[Shares],
    caller: Given[Caller],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[ShareList]:
    """List the links to a session, newest first."""
    place = (agent_id, session_id)
    page = await shares.list_shares(caller.owner, place=place, limit=limit, cursor=cursor or None)
    return answer_page("shares", page)


@get("/v1/shares", operation_id="list_shares", responses=raises(InvalidCursor))
async def list_shares(
    shares: Given[Shares], caller: Given[Caller], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[ShareList]:
    """List your links to all sessions, newest first."""
    return answer_page("shares", await shares.list_shares(caller.owner, limit=limit, cursor=cursor or None))


@delete(
    "/v1/agents/{agent_id:str}/session/{session_id:str}/share/{share_id:str}",
    operation_id="revoke_share",
    responses=raises(SessionNotFound, ShareNotFound),
)
async def revoke_share(
    agent_id: AgentId, session_id: SessionId, share_id: ShareId, shares: Given[Shares], caller: Given[Caller]
) -> None:
    """Revoke a link: it shows nothing any more. It stays in the list."""
    await shares.revoke(caller.owner, agent_id, session_id, share_id)


@get(
    "/v1/shared/{token:str}",
    operation_id="get_shared",
    opt=LINK,
    response_headers=UNSEEN_HEADERS,
    responses=raises(ShareNotFound, ShareGone, InvalidCursor, RateLimited, is_open=True),
)
async def get_shared(
    token: Token, shares: Given[Shares], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[SharedSession]:
    """Read by a link. The link is all that it takes."""
    return answer(await shares.read(token, limit=limit, cursor=cursor or None), headers=UNSEEN)


@post(
    "/v1/shared/{token:str}/fork",
    operation_id="fork_shared",
    response_headers=[LOCATION, ETAG],
    responses=raises(
        AgentNotFound, AgentWithdrawn, ShareNotFound, ShareGone, TooLarge, IdempotencyMismatch, has_body=True
    ),
)
async def fork_shared(
    token: Token,
    data: JSONBody[ForkShared],
    shares: Given[Shares],
    caller: Given[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Response[Session]:
    """Go on in a session of your own from what a link shows.

    It begins with what was said, without steps and with no more of files than their names, and it stays when the link
    is revoked.
    """
    session = await shares.fork(caller.owner, data.agent_id, token, key=idempotency_key)
    return answer_session(session, status=201, location=f"/v1/agents/{data.agent_id}/session/{session.session_id}")


def shares_router() -> Router:
    """The routes of links."""
    handlers: list[Any] = [create_share, list_session_shares, list_shares, revoke_share, get_shared, fork_shared]
    return Router("/", route_handlers=handlers, tags=["Shares"])
