"""How a connection is ended from within, whom it is with, and how its end is heard: ASGI has no words for it.

Ours are extensions of the scope. A client that does not read cannot be told goodbye, since that would wait in line
behind what it does not read. One that has had its answer is not heard of again by the application that gave it, though
it may hang up without having read it.

Thousands of connections may wait for what comes next. Each had three queues for that, empty but for one entry; here
they are bells and a list.

Who sends the head of a request is anybody: it may be no larger than a limit, and take no longer. The parser, and the
server around it, would gather headers and wait for them without end.
"""

from asyncio import TimerHandle, Transport
from collections.abc import Callable
from typing import Any, ClassVar, cast

from litestar.types import Scope
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tertulia.runtime.bell import Bell
from tertulia.server.outlet import Outlet

HANG_UP = "tertulia.hang_up"
PEER = "tertulia.peer"
"""The address that the connection is with; what the scope calls its client may be what a proxy says."""
ON_CLOSE = "tertulia.on_close"
LARGEST_HEAD = 64 * 1024
"""Bytes of a request's line and headers, besides the first read that brings some of them."""
HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Flow(FlowControl):
    """uvicorn's, with a bell in it."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._is_writable_event = cast(Any, Bell())
        self._is_writable_event.set()


class Line(list[Any]):
    """Requests that came before the one ahead of them was answered: what uvicorn uses of a deque."""

    def appendleft(self, request: object) -> None:
        """Take the last place in the line; `pop` returns the first."""
        self.insert(0, request)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets the application hang up, and hear that the client did."""

    head_seconds: ClassVar[float] = 30.0
    """In which all headers must have come: from the beginning of a connection, or behind the answer before."""

    _closed: Callable[[], None] | None = None
    _is_lost = False
    _late: TimerHandle | None = None
    is_within_head = False
    """Some of a head has come, and not all."""
    _has_begun = False
    """A head has, in what was read last."""
    _head = 0
    """Bytes of it that were read since."""

    def connection_made(self, transport: Any) -> None:
        """Begin a connection."""
        super().connection_made(transport)
        self.transport = cast(Any, Outlet(transport, self.loop))
        self.flow = Flow(transport)
        self.pipeline = cast(Any, Line())
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Read what has come, but no head without end."""
        self._has_begun = False
        super().data_received(data)
        if self.is_within_head:
            self._head = 0 if self._has_begun else self._head + len(data)
            if self._head > LARGEST_HEAD:
                self._refuse_head()
                return
        if self._late is None and self._is_idle and not self.transport.is_closing():
            self._await_head()

    @property
    def _is_idle(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, whatever its library says
        return cycle is None or cycle.response_complete

    def _await_head(self) -> None:
        self._late = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self._late = None
        self.transport.close()

    def _refuse_head(self) -> None:
        if self._is_idle:  # else it would stand in the middle of the answer before
            self.transport.write(HEAD_TOO_LARGE)
        self.transport.close()

    def _forget_head(self) -> None:
        self.is_within_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        if self._is_idle:  # else the one before is not answered yet
            self._closed = None
        self.is_within_head = self._has_begun = True
        extensions: dict[str, Any] = {
            HANG_UP: self.transport.abort,
            ON_CLOSE: self._hear,
            PEER: self.client[0] if self.client else "",
        }
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        """Hand a request on; its task, which waits for the bell, has not begun to run yet."""
        self._forget_head()
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.message_event = cast(Any, Bell())

    def _hear(self, closed: Callable[[], None]) -> None:
        self._closed = closed
        if self._is_lost:
            closed()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who wants to hear of it."""
        super().connection_lost(exc)
        self._is_lost = True
        self._forget_head()
        if self._closed is not None:
            self._closed()


def hang_up(scope: Scope) -> None:
    """End the connection and forget what waits in it, if the server can do that."""
    end: Callable[[], None] = _extensions(scope).get(HANG_UP, lambda: None)
    end()


def peer_of(scope: Scope) -> str:
    """Return the address that a connection is with, empty where it is with none (a Unix socket)."""
    client = scope["client"]
    return str(_extensions(scope).get(PEER, client[0] if client else ""))


def on_close(scope: Scope, closed: Callable[[], None]) -> bool:
    """Have `closed` called if the connection ends before it is answered and brings another request.

    It is called at once if that has happened; of several for a request, only the last one is. Tell whether the server
    can do that.
    """
    hear: Callable[[Callable[[], None]], None] | None = _extensions(scope).get(ON_CLOSE)
    if hear is not None:
        hear(closed)
    return hear is not None


def _extensions(scope: Scope) -> dict[str, Any]:
    return cast("Any", scope).get("extensions") or {}
