"""Search: turns by what was said in them, sessions by their names; of all agents, or of one."""

from typing import Annotated, Any, Literal

from litestar import Response, Router, get
from litestar.params import QueryParameter
from msgspec.structs import replace

from tertulia.domain.errors import AgentNotFound, InvalidCursor, InvalidRequest
from tertulia.domain.lists import HitList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.search import SearchFilter, parse_query
from tertulia.runtime.search import Search
from tertulia.server.answers import answer_page
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import AgentId, Cursor, Given, Limit, Since, Until, given_time
from tertulia.server.routes.problems import raises

Either = Literal["true", "false", "any"]
EITHER: dict[Either, bool | None] = {"true": True, "false": False, "any": None}
LONGEST_QUERY = 500

Words = Annotated[
    str,
    QueryParameter(
        name="q",
        description='Words that must all be there, "words in a row", the beginning of a word*, -what must not be there,'
        " has:file.",
        max_length=LONGEST_QUERY,
    ),
]
Archived = Annotated[Either, QueryParameter(description="In archived sessions: only, not, or either.")]
Pinned = Annotated[Either, QueryParameter(description="In pinned sessions: only, not, or either.")]
HasFile = Annotated[Either, QueryParameter(description="Turns with files: only, not, or either.")]
InSession = Annotated[str | None, QueryParameter(name="session_id", description="In this session only.")]


@get("/search", operation_id="search", responses=raises(InvalidRequest, InvalidCursor))
async def search_all(
    search: Given[Search],
    caller: Given[Caller],
    q: Words = "",
    session_id: InSession = None,
    archived: Archived = "false",
    pinned: Pinned = "any",
    has_file: HasFile = "any",
    since: Since = None,
    until: Until = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[HitList]:
    """Search the sessions of all agents: names first, then turns, the newest first."""
    which = replace(_filter(q, (archived, pinned, has_file), since=since, until=until), session_id=session_id)
    return answer_page("hits", await search.find(caller.owner, which, limit=limit, cursor=cursor))


@get(
    "/agents/{agent_id:str}/search",
    operation_id="search_agent",
    responses=raises(AgentNotFound, InvalidRequest, InvalidCursor),
)
async def search_agent(
    agent_id: AgentId,
    search: Given[Search],
    caller: Given[Caller],
    q: Words = "",
    session_id: InSession = None,
    archived: Archived = "false",
    pinned: Pinned = "any",
    has_file: HasFile = "any",
    since: Since = None,
    until: Until = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[HitList]:
    """Search an agent's sessions: names first, then turns, the newest first."""
    which = _filter(q, (archived, pinned, has_file), since=since, until=until)
    which = replace(which, agent_id=agent_id, session_id=session_id)
    return answer_page("hits", await search.find(caller.owner, which, limit=limit, cursor=cursor))


def _filter(q: str, either: tuple[Either, Either, Either], *, since: str | None, until: str | None) -> SearchFilter:
    archived, pinned, has_file = (EITHER[each] for each in either)
    query = parse_query(q)
    if has_file is not None:
        query = replace(query, has_file=has_file)
    return SearchFilter(
        query=query,
        archived=archived,
        pinned=pinned,
        since=given_time(since, "since"),
        until=given_time(until, "until"),
    )


def search_router() -> Router:
    """The routes of the search."""
    handlers: list[Any] = [search_all, search_agent]
    return Router("/v1", route_handlers=handlers, tags=["Sessions"])
