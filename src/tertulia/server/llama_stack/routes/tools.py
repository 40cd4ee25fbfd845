"""Toolgroups and tools: list and get; and the tool runtime, which runs one without any agent."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.errors import Forbidden
from tertulia.domain.paging import MAX_LIMIT
from tertulia.domain.tools import ToolInfo
from tertulia.runtime.tool_calls import ToolCalls
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.server.answers import answer
from tertulia.server.auth import Caller, refuse_without
from tertulia.server.routes.parameters import Given
from tertulia.server.wire.llama_stack.registry import (
    MCP,
    RegisterToolgroup,
    endpoint_of,
    missing_endpoint,
    server_of,
    written_tool_def,
    written_tool_info,
    written_toolgroup,
)
from tertulia.tools.toolbox import tool_info

ToolgroupId = Annotated[str, PathParameter(description="The group's name.")]
ToolName = Annotated[str, PathParameter(description="The tool's name.")]
OfGroup = Annotated[str | None, QueryParameter(description="A toolgroup, or one tool of it as group/tool.")]
Endpoint = Annotated[str | None, QueryParameter(description="A server of the Model Context Protocol.")]

UNREGISTERED = "unregistered"


class Invoke(Value):
    """A tool to run."""

    tool_name: str
    kwargs: dict[str, Any] = field(default_factory=dict[str, Any])


# --- toolgroups ---


@get("/toolgroups")
async def list_toolgroups(toolgroups: Given[Toolgroups], caller: Given[Caller]) -> Response[Any]:
    """List the groups of tools."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = await toolgroups.list_toolgroups(caller.owner, limit=MAX_LIMIT, cursor=cursor)
        found += map(written_toolgroup, page.items)
        cursor = page.next_cursor
        if cursor is None:
            return answer({"data": found})


@get("/toolgroups/{toolgroup_id:path}")
async def get_toolgroup(
    toolgroup_id: ToolgroupId, toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> Response[Any]:
    """Get a group of tools."""
    return answer(written_toolgroup(await toolgroups.get_toolgroup(caller.owner, toolgroup_id.removeprefix("/"))))


@post("/toolgroups", status_code=200)
async def register_toolgroup(
    data: JSONBody[RegisterToolgroup], toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> Response[Any]:
    """Register an MCP server; what is there already stays as it is, for scripts that register it each time."""
    if data.mcp_endpoint is not None:
        await toolgroups.ensure(caller.owner, server_of(data.toolgroup_id, data.mcp_endpoint))
    elif data.provider_id.rpartition("::")[2] == MCP:
        raise missing_endpoint()
    else:
        await toolgroups.get_toolgroup(caller.owner, data.toolgroup_id)
    return answer(None)


@delete("/toolgroups/{toolgroup_id:path}", status_code=204)
async def unregister_toolgroup(toolgroup_id: ToolgroupId, toolgroups: Given[Toolgroups], caller: Given[Caller]) -> None:
    """Unregister an MCP server; what is this server's own stays."""
    await toolgroups.unregister(caller.owner, toolgroup_id.removeprefix("/"))


# --- tools ---


@get("/tools")
async def list_tools(
    toolgroups: Given[Toolgroups], caller: Given[Caller], toolgroup_id: OfGroup = None
) -> Response[Any]:
    """List tools: all, or those of a group."""
    return answer({"data": [written_tool_info(tool) for tool in await _tools_of(toolgroups, caller, toolgroup_id)]})


@get("/tools/{tool_name:path}")
async def get_tool(tool_name: ToolName, toolgroups: Given[Toolgroups], caller: Given[Caller]) -> Response[Any]:
    """Get a tool."""
    tool = await toolgroups.get(caller.owner, tool_name.removeprefix("/"))
    return answer(written_tool_info(tool_info(tool)))


@get("/tool-runtime/list-tools")
async def list_runtime_tools(
    request: Request[Any, Any, Any],
    toolgroups: Given[Toolgroups],
    caller: Given[Caller],
    tool_group_id: OfGroup = None,
    mcp_endpoint: Endpoint = None,
) -> Response[Any]:
    """List tools as models are told of them; those of an MCP server that nobody has registered by their own names.

    To have one asked takes the right to register it.
    """
    endpoint = endpoint_of(mcp_endpoint, request.query_params)
    if endpoint is not None:
        refuse_without(caller, "write")
        _refuse_other_sites(request)
        asked = await toolgroups.ask(server_of(UNREGISTERED, endpoint))
        return answer({"data": [written_tool_def(tool) for tool in asked]})
    return answer({"data": [written_tool_def(tool) for tool in await _tools_of(toolgroups, caller, tool_group_id)]})


def _refuse_other_sites(request: Request[Any, Any, Any]) -> None:
    """Raise Forbidden when a page of another site has a browser ask, by an image or a link: those say no Origin.

    What is asked for has the server reach out, to this machine too, though it is a GET.
    """
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} and "origin" not in request.headers:
        raise Forbidden("Pages of other sites may not have this server ask an MCP server.")


async def _tools_of(toolgroups: Toolgroups, caller: Caller, group: str | None) -> list[ToolInfo]:
    if group is None:
        return await toolgroups.list_tools(caller.owner)
    return await toolgroups.tools_in(caller.owner, group)


@post("/tool-runtime/invoke", status_code=200)
async def invoke_tool(
    data: JSONBody[Invoke], tool_calls: Given[ToolCalls], toolgroups: Given[Toolgroups], caller: Given[Caller]
) -> Response[Any]:
    """Run a tool; that it fails is an answer too."""
    name = await toolgroups.name_of(caller.owner, data.tool_name)
    result = await tool_calls.call(caller.owner, name, data.kwargs)
    return answer(
        {
            "content": result.content,
            "error_message": result.content if result.is_error else None,
            "error_code": 1 if result.is_error else None,
            "metadata": result.metadata or None,
        }
    )


def tools_router() -> Router:
    """The routes of tools."""
    handlers: list[Any] = [
        list_toolgroups,
        get_toolgroup,
        register_toolgroup,
        unregister_toolgroup,
        list_tools,
        get_tool,
        list_runtime_tools,
        invoke_tool,
    ]
    return Router("/v1", route_handlers=handlers)
