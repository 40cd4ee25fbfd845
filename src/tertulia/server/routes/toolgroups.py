"""Toolgroups and their tools: list, get, register MCP servers, accept what has changed, and try a tool."""

import base64
from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter

from tertulia.domain.attachments import FileAttachment
from tertulia.domain.errors import (
    Conflict,
    Forbidden,
    InvalidCursor,
    InvalidRequest,
    Stale,
    ToolgroupNotFound,
    ToolNotFound,
    ToolServerUnavailable,
)
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.domain.toolgroups import ToolgroupInfo, ToolgroupList
from tertulia.domain.tools import ToolOutcome
from tertulia.runtime.tool_calls import ToolCalls
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.server.answers import answer, answer_page
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import LOCATION, Cursor, Given, Limit
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import AcceptToolgroup, CallTool, RegisterToolgroup

ToolgroupPath = Annotated[str, PathParameter(description="The toolgroup's id.")]
ToolPath = Annotated[str, PathParameter(description="The tool's name.")]


@get("/toolgroups", operation_id="list_toolgroups", responses=raises(InvalidCursor, InvalidRequest))
async def list_toolgroups(
    toolgroups: Given[Toolgroups], caller: Given[Caller], limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[ToolgroupList]:
    """List toolgroups: those of this server, then MCP servers, with how they are."""
    page = await toolgroups.list_toolgroups(caller.owner, limit=limit, cursor=cursor)
    return answer_page("toolgroups", page)


@get("/toolgroups/{toolgroup_id:str}", operation_id="get_toolgroup", responses=raises(ToolgroupNotFound))
async def get_toolgroup(
    toolgroup_id: ToolgroupPath, toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> Response[ToolgroupInfo]:
    """Get a toolgroup, with what has changed of it since it was accepted."""
    return answer(await toolgroups.get_toolgroup(caller.owner, toolgroup_id))


@post(
    "/toolgroups",
    operation_id="register_toolgroup",
    response_headers=[LOCATION],
    responses=raises(Forbidden, Conflict, ToolServerUnavailable, has_body=True),
)
async def register_toolgroup(
    data: JSONBody[RegisterToolgroup], toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> Response[ToolgroupInfo]:
    """Register an MCP server, with its tools as they are now.

    Registered again with the same endpoint, it gets other credentials and rules; what it was accepted with stays.
    """
    group = await toolgroups.register(caller.owner, data.server)
    return answer(group, status=201, headers={"location": f"/v1/toolgroups/{group.toolgroup_id}"})


@delete(
    "/toolgroups/{toolgroup_id:str}",
    operation_id="unregister_toolgroup",
    status_code=204,
    responses=raises(ToolgroupNotFound, Conflict),
)
async def unregister_toolgroup(
    toolgroup_id: ToolgroupPath, toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> None:
    """Unregister an MCP server; agents that name it go on without its tools."""
    await toolgroups.unregister(caller.owner, toolgroup_id)


@post(
    "/toolgroups/{toolgroup_id:str}/accept",
    operation_id="accept_toolgroup",
    status_code=200,
    responses=raises(ToolgroupNotFound, Stale, ToolServerUnavailable, has_body=True),
)
async def accept_toolgroup(
    toolgroup_id: ToolgroupPath,
    data: JSONBody[AcceptToolgroup],
    toolgroups: Given[Toolgroups],
    caller: Given[Caller],
) -> Response[ToolgroupInfo]:
    """Accept the tools of an MCP server as they are now."""
    return answer(await toolgroups.accept(caller.owner, toolgroup_id, data.listing))


@post(
    "/tools/{tool_name:str}/call",
    operation_id="call_tool",
    status_code=200,
    responses=raises(ToolNotFound, has_body=True),
)
async def call_tool(
    tool_name: ToolPath, data: JSONBody[CallTool], tool_calls: Given[ToolCalls], caller: Given[Caller]
) -> Response[ToolOutcome]:
    """Call a tool without any agent; that it fails is an answer too."""
    result = await tool_calls.call(caller.owner, tool_name, data.arguments)
    files = [
        FileAttachment(
            name=file.name, type=file.type, content=base64.b64encode(file.data).decode(), size=len(file.data)
        )
        for file in result.files
    ]
    outcome = ToolOutcome(content=result.content, is_error=result.is_error, metadata=result.metadata, files=files)
    return answer(outcome)


def toolgroups_router() -> Router:
    """The routes of toolgroups."""
    handlers: list[Any] = [
        list_toolgroups,
        get_toolgroup,
        register_toolgroup,
        unregister_toolgroup,
        accept_toolgroup,
        call_tool,
    ]
    return Router("/v1", route_handlers=handlers, tags=["Models and tools"])
