"""Use cases of toolgroups: the one place that knows all tools, those of this server and those of MCP servers."""

import asyncio
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tertulia.domain.agents import ToolDef, Toolgroup, name_of
from tertulia.domain.errors import Conflict, ToolgroupNotFound, ToolNotFound
from tertulia.domain.paging import Page, decode_cursor, encode_cursor
from tertulia.domain.toolgroups import McpServer, ToolChange, ToolgroupInfo
from tertulia.domain.tools import ToolInfo
from tertulia.runtime.audit import about
from tertulia.runtime.mcp_groups import McpGroup, McpGroups, mark_of
from tertulia.settings.shown import redact
from tertulia.tools.base import Tool
from tertulia.tools.mcp.names import SEPARATOR, prefix_of
from tertulia.tools.mcp.tool import McpTool
from tertulia.tools.toolbox import Toolbox, tool_info, with_settled

BUILTIN = "builtin::"
NOT_READY = "The MCP server has not answered yet."


class Toolgroups:
    """What agents, turns and people do with toolgroups."""

    def __init__(self, toolbox: Toolbox, mcp: McpGroups) -> None:
        self._toolbox = toolbox
        self._mcp = mcp

    # --- tools ---

    async def of(self, owner: str, toolgroups: Sequence[Toolgroup]) -> dict[str, Tool]:
        """Return the tools of some groups by name, `group/tool` being one of them; a group that is not there has none.

        What has arguments of its own is called with those. A tool of this server keeps its name, whatever others have.
        """
        found = self._toolbox.of(toolgroups)
        others = [each for each in toolgroups if not self._is_ours(name_of(each))]
        for toolgroup, tools in zip(others, await self._of_servers(owner, others), strict=True):
            args = {} if isinstance(toolgroup, str) else toolgroup.args
            for tool in tools:
                found.setdefault(tool.definition.name, with_settled(tool, args))
        return found

    def _is_ours(self, name: str) -> bool:
        return name in self._toolbox.toolgroups or name.partition("/")[0] in self._toolbox.toolgroups

    async def _of_servers(self, owner: str, toolgroups: Sequence[Toolgroup]) -> list[list[McpTool]]:
        return await asyncio.gather(*(self._of_server(owner, name_of(each)) for each in toolgroups))

    async def _of_server(self, owner: str, name: str) -> list[McpTool]:
        toolgroup_id, _, tool_name = name.partition("/")
        group = await self._mcp.look_at(owner, toolgroup_id)
        tools = group.tools() if group else []
        return [tool for tool in tools if not tool_name or tool_name in (tool.own_name, tool.definition.name)]

    async def get(self, owner: str, tool_name: str) -> Tool:
        """Return a tool by its name. Raises ToolNotFound."""
        prefix, separator, _ = tool_name.partition(SEPARATOR)
        if separator and tool_name not in self._toolbox.names:
            for toolgroup_id in await self._mcp.ids(owner):
                if prefix_of(toolgroup_id) == prefix:
                    tools = await self._of_server(owner, toolgroup_id)
                    return _named(tool_name, tools)
        return self._toolbox.get(tool_name)

    async def name_of(self, owner: str, said: str) -> str:
        """Return the name of a tool that may be said as its MCP server does, if no other is said so."""
        if said in self._toolbox.names or SEPARATOR in said:
            return said
        names = [info.name for info in await self.list_tools(owner) if info.own_name == said]
        return names[0] if len(names) == 1 else said

    async def list_tools(self, owner: str) -> list[ToolInfo]:
        """Return all tools that an owner's agents can be given."""
        return [*self._toolbox.list_tools(), *(info for group in await self._mcp.all(owner) for info in _infos(group))]

    async def tools_in(self, owner: str, name: str) -> list[ToolInfo]:
        """Return the tools of a group, or one of them as `group/tool`. Raises ToolgroupNotFound."""
        if not self._is_ours(name):
            group = await self._group(owner, name.partition("/")[0])
            chosen = {tool.definition.name for tool in await self._of_server(owner, name)}
            return [info for info in _infos(group) if info.name in chosen]
        return [
            info for info in self._toolbox.list_tools() if name in (info.toolgroup, f"{info.toolgroup}/{info.name}")
        ]

    # --- toolgroups ---

    async def list_toolgroups(self, owner: str, *, limit: int, cursor: str | None = None) -> Page[ToolgroupInfo]:
        """A page of groups: those of this server, then those of MCP servers by name. Raises InvalidCursor."""
        ours = [(0, f"{place:04}", name) for place, name in enumerate(self._toolbox.toolgroups)]
        rows = [*ours, *((1, name, name) for name in await self._mcp.ids(owner))]
        if cursor is not None:
            after = tuple(decode_cursor(cursor, int, str))
            rows = [row for row in rows if row[:2] > after]
        items = await asyncio.gather(*(self.get_toolgroup(owner, name) for _, _, name in rows[:limit]))
        return Page(items=items, next_cursor=encode_cursor(*rows[limit - 1][:2]) if len(rows) > limit else None)

    async def get_toolgroup(self, owner: str, toolgroup_id: str) -> ToolgroupInfo:
        """Raises ToolgroupNotFound."""
        tools = [tool for tool in self._toolbox.list_tools() if tool.toolgroup == toolgroup_id]
        if tools:
            provider = "builtin" if toolgroup_id.startswith(BUILTIN) else "functions"
            return ToolgroupInfo(toolgroup_id=toolgroup_id, provider=provider, tools=len(tools), is_configured=True)
        return _info(await self._group(owner, toolgroup_id))

    async def _group(self, owner: str, toolgroup_id: str) -> McpGroup:
        group = await self._mcp.look_at(owner, toolgroup_id)
        if group is None:
            names = ", ".join([*self._toolbox.toolgroups, *await self._mcp.ids(owner)])
            raise ToolgroupNotFound(f"There is no toolgroup {toolgroup_id[:200]!r}. Toolgroups: {names or 'none'}.")
        return group

    async def register(self, owner: str, server: McpServer) -> ToolgroupInfo:
        """Keep an MCP server, with its tools as they are now.

        Raises Conflict, InvalidRequest, Forbidden, ToolServerUnavailable.
        """
        if server.toolgroup_id in self._toolbox.toolgroups or server.toolgroup_id.startswith(BUILTIN):
            raise Conflict(f"The toolgroup {server.toolgroup_id} is this server's own. Choose another name.")
        about(toolgroup_id=server.toolgroup_id)
        return _info(await self._mcp.register(owner, server))

    async def ensure(self, owner: str, server: McpServer) -> None:
        """Keep an MCP server unless it is there already, whatever its credentials and rules are.

        Raises what `register` raises.
        """
        known = await self._mcp.find(owner, server.toolgroup_id)
        if known is None or known.server.endpoint != server.endpoint:
            await self.register(owner, server)

    async def unregister(self, owner: str, toolgroup_id: str) -> None:
        """Raises ToolgroupNotFound, Conflict."""
        if toolgroup_id in self._toolbox.toolgroups:
            raise Conflict(
                f"The toolgroup {toolgroup_id} is built in and stays. An agent has only those that it names."
            )
        await self._mcp.unregister(owner, toolgroup_id)

    async def accept(self, owner: str, toolgroup_id: str, listing: str | None = None) -> ToolgroupInfo:
        """Pin a group's tools as they are now, if that is what `listing` stands for.

        Raises ToolgroupNotFound, ToolServerUnavailable, Stale.
        """
        if toolgroup_id in self._toolbox.toolgroups:
            return await self.get_toolgroup(owner, toolgroup_id)
        return _info(await self._mcp.accept(owner, toolgroup_id, listing))

    async def ask(self, server: McpServer) -> list[ToolDef]:
        """Return the tools of a server that nobody has registered.

        Raises InvalidRequest, Forbidden, ToolServerUnavailable.
        """
        return [replace(definition, name=own_name) for own_name, definition in (await self._mcp.ask(server)).items()]

    async def close(self) -> None:
        """Let go of all MCP servers."""
        await self._mcp.close()


