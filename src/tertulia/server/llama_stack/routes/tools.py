"""Toolgroups and tools: list and get; and the tool runtime, which runs one without any agent."""

from typing import Annotated, Any

from litestar import Response, Router, delete, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.errors import Conflict, NotOffered, ToolgroupNotFound, ToolNotFound
from tertulia.runtime.tool_calls import ToolCalls
from tertulia.server.answers import answer
from tertulia.server.auth import Caller
from tertulia.server.routes.parameters import Given
from tertulia.server.wire.llama_stack.registry import (
    RegisterToolgroup,
    written_tool_def,
    written_tool_info,
    written_toolgroup,
)
from tertulia.tools.toolbox import Toolbox, ToolInfo

ToolgroupId = Annotated[str, PathParameter(description="The group's name.")]
ToolName = Annotated[str, PathParameter(description="The tool's name.")]
OfGroup = Annotated[str | None, QueryParameter(description="A toolgroup, or one tool of it as group/tool.")]
Endpoint = Annotated[str | None, QueryParameter(description="A server of the Model Context Protocol.")]

MCP = "model-context-protocol"
NO_MCP = "This version cannot use servers of the Model Context Protocol yet: its toolgroups are the builtin ones."


class Invoke(Value):
    """A tool to run."""

    tool_name: str
    kwargs: dict[str, Any] = field(default_factory=dict[str, Any])


# --- toolgroups ---


@get("/toolgroups")
async def list_toolgroups(toolbox: Given[Toolbox]) -> Response[Any]:
    """List the groups of tools."""
    return answer({"data": [written_toolgroup(name) for name in toolbox.toolgroups]})


@get("/toolgroups/{toolgroup_id:path}")
async def get_toolgroup(toolgroup_id: ToolgroupId, toolbox: Given[Toolbox]) -> Response[Any]:
    """Get a group of tools."""
    name = toolgroup_id.removeprefix("/")
    _check_group(toolbox, name)
    return answer(written_toolgroup(name))


@post("/toolgroups", status_code=200)
async def register_toolgroup(data: JSONBody[RegisterToolgroup], toolbox: Given[Toolbox]) -> Response[Any]:
    """Find a builtin group registered already, as scripts do that register it each time they run."""
    if data.mcp_endpoint is not None or data.provider_id.rpartition("::")[2] == MCP:
        raise NotOffered(NO_MCP)
    _check_group(toolbox, data.toolgroup_id)
    return answer(None)


@delete("/toolgroups/{toolgroup_id:path}", status_code=200)
async def unregister_toolgroup(toolgroup_id: ToolgroupId, toolbox: Given[Toolbox]) -> None:
    """Say that builtin groups stay."""
    name = toolgroup_id.removeprefix("/")
    _check_group(toolbox, name)
    raise Conflict(f"The toolgroup {name} is built in and stays. An agent has only those that its config names.")


def _check_group(toolbox: Toolbox, name: str) -> None:
    if name not in toolbox.toolgroups:
        raise ToolgroupNotFound(f"There is no toolgroup {name[:200]!r}. Toolgroups: {', '.join(toolbox.toolgroups)}.")


# --- tools ---


@get("/tools")
async def list_tools(toolbox: Given[Toolbox], toolgroup_id: OfGroup = None) -> Response[Any]:
    """List tools: all, or those of a group."""
    return answer({"data": [written_tool_info(tool) for tool in _tools_of(toolbox, toolgroup_id)]})


@get("/tools/{tool_name:path}")
async def get_tool(tool_name: ToolName, toolbox: Given[Toolbox]) -> Response[Any]:
    """Get a tool."""
    name = tool_name.removeprefix("/")
    for tool in toolbox.list_tools():
        if tool.name == name:
            return answer(written_tool_info(tool))
    raise ToolNotFound(f"There is no tool {name[:200]!r}. GET /v1/tools lists what is there.")


@get("/tool-runtime/list-tools")
async def list_runtime_tools(
    toolbox: Given[Toolbox], tool_group_id: OfGroup = None, mcp_endpoint: Endpoint = None
) -> Response[Any]:
    """List tools as models are told of them."""
    if mcp_endpoint is not None:
        raise NotOffered(NO_MCP)
    return answer({"data": [written_tool_def(tool) for tool in _tools_of(toolbox, tool_group_id)]})


def _tools_of(toolbox: Toolbox, group: str | None) -> list[ToolInfo]:
    if group is None:
        return toolbox.list_tools()
    found = [tool for tool in toolbox.list_tools() if group in (tool.toolgroup, f"{tool.toolgroup}/{tool.name}")]
    if not found:
        _check_group(toolbox, group)
    return found


@post("/tool-runtime/invoke", status_code=200)
async def invoke_tool(data: JSONBody[Invoke], tool_calls: Given[ToolCalls], caller: Given[Caller]) -> Response[Any]:
    """Run a tool; that it fails is an answer too."""
    result = await tool_calls.call(caller.owner, data.tool_name, data.kwargs)
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
