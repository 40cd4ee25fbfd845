"""Who asks, found once for every dialect, and whether they may: what is not said to be open is closed.

A way is a place where a request can say who asks: an API key, an access token, a cookie, what a proxy says, or what
`none` means, that nobody needs to.
The layer `Identify` tries them in order and puts what it finds into the request's state; the guard of all routes of all
dialects (`limits.py`) asks `refuse_who_may_not`, which refuses where a route needs more. Reading needs `read`, all else
`write`; a route that needs something else says so by `opt={"needs": …}`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, assert_never

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from tertulia.domain.base import Value
from tertulia.domain.errors import Forbidden, TertuliaError, Unauthenticated
from tertulia.domain.server import AuthMode
from tertulia.domain.users import LOCAL_CALLER, SCOPES, Caller
from tertulia.identity.proxy import Headers
from tertulia.runtime.accounts import Accounts
from tertulia.runtime.attempts import Attempts
from tertulia.runtime.networks import network_of
from tertulia.runtime.tokens import WORD
from tertulia.runtime.vouched import Vouched
from tertulia.server.connection import peer_of

__all__ = [
    "ACCOUNT",
    "ADMIN",
    "LINK",
    "NOTHING",
    "Asked",
    "Caller",
    "Identify",
    "Way",
    "address_of",
    "caller_of",
    "found_by",
    "refuse_who_may_not",
    "refuse_without",
    "ways_of",
]

COOKIE = "tertulia_session"
Needs = Literal["nothing", "read", "write", "admin", "account"]
NOTHING: dict[str, Needs] = {"needs": "nothing"}
"""A route for everybody, before they have said who they are."""
LINK: dict[str, Any] = NOTHING | {"is_counted": True}
"""A route for whoever has a link: their requests are counted, by their network if nothing else is known of them."""
ADMIN: dict[str, Needs] = {"needs": "admin"}
ACCOUNT: dict[str, Needs] = {"needs": "account"}
"""A route by which people change their own account, readers too; but no key that may only read."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
FREE_GUESSES = 60
"""How many keys that are none an address may send before it is told to wait; keys that hold are never refused."""


class Asked(Value):
    """What a request says of who asks. A cookie does not count beside an Authorization.

    `bearer` is empty for an Authorization of another kind, and None without any. `peer` is who the connection is with,
    a proxy if there is one; `address` may be what that says of whom it asks for.
    """

    headers: Headers
    bearer: str | None
    cookie: str | None
    address: str
    peer: str


Way = Callable[[Asked], Awaitable[Caller | None]]
"""Finds who asks, if it is said in this way. Raises Unauthenticated when what is said does not hold."""


async def nobody_signs_in(_asked: Asked) -> Caller:
    """Everyone who can reach a loopback address is its owner, whatever they send."""
    return LOCAL_CALLER


def by_key(accounts: Accounts) -> Way:
    """Find who asks by an API key."""

    async def find(asked: Asked) -> Caller | None:
        if asked.bearer is None or not asked.bearer.startswith(WORD):
            return None
        caller = await accounts.caller_by_key(asked.bearer)
        if caller is None:
            raise Unauthenticated("This API key is not known here, has expired, or was deleted. Make a new one.")
        return caller

    return find


def by_cookie(accounts: Accounts) -> Way:
    """Find who asks by the cookie of who has signed in."""

    async def find(asked: Asked) -> Caller | None:
        return None if asked.cookie is None else await accounts.caller_by_cookie(asked.cookie)

    return find


def by_token(vouched: Vouched) -> Way:
    """Find who asks by an access token of an issuer that is believed."""

    async def find(asked: Asked) -> Caller | None:
        return None if asked.bearer is None else await vouched.caller_by_token(asked.bearer)

    return find


def by_proxy(vouched: Vouched) -> Way:
    """Find who asks by the word of the proxy that the request came through."""

    async def find(asked: Asked) -> Caller | None:
        return await vouched.caller_by_proxy(asked.peer, asked.headers)

    return find


def ways_of(mode: AuthMode, accounts: Accounts, vouched: Vouched) -> list[Way]:
    """Return the ways in which a server lets callers say who they are; where nobody needs to, nothing else counts."""
    match mode:
        case "none":
            return [nobody_signs_in]
        case "accounts":
            return [by_key(accounts), by_token(vouched), by_cookie(accounts)]
        case "proxy":
            return [by_key(accounts), by_token(vouched), by_proxy(vouched)]
        case _:
            assert_never(mode)


