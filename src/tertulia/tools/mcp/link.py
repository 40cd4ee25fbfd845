"""The way to one MCP server, for as long as it is registered: a connection, and a new one once that is lost.

It is made when it is first needed, in a task of its own, so that whoever waits for it may go without ending it. A
server that was there and is lost is tried again at once; one that does not come is tried again after longer and longer.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from tertulia.domain.agents import ToolDef
from tertulia.domain.errors import ToolServerUnavailable
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.tools.mcp.base import CallLost, ConnectionFailed, Listing, McpConnection, NotBegun

log = structlog.get_logger()

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds between tries to reach a server that does not come."""


class McpLink:
    """Reaches one server. `problem` says why it could not be reached last, and is null once it is."""

    def __init__(
        self,
        toolgroup_id: str,
        connect: Callable[[], Awaitable[McpConnection]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._toolgroup_id = toolgroup_id
        self._connect = connect
        self._now = now
        self._connection: McpConnection | None = None
        self._connecting: asyncio.Task[McpConnection | None] | None = None
        self._failures = 0
        self._next_try = 0.0
        self._is_closed = False
        self.problem: str | None = None
        self.last_listing: Listing | None = None
        """What the server had when it could be asked last."""

    async def listing(self) -> Listing:
        """What the server has now. Raises ToolServerUnavailable."""
        self.last_listing = (await self._connected()).listing
        return self.last_listing

    async def call(
        self, own_name: str, expected: ToolDef, arguments: dict[str, Any], context: ToolContext
    ) -> ToolResult:
        """Call a tool that is still as the caller was told; whatever goes wrong is an error result.

        Raises AnswerNeeded when the server asks a person something.
        """
        for _ in range(2):
            try:
                connection = await self._connected()
            except ToolServerUnavailable as error:
                return ToolResult(content=error.message, is_error=True)
            self.last_listing = connection.listing
            if (refusal := _refusal(connection.listing.get(own_name), expected)) is not None:
                return refusal
            try:
                return await connection.call(own_name, arguments, context)
            except NotBegun:
                await self._drop(connection)
            except CallLost:
                return ToolResult(content=self._lost(), is_error=True)
        return ToolResult(content=f"The MCP server {self._toolgroup_id} does not keep its sessions.", is_error=True)

    def _lost(self) -> str:
        return (
            f"The MCP server {self._toolgroup_id} was lost while the tool ran: nobody knows whether it had its effect. "
            "The next call connects to it again."
        )

    async def _connected(self) -> McpConnection:
        if self._connection is not None and not self._connection.is_lost:
            return self._connection
        if self._is_closed:
            raise ToolServerUnavailable(f"The MCP server {self._toolgroup_id} was unregistered, or registered anew.")
        if self._connecting is None:
            if self._now() < self._next_try:
                raise ToolServerUnavailable(f"{self.problem} It is tried again in a moment.")
            self._connecting = asyncio.create_task(self._reconnect(), name=f"mcp-{self._toolgroup_id}")
        connecting = self._connecting
        await asyncio.wait({connecting})  # who gives up waiting does not end it, and its end is not theirs
        if connecting.cancelled():
            raise ToolServerUnavailable(f"The MCP server {self._toolgroup_id} was let go of.")
        connection = connecting.result()
        if connection is None:
            raise ToolServerUnavailable(self.problem)
        return connection

    async def _reconnect(self) -> McpConnection | None:
        try:
            await self._drop(self._connection)
            self._connection = await self._connect()
        except ConnectionFailed as error:
            self.problem = f"The MCP server {self._toolgroup_id} cannot be used: {error}"
            self._next_try = self._now() + min(LONGEST_WAIT, FIRST_WAIT * 2**self._failures)
            self._failures += 1
            log.warning("mcp.unreachable", toolgroup=self._toolgroup_id, failures=self._failures)
            return None
        finally:
            self._connecting = None
        self.problem, self._failures = None, 0
        log.info("mcp.connected", toolgroup=self._toolgroup_id, tools=len(self._connection.listing))
        return self._connection

    async def _drop(self, connection: McpConnection | None) -> None:
        """Let go of a connection, unless that was done: other calls may run on the one in its place."""
        if connection is not None and connection is self._connection:
            self._connection = None
            await connection.close()

    async def close(self) -> None:
        """Let go of the server for good: who still has tools of it calls nobody."""
        self._is_closed = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait({self._connecting})
        await self._drop(self._connection)


def _refusal(current: ToolDef | None, expected: ToolDef) -> ToolResult | None:
    """Say why a tool is not called, if it is not what the model, and who approved the call, were told of."""
    if current is None:
        return ToolResult(content="The MCP server does not have this tool any more.", is_error=True)
    if current != expected:
        return ToolResult(
            content="The MCP server has changed this tool since this turn began, so it was not called. The next turn "
            "is told of the new one.",
            is_error=True,
        )
    return None
