"""An app's start as it can be told: a StartupError is a sentence for the operator, not a traceback in the log."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tertulia.domain.errors import StartupError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ToldStartup:
    """Wraps an ASGI app. `failure` is the StartupError with which its start ended, if one did."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self.failure: StartupError | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _live(self, scope: Message, receive: Receive, send: Send) -> None:
        # The framework says that its start has failed, with a traceback, before it raises what made it fail.
        said: list[Message] = []

        async def hold_back(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                said.append(message)
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_back)
        except StartupError as error:
            self.failure = error
            await send({"type": "lifespan.startup.failed", "message": ""})
        except BaseException:
            for message in said:
                await send(message)
            raise
