"""Out and in: one session as JSON or Markdown, one that was exported, and all that a caller has."""

from typing import Annotated, Any, Literal

from litestar import Response, Router, get, post
from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter

from tertulia.domain.errors import (
    AgentNotFound,
    AgentWithdrawn,
    Conflict,
    InvalidRequest,
    SessionNotFound,
    StorageFull,
    TooLarge,
)
from tertulia.domain.exports import SessionExport
from tertulia.domain.files import clean_name
from tertulia.domain.sessions import Session
from tertulia.runtime.archiving import Archives
from tertulia.runtime.exporting import Exports
from tertulia.runtime.imports import Imports
from tertulia.server.answers import answer_session
from tertulia.server.auth import Caller
from tertulia.server.downloads import answer_download
from tertulia.server.limits import StreamPlace
from tertulia.server.routes.parameters import ETAG, LOCATION, AgentId, Given, SessionId
from tertulia.server.routes.problems import raises

DISPOSITION = ResponseHeader(
    "Content-Disposition", documentation_only=True, description="The name to save it under.", value=""
)
HERE = ResponseSpec(Session, generate_examples=False, description="It was brought in before.")


@get(
    "/session/{session_id:str}/export",
    operation_id="export_session",
    response_headers=[DISPOSITION],
    responses=raises(SessionNotFound, InvalidRequest),
)
async def export_session(
    agent_id: AgentId,
    session_id: SessionId,
    exports: Given[Exports],
    caller: Given[Caller],
    stream_place: Given[StreamPlace],
    as_what: Annotated[
        Literal["json", "markdown"],
        QueryParameter(name="format", description="JSON has everything; Markdown is for people."),
    ] = "json",
) -> Response[SessionExport]:
    """Take a session out, to be saved: with its turns, their logs and its files, or as Markdown.

    JSON has the instructions of the agent, too: look before you pass it on. Markdown has none.
    """
    await stream_place.take()
    exporting = await exports.session(caller.owner, agent_id, session_id)
    if as_what == "markdown":
        return answer_download(
            exporting.markdown(), clean_name(f"{exporting.name}.md"), kind="text/markdown; charset=utf-8"
        )
    return answer_download(exporting.json(), clean_name(f"{exporting.name}.json"), kind="application/json")


@post(
    "/sessions/import",
    operation_id="import_session",
    response_headers=[LOCATION, ETAG],
    responses=raises(AgentNotFound, AgentWithdrawn, Conflict, TooLarge, StorageFull, has_body=True) | {200: HERE},
)
async def import_session(
    agent_id: AgentId, data: JSONBody[SessionExport], imports: Given[Imports], caller: Given[Caller]
) -> Response[Session]:
    """Bring in a session that was exported as JSON: the whole of it or nothing.

    It keeps its ids if they are free; else it comes as a copy. What was brought in before is found (200).
    """
    session, is_new = await imports.bring(caller.owner, agent_id, data)
    location = f"/v1/agents/{agent_id}/session/{session.session_id}"
    return answer_session(session, status=201 if is_new else 200, location=location)


@get("/", operation_id="export_account", response_headers=[DISPOSITION], responses=raises())
async def export_account(
    archives: Given[Archives], caller: Given[Caller], stream_place: Given[StreamPlace]
) -> Response[bytes]:
    """Take out everything that is yours, as one archive (`.tar.gz`): agents, sessions and files."""
    await stream_place.take()
    return answer_download(archives.pieces(caller.owner), "tertulia.tar.gz", kind="application/gzip")


def exports_router() -> Router:
    """The routes of one session's exports."""
    handlers: list[Any] = [export_session, import_session]
    return Router("/v1/agents/{agent_id:str}", route_handlers=handlers, tags=["Sessions"])


def account_router() -> Router:
    """The routes of all that a caller has."""
    return Router("/v1/export", route_handlers=[export_account], tags=["Server"])
