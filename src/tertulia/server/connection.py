"""How a connection is ended from within, and who it is with: ASGI has no words for it, so ours are in its extensions.

A client that does not read cannot be told goodbye, since that would wait in line behind what it does not read.
"""

from collections.abc import Callable
from typing import Any, cast

from litestar.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP = "tertulia.hang_up"
PEER = "tertulia.peer"
"""The address that the connection is with; what the scope calls its client may be what a proxy says."""


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets the application hang up."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: dict[str, Any] = {HANG_UP: self.transport.abort, PEER: self.client[0] if self.client else ""}
        self.scope["extensions"] = extensions


def hang_up(scope: Scope) -> None:
    """End the connection and forget what waits in it, if the server can do that."""
    extensions: dict[str, Any] = cast("Any", scope).get("extensions") or {}
    end: Callable[[], None] = extensions.get(HANG_UP, lambda: None)
    end()


def peer_of(scope: Scope) -> str:
    """Return the address that a connection is with, empty where it is with none (a Unix socket)."""
    extensions: dict[str, Any] = cast("Any", scope).get("extensions") or {}
    client = scope["client"]
    return str(extensions.get(PEER, client[0] if client else ""))
