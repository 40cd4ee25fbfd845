"""What is kept at the door: the guard of all routes, headers that say what is left of limits, places for streams.

`RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-11; beside them stand the three
fields of its earlier versions (up to -06), which most clients that look for any look for.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from tertulia.domain.errors import RateLimited
from tertulia.runtime.limits import Limits
from tertulia.runtime.networks import network_of
from tertulia.runtime.request_meter import Window
from tertulia.server.auth import NOTHING, Caller, address_of, refuse_who_may_not
from tertulia.server.readers import READERS, Readers
from tertulia.server.sse import stream_on

WINDOW = "window"
"""In a request's state: how its owner's minute stands."""
STREAM_OF = "stream_of"
"""In a request's state: whose stream it is, once a place was taken for it."""
EXPOSED = b"RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


def lets_in(limits: Limits) -> Guard:
    """Return the guard of all routes: it lets in who may ask, and counts their requests and those of who has a link.

    It raises Unauthenticated, Forbidden, RateLimited. It is one, since the framework copies a route for each.
    """

    async def let_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        refuse_who_may_not(connection, handler)
        state = connection.scope["state"]
        if handler.opt.get("needs") == NOTHING["needs"] and not handler.opt.get("is_counted"):
            return
        caller: Caller | None = state["caller"]
        if caller is not None:
            take, look, who = limits.take_request, limits.window_of, caller.owner
        else:
            take, look, who = (
                limits.take_strangers,
                limits.window_of_strangers,
                network_of(address_of(connection.scope)),
            )
        try:
            state[WINDOW] = await take(who)
        except RateLimited:
            state[WINDOW] = look(who)
            raise

    return let_in


def limit_headers(state: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Say how many requests are left, if there is a limit."""
    window: Window | None = state.get(WINDOW)
    if window is None:
        return []
    return [
        (b"ratelimit-policy", b'"requests";q=%d;w=60' % window.limit),
        (b"ratelimit", b'"requests";r=%d;t=%d' % (window.remaining, window.seconds)),
        (b"ratelimit-limit", b"%d" % window.limit),
        (b"ratelimit-remaining", b"%d" % window.remaining),
        (b"ratelimit-reset", b"%d" % window.seconds),
    ]


class StreamPlace:
    """A place among the streams that an owner may have open, for the answer to one request."""

    def __init__(self, limits: Limits, state: dict[str, Any], owner: str) -> None:
        self._limits = limits
        self._state = state
        self._owner = owner

    async def take(self) -> None:
        """Take it, before anything is begun that would be streamed. Raises RateLimited."""
        await self._limits.open_stream(self._owner)
        self._state[STREAM_OF] = self._owner


def place_of(limits: Limits) -> Callable[[Request[Any, Any, Any]], Awaitable[StreamPlace]]:
    """Return what gives a route the place of its request."""

    async def provide(request: Request[Any, Any, Any]) -> StreamPlace:
        state: dict[str, Any] = request.scope["state"]
        caller: Caller = state["caller"]
        return StreamPlace(limits, state, caller.owner)

    return provide


class FreePlaces:
    """Wraps who asks and the dialects: streams are sent from here, and when one is over its place is free.

    A stream finds in its state the `readers` among whom it is while it lasts.
    """

    def __init__(self, app: ASGIApp, limits: Limits, readers: Readers) -> None:
        self._app = app
        self._streams = limits.streams
        self._readers = readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, or the lifespan."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["state"][READERS] = self._readers
        try:
            await self._app({**scope}, receive, send)  # what is added to it goes when it returns
            await stream_on(scope, receive, send)
        finally:
            if (owner := scope["state"].pop(STREAM_OF, None)) is not None:
                self._streams.close(owner)
