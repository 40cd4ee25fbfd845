"""An app's start as it can be told: a StartupError is a sentence for the operator, not a traceback in the log."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

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
        except BaseException as error:
            self.failure = _startup_error_in(error)
            for message in said:
                await send(message if self.failure is None else {**message, "message": ""})
            if self.failure is None:
                raise


def _startup_error_in(error: BaseException) -> StartupError | None:
    """Find a StartupError, also one that came out of a group of tasks."""
    if isinstance(error, StartupError):
        return error
    if isinstance(error, BaseExceptionGroup):
        inner = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return next((found for one in inner if (found := _startup_error_in(one))), None)
    return None
