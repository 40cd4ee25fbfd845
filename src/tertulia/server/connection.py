"""How a connection is ended from within, and what one costs while nothing happens on it.

ASGI has no word for the end of a connection, so ours is an extension of the scope: a client that does not read cannot
be told goodbye, since that would wait in line behind what it does not read.

Thousands of connections may wait for what comes next. Each had three queues for waiting, empty but for one entry; here
they are bells and a list.
"""

from asyncio import Transport
from collections.abc import Callable
from typing import Any, cast

from litestar.types import Scope
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tertulia.runtime.bell import Bell

HANG_UP = "tertulia.hang_up"


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
    """uvicorn's protocol, which lets the application hang up."""

    def connection_made(self, transport: Any) -> None:
        """Begin a connection."""
        super().connection_made(transport)
        self.flow = Flow(transport)
        self.pipeline = cast(Any, Line())

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: dict[str, Any] = {HANG_UP: self.transport.abort}
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        """Hand a request on; its task, which waits for the bell, has not begun to run yet."""
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.message_event = cast(Any, Bell())


def hang_up(scope: Scope) -> None:
    """End the connection and forget what waits in it, if the server can do that."""
    extensions: dict[str, Any] = cast("Any", scope).get("extensions") or {}
    end: Callable[[], None] = extensions.get(HANG_UP, lambda: None)
    end()