def _named(tool_name: str, tools: Sequence[McpTool]) -> McpTool:
    for tool in tools:
        if tool.definition.name == tool_name:
            return tool
    raise ToolNotFound(f"There is no tool {tool_name[:200]!r}. GET /v1/tools lists what is there.")


def _infos(group: McpGroup) -> Iterator[ToolInfo]:
    for tool in group.tools():
        yield replace(tool_info(tool), own_name=tool.own_name, is_changed=not tool.is_pinned)


def _info(group: McpGroup) -> ToolgroupInfo:
    endpoint = group.server.endpoint
    changes = list(_changes(group))
    problem = group.link.problem or (NOT_READY if group.link.last_listing is None else None)
    status = "unreachable" if problem else "changed" if changes else "ready"
    return ToolgroupInfo(
        toolgroup_id=group.toolgroup_id,
        provider="mcp",
        mcp_endpoint=replace(endpoint, uri=redact(endpoint.uri) if endpoint.uri else None),
        status=status,
        error=problem,
        tools=len(group.known),
        pinned=not changes and group.pins is not None,
        pinned_at=group.pinned_at,
        approval=group.server.approval,
        is_configured=group.is_configured,
        listing=mark_of(group.known),
        changes=changes,
    )


def _changes(group: McpGroup) -> Iterator[ToolChange]:
    pins, known = group.pins or {}, group.known
    for own_name in dict.fromkeys((*pins, *known)):
        if pins.get(own_name) != known.get(own_name):
            yield ToolChange(name=own_name, pinned=pins.get(own_name), current=known.get(own_name))
