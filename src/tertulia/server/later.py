"""An application that is made when it is first asked for: a start does not wait for what few servers are asked for."""

import asyncio
from collections.abc import Callable

from litestar.types import ASGIApp, Receive, Scope, Send


class Later:
    """Hands requests to the application that `make` makes, once, in a thread: other requests go on meanwhile."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._gate = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        app = self._app or await self._made()
        await app(scope, receive, send)

    async def _made(self) -> ASGIApp:
        async with self._gate:
            if self._app is None:
                self._app = await asyncio.to_thread(self._make)
            return self._app