async def found_by(ways: Sequence[Way], asked: Asked) -> Caller | None:
    """Return who asks, by the first way in which that is said. Raises Unauthenticated when it does not hold."""
    for way in ways:
        if (caller := await way(asked)) is not None:
            return caller
    return None


class Identify:
    """Wraps the dialects: finds the caller, or what to answer where one is needed."""

    def __init__(self, app: ASGIApp, ways: Sequence[Way]) -> None:
        self._app = app
        self._ways = ways
        self._guesses = Attempts(free=FREE_GUESSES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, or the lifespan."""
        if scope["type"] == "http":
            state = scope["state"]
            state["caller"] = None
            try:
                state["caller"] = await self._find(asked_by(scope))
            except TertuliaError as refusal:  # whether anybody minds is for the route to say
                state["refusal"] = refusal
            if state["caller"] is not None and scope["method"] not in READING:
                receive = self._still_there(scope, state["caller"], receive)
        await self._app(scope, receive, send)

    def _still_there(self, scope: Scope, caller: Caller, receive: Receive) -> Receive:
        """Find who asks anew when a body has come that took its time: a user may have been deleted meanwhile."""
        is_long = False

        async def received() -> Any:
            nonlocal is_long
            message = await receive()
            if message["type"] == "http.request":
                if is_long and not message.get("more_body"):
                    again = await found_by(self._ways, asked_by(scope))
                    if again is None or again.owner != caller.owner:
                        raise Unauthenticated
                is_long = True
            return message

        return received

    async def _find(self, asked: Asked) -> Caller | None:
        try:
            if (caller := await found_by(self._ways, asked)) is not None:
                return caller
            if asked.bearer is not None:
                raise Unauthenticated("This Authorization is of no kind that the server knows. Send an API key.")
        except Unauthenticated:
            network = network_of(asked.address)
            self._guesses.note_failure(network)
            self._guesses.refuse_hasty(network)
            raise
        return None


KEY = "This key", "Make one that has."
"""What lacks a scope where its owner has it, and what to do about that."""


def refuse_who_may_not(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise Unauthenticated or Forbidden unless the caller of a request may ask for what a route does."""
    scope: Any = connection.scope
    needs: Needs = handler.opt.get("needs") or ("read" if scope["method"] in READING else "write")
    if needs == "nothing":
        return
    caller: Caller | None = scope["state"]["caller"]
    if caller is None:
        raise scope["state"].get("refusal") or Unauthenticated
    if needs == "account":
        needs = "write" if caller.via == "key" else "read"
    refuse_without(caller, needs)


def refuse_without(caller: Caller, needs: Needs) -> None:
    """Raise Forbidden, with the remedy, unless a caller has a scope."""
    if needs not in caller.scopes:
        is_the_key = caller.via == "key" and needs in SCOPES[caller.role]
        who, remedy = KEY if is_the_key else (f"The role {caller.role!r}", "An admin can give you another one.")
        raise Forbidden(f"{who} has no scope {needs!r}, which this needs. {remedy}")


async def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """Return who a request comes from, to the routes that ask for it."""
    caller: Caller | None = request.scope["state"]["caller"]
    if caller is None:
        raise Unauthenticated
    return caller


def asked_by(scope: Scope) -> Asked:
    """Read what a request says of who asks."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    authorization = headers.get(b"authorization")
    if authorization is None:
        return Asked(
            headers=scope["headers"],
            bearer=None,
            cookie=cookie_in(headers.get(b"cookie", b"").decode("latin-1")),
            address=address_of(scope),
            peer=peer_of(scope),
        )
    kind, _, token = authorization.decode("latin-1").partition(" ")
    bearer = token.strip() if kind.lower() == "bearer" else ""
    return Asked(headers=scope["headers"], bearer=bearer, cookie=None, address=address_of(scope), peer=peer_of(scope))


def address_of(scope: Scope) -> str:
    """Return where a request comes from: as a proxy on this machine says it, if one stands in front."""
    client = scope["client"]
    return client[0] if client else ""


def cookie_in(header: str) -> str | None:
    """Return the cookie of who has signed in, if there is one among a request's."""
    for each in header.split(";"):
        name, _, value = each.strip().partition("=")
        if name == COOKIE:
            return value
    return None
