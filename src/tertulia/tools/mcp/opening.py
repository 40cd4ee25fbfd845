"""Opens links to MCP servers. The SDK is imported when the first one is connected to, beside the event loop."""

import asyncio
from collections.abc import Callable
from importlib import import_module

from tertulia.domain.toolgroups import McpServer
from tertulia.tools.mcp.base import Connect, ConnectionFailed, McpConnection
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.reach import Reach

OpenLink = Callable[[McpServer, bool], McpLink]
"""Makes the way to a server, which nobody is asked about if it is the operator's."""


def links_within(reach: Reach) -> OpenLink:
    """Return what makes links that reach as far as they may."""

    def open_link(server: McpServer, is_configured: bool) -> McpLink:
        async def connect() -> McpConnection:
            if is_configured:
                guard = None
            elif server.endpoint.uri is not None:
                guard = reach.guard_of(server)
            elif reach.runs_programs:
                guard = None
            else:  # it was registered when that was allowed
                raise ConnectionFailed("It is a program, and TERTULIA_MCP_PROGRAMS does not let those be run any more.")
            by_sdk = await asyncio.to_thread(_load)
            return await by_sdk(server, guard)

        return McpLink(server.toolgroup_id, connect)

    return open_link


def _load() -> Connect:
    # By its name, since an import at the top would bring the SDK, which takes a second, into every start.
    return import_module("tertulia.tools.mcp.connection").connect
