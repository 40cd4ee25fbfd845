"""How a connection is ended from within: ASGI has no word for it, so ours is an extension of the scope.

A client that does not read cannot be told goodbye, since that would wait in line behind what it does not read.
"""

from collections.abc import Callable
from typing import Any, cast

from litestar.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANG_UP = "tertulia.hang_up"


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets the application hang up."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: dict[str, Any] = {HANG_UP: self.transport.abort}
        self.scope["extensions"] = extensions


def hang_up(scope: Scope) -> None:
    """End the connection and forget what waits in it, if the server can do that."""
    extensions: dict[str, Any] = cast("Any", scope).get("extensions") or {}
    end: Callable[[], None] = extensions.get(HANG_UP, lambda: None)
    end()
