"""Opens links to MCP servers. The SDK is imported when the first one is connected to, beside the event loop."""

import asyncio
from collections.abc import Callable
from importlib import import_module

from tertulia.domain.toolgroups import McpServer
from tertulia.tools.mcp.base import Connect, McpConnection
from tertulia.tools.mcp.link import McpLink
from tertulia.tools.mcp.reach import Reach

OpenLink = Callable[[McpServer, bool], McpLink]
"""Makes the way to a server, which nobody is asked about if it is the operator's."""


def links_within(reach: Reach) -> OpenLink:
    """Return what makes links that reach as far as they may."""

    def open_link(server: McpServer, is_configured: bool) -> McpLink:
        async def connect() -> McpConnection:
            by_sdk = await asyncio.to_thread(_load)
            guarded = server.endpoint.uri is not None and not is_configured
            return await by_sdk(server, reach.guard_of(server) if guarded else None)

        return McpLink(server.toolgroup_id, connect)

    return open_link


def _load() -> Connect:
    # By its name, since an import at the top would bring the SDK, which takes a second, into every start.
    return import_module("tertulia.tools.mcp.connection").connect
