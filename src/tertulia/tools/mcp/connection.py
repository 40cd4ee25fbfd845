"""A connection to an MCP server by the official SDK. Imported when the first one is made: the SDK takes a second.

The connection lives in a task of its own, from its first byte to its last, and so do all the SDK's cancel scopes; calls
run in the tasks of their callers. A call that is given up is cancelled on the server, too.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import mcp_types as types
import msgspec
import structlog
from mcp.client._transport import TransportStreams  # the only name that this type has
from mcp.client.client import Client
from mcp.client.session import ClientRequestContext, IncomingMessage
from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from tertulia import __version__
from tertulia.domain.toolgroups import McpServer
from tertulia.tools.base import AnswerNeeded, ToolContext, ToolResult
from tertulia.tools.mcp.base import CallLost, ConnectionFailed, Listing, NotBegun
from tertulia.tools.mcp.content import result_of
from tertulia.tools.mcp.http import GuardedTransport, http_streams
from tertulia.tools.mcp.listing import read_listing
from tertulia.tools.mcp.questions import CALL, RunningCall
from tertulia.tools.mcp.redaction import Redaction
from tertulia.tools.mcp.stderr import StandardError
from tertulia.tools.mcp.stdio import stdio_streams
from tertulia.tools.mcp.watched import Watched
from tertulia.tools.web.guard import WebGuard

log = structlog.get_logger()

CONNECT_SECONDS = 30
CLOSE_SECONDS = 8
CANCEL_SECONDS = 6
LAST_WORDS_SECONDS = 1
LISTEN_AGAIN_SECONDS = 5.0
READ_AGAIN_SECONDS = 300.0
"""How old the list of tools may be: not every server tells that it has changed."""
CLIENT_INFO = types.Implementation(name="tertulia", version=__version__)
PUT_TO_A_PERSON = types.ErrorData(
    code=types.INVALID_REQUEST, message="A person is asked. The call is made again with the answer."
)
NOT_TOLD_APART = (
    "The MCP server asked something while several of its calls ran, and did not say for which. From now on its calls "
    "run one after the other: call again."
)


async def connect(server: McpServer, guard: WebGuard | None, *, read_again: float = READ_AGAIN_SECONDS) -> "Connection":
    """Connect to a server, at its URL or as a program. Raises ConnectionFailed."""
    redaction = Redaction(server.secrets)
    if server.endpoint.uri is None:
        stderr = StandardError(server.toolgroup_id, redaction)
        connection = Connection(
            server,
            redaction,
            stdio_streams(server, stderr),
            lambda: stderr.last and f"Its program said last: {stderr.last}",
        )
    else:
        transport = GuardedTransport(guard)
        connection = Connection(server, redaction, http_streams(server, transport), lambda: _http_problem(transport))
    await connection.open(read_again)
    return connection


def _http_problem(transport: GuardedTransport) -> str:
    match transport.refused_with:
        case None:
            return ""
        case 401 | 403 as status:
            return f"It answered {status}: its authorization is missing or wrong."
        case status:
            return f"It answered {status}."


class Connection:
    """One connection, which is lost once. `explain` says what the transport knows of why."""

    def __init__(
        self,
        server: McpServer,
        redaction: Redaction,
        streams: AbstractAsyncContextManager[TransportStreams],
        explain: Callable[[], str],
    ) -> None:
        self._toolgroup_id = server.toolgroup_id
        self._redaction = redaction
        self._explain = explain
        self._client = Client(
            Watched(streams, self._lose),
            elicitation_callback=self._on_question,
            message_handler=self._on_message,
            client_info=CLIENT_INFO,
            cache=None,
        )
        self._lost = asyncio.Event()
        self._bell = asyncio.Event()
        self._has_changed = False
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        self._calls: list[RunningCall] = []
        self._one_by_one: asyncio.Lock | None = None
        self.listing: Listing = {}

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    def _lose(self) -> None:
        self._lost.set()
        self._bell.set()

    # --- its life ---

    async def open(self, read_again: float) -> None:
        """Make it, and read the tools after so many seconds again. Raises ConnectionFailed."""
        self._task = asyncio.create_task(self._live(read_again), name=f"mcp-connection-{self._toolgroup_id}")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await _first(self._ready.wait(), self._lost.wait())
        except TimeoutError:
            await self.close()
            raise ConnectionFailed(f"It did not answer within {CONNECT_SECONDS} s.") from None
        except asyncio.CancelledError:
            await self.close()
            raise
        if not self._ready.is_set():
            await self.close()
            raise ConnectionFailed(self._why())

    def _why(self) -> str:
        failure = f"{_words(self._failure).rstrip('.')}." if self._failure else "It ended the connection."
        return self._redaction.text(f"{failure} {self._explain()}".strip())[:500]

    async def _live(self, read_again: float) -> None:
        try:
            async with self._client as client:
                self.listing = await read_listing(client, self._toolgroup_id, self._redaction)
                self._ready.set()
                await self._follow(client, read_again)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the connection is lost
            self._failure = error
        finally:
            self._lose()

    async def _follow(self, client: Client, read_again: float) -> None:
        """Read the tools again whenever the server says that they have changed, and now and then."""
        listening = asyncio.create_task(self._listen(client))
        try:
            while not self.is_lost:
                try:
                    async with asyncio.timeout(read_again):
                        await self._bell.wait()
                except TimeoutError:
                    self._has_changed = True  # perhaps
                self._bell.clear()
                if self._has_changed:
                    self._has_changed = False
                    await self._read_again(client)
        finally:
            listening.cancel()
            await asyncio.wait({listening}, timeout=CANCEL_SECONDS)

    async def _read_again(self, client: Client) -> None:
        before, self.listing = self.listing, await read_listing(client, self._toolgroup_id, self._redaction)
        if self.listing != before:
            log.info("mcp.tools_changed", toolgroup=self._toolgroup_id, tools=len(self.listing))

    async def _listen(self, client: Client) -> None:
        """Since 2026 a server tells of changes only to those who listen."""
        if client.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            return
        while not self.is_lost:
            try:
                async with client.listen(tools_list_changed=True) as changes:
                    async for _ in changes:
                        self._change()
            except (ListenNotSupportedError, MCPError):
                return
            except SubscriptionLost:
                pass
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)
            self._change()  # what was missed meanwhile

    async def _on_message(self, message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._change()

    def _change(self) -> None:
        self._has_changed = True
        self._bell.set()

    async def close(self) -> None:
        """End it, and a program that was started for it."""
        self._lose()
        if self._task is None:
            return
        if not self._ready.is_set():
            self._task.cancel()
        _, late = await asyncio.wait({self._task}, timeout=CLOSE_SECONDS)
        if late:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=CANCEL_SECONDS)

    # --- calls ---

    async def call(self, own_name: str, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        """Call a tool. Raises CallLost, NotBegun, AnswerNeeded; whatever else goes wrong is an error result."""
        try:
            msgspec.json.encode(arguments)
        except (UnicodeEncodeError, msgspec.MsgspecError):  # it would end the connection, and all calls on it
            return ToolResult(content="The arguments are not valid Unicode. Call again without that.", is_error=True)
        async with self._one_by_one or contextlib.nullcontext():
            call = RunningCall(context, self._redaction)
            self._calls.append(call)
            try:
                return result_of(await self._run(call, own_name, arguments), self._redaction)
            except MCPError as error:
                return self._refused(call, error)
            except (CallLost, NotBegun, AnswerNeeded):
                raise
            except Exception as error:  # noqa: BLE001 - what the SDK does not let pass is an answer, too
                return self._error(_words(error))
            finally:
                self._calls.remove(call)

    async def _run(self, call: RunningCall, own_name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """Wait for the answer, the loss of the connection, or a question, whatever comes first."""

        async def ask() -> types.CallToolResult:
            CALL.set(call)
            return await self._client.call_tool(own_name, arguments, progress_callback=call.on_progress)

        asking = asyncio.create_task(ask())
        losing = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait({asking, losing, call.asked}, return_when=asyncio.FIRST_COMPLETED)
            if losing.done():
                await asyncio.wait({asking}, timeout=LAST_WORDS_SECONDS)  # the answer may have come just before
        finally:
            losing.cancel()
            if not asking.done():
                asking.cancel()
                await asyncio.wait({asking}, timeout=CANCEL_SECONDS)  # until the server has been told
            call.has_ended.set()
        if call.asked.done():
            _forget(asking)
            raise AnswerNeeded(call.asked.result())
        if asking.cancelled() or not asking.done():
            raise CallLost
        return asking.result()

    def _refused(self, call: RunningCall, error: MCPError) -> ToolResult:
        is_forgotten = call.status == 404 and self._client.protocol_version not in MODERN_PROTOCOL_VERSIONS
        # For the rest of an answer that broke off, the SDK asks again: that it is in vain is no reason to call again.
        if (call.is_unsent or is_forgotten) and not call.is_taken:
            raise NotBegun
        if call.status in (401, 403):
            return self._error(f"its server answered {call.status}: the authorization is missing or wrong.")
        if error.code == types.CONNECTION_CLOSED:
            raise CallLost
        return self._error(error.message)

    def _error(self, said: str) -> ToolResult:
        return ToolResult(content=self._redaction.text(f"The MCP server failed: {said}")[:2000], is_error=True)

    # --- questions ---

    async def _on_question(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """Answer for the person who was asked already, or end the call until one was."""
        call = CALL.get() or (self._calls[0] if len(self._calls) == 1 else None)
        if call is None:
            self._one_by_one = self._one_by_one or asyncio.Lock()
            return types.ErrorData(code=types.INVALID_REQUEST, message=NOT_TOLD_APART)
        answer = call.answer(params)
        if answer is None:
            await call.has_ended.wait()
            return PUT_TO_A_PERSON
        return answer


async def _first(*waits: Awaitable[object]) -> None:
    """Wait until one of them is done, and for no longer."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    """Let a task's failure be no news: it was given up."""
    if task.done() and not task.cancelled():
        task.exception()


def _words(error: BaseException) -> str:
    """Say what went wrong first, of all that came of it."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return str(error) or type(error).__name__
