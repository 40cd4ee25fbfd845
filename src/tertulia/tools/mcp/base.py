"""One connection to an MCP server: the role, without the SDK that plays it, which takes a second to import."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from tertulia.domain.agents import ToolDef
from tertulia.domain.toolgroups import McpServer
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.web.guard import WebGuard

Listing = Mapping[str, ToolDef]
"""The tools of a server by the names that it gives them, each as models are told of it."""


class ConnectionFailed(Exception):
    """No connection came about. The message says why, and is for people."""


class CallLost(Exception):
    """The connection was lost while a call ran: nobody knows whether it had its effect."""


class NotBegun(Exception):
    """The server does not know this connection any more, so it has not begun the call: it can be made on a new one."""


class McpConnection(Protocol):
    """A connection that was made. It is lost once, and then never used again."""

    @property
    def is_lost(self) -> bool: ...

    @property
    def listing(self) -> Listing:
        """What the server has now: it is read again when the server says that it has changed."""
        ...

    async def call(self, own_name: str, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Call a tool. Raises CallLost, NotBegun, AnswerNeeded; whatever else goes wrong is an error result."""
        ...

    async def close(self) -> None:
        """End it, and a program that was started for it."""
        ...


Connect = Callable[[McpServer, WebGuard | None], Awaitable[McpConnection]]
"""Makes a connection, past a guard where others chose the address. Raises ConnectionFailed."""
