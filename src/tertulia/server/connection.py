"""How a connection is ended from within, and how its end is heard: ASGI has no words for it, so ours are extensions.

A client that does not read cannot be told goodbye, since that would wait in line behind what it does not read. One that
has had its answer is not heard of again by the application that gave it, though it may hang up without having read it.
"""

from collections.abc import Callable
from typing import Any, cast

from litestar.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP = "tertulia.hang_up"
ON_CLOSE = "tertulia.on_close"


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets the application hang up, and hear that the client did."""

    _closed: Callable[[], None] | None = None

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._closed = None
        extensions: dict[str, Any] = {HANG_UP: self.transport.abort, ON_CLOSE: self._hear}
        self.scope["extensions"] = extensions

    def _hear(self, closed: Callable[[], None]) -> None:
        self._closed = closed

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who wants to hear of it."""
        super().connection_lost(exc)
        if self._closed is not None:
            self._closed()


def hang_up(scope: Scope) -> None:
    """End the connection and forget what waits in it, if the server can do that."""
    end: Callable[[], None] = _extensions(scope).get(HANG_UP, lambda: None)
    end()


def on_close(scope: Scope, closed: Callable[[], None]) -> None:
    """Have `closed` called if the connection ends before it brings another request, if the server can do that."""
    hear: Callable[[Callable[[], None]], None] | None = _extensions(scope).get(ON_CLOSE)
    if hear is not None:
        hear(closed)


def _extensions(scope: Scope) -> dict[str, Any]:
    return cast("Any", scope).get("extensions") or {}
