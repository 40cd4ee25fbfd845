"""What every request passes, before any route and for the page alike.

It gives the request an id, refuses a Host that is not ours (DNS rebinding) and an Origin that may not call (CSRF),
answers HEAD as GET without its body, sets the security headers, and logs one line without content.
"""

import ipaddress
import re
from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.domain.errors import Forbidden, HostNotAllowed, OriginNotAllowed
from tertulia.runtime.clock import NewId
from tertulia.server.dialects import VARY
from tertulia.server.errors import problem_body, without_secret
from tertulia.server.limits import EXPOSED, limit_headers
from tertulia.server.page import EMBED_SCRIPT, is_everybodys
from tertulia.server.sse import IS_STREAM
from tertulia.server.traffic import Traffic, Visit

log = structlog.get_logger()

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
SECURITY_HEADERS: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
UNLESS_SAID: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
"""What holds for every answer that does not say otherwise: it is data, and for who asked alone."""
NOT_FRAMED: list[tuple[bytes, bytes]] = [(b"x-frame-options", b"DENY")]
"""Of every answer but those whose policy says who may frame them; it has no words for that itself."""
ALLOWED_HEADERS = [
    b"Content-Type",
    b"Idempotency-Key",
    b"If-Match",
    b"Last-Event-ID",
    b"X-Request-Id",
    b"X-Dialect",
    # what Llama Stack's TypeScript client sends from a browser
    b"Authorization",
    b"X-Stainless-Arch",
    b"X-Stainless-Lang",
    b"X-Stainless-OS",
    b"X-Stainless-Package-Version",
    b"X-Stainless-Retry-Count",
    b"X-Stainless-Runtime",
    b"X-Stainless-Runtime-Version",
    b"X-Stainless-Timeout",
]
"""What pages of allowed origins may send."""
QUIET = frozenset({"/v1/health", "/v1/ready", "/v1/metrics"})
"""Asked every few seconds by whoever watches the server: not logged and not counted, unless the answer is unusual."""
USUAL = frozenset({200, 503})
BY_HTTPS = "by_https"
"""In a request's state: it came by https, at least as far as the proxy that stands in front."""


class Edge:
    """Wraps the application."""

    def __init__(  # noqa: PLR0913 - what is asked at a door
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        origins: Iterable[str],
        serves_others: bool,
        is_https: bool,
        new_id: NewId,
        traffic: Traffic,
    ) -> None:
        """`serves_others`: other machines may ask, too, since somebody has to say who they are.

        `is_https`: people come by https, whatever the last part of the way to here is.
        """
        self._app = app
        self._serves_others = serves_others
        self._is_https = is_https
        self._hosts = frozenset(hosts)
        self._origins = frozenset(origins)
        self._new_id = new_id
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = self._request_id(headers)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        state[BY_HTTPS] = self._is_https or scope["scheme"] == "https"
        visit = Visit(self._traffic, scope["method"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        extra = [(b"x-request-id", request_id.encode()), *SECURITY_HEADERS, *self._cors(scope["path"], origin)]
        is_head = state["is_head"] = scope["method"] == "HEAD"
        send_with_headers = _Answer(send, visit, extra, state)
        del headers, extra  # thousands of requests may wait here for what comes next
        try:
            refusal = self._refusal(scope, origin)
            if refusal is not None:
                await _refuse(scope, send_with_headers, request_id, *refusal)
            elif scope["method"] == "OPTIONS" and origin in self._origins:
                await _preflight(send_with_headers)
            else:
                asked: Any = {**scope, "method": "GET"} if is_head else scope
                await self._app(asked, receive, send_with_headers)
        finally:
            if scope["path"] not in QUIET or visit.status not in USUAL:
                milliseconds = round(visit.end(is_stream=IS_STREAM in state) * 1000, 1)
                log.info(
                    "request",
                    request_id=request_id,
                    method=scope["method"],
                    path=without_secret(scope["path"]),
                    status=visit.status,
                    ms=milliseconds,
                    code=state.get("problem_code"),
                )

    def _request_id(self, headers: dict[bytes, bytes]) -> str:
        given = headers.get(b"x-request-id", b"")
        return given.decode() if REQUEST_ID.fullmatch(given) else self._new_id()

    def _refusal(self, scope: Scope, origin: str) -> tuple[str, str] | None:
        if not self._serves_others and not _is_of_this_machine(scope):
            return (
                Forbidden.code,
                "Nobody has to sign in here, so this server answers at addresses of its own machine only, whatever "
                "address it was told to listen at.",
            )
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        name = re.sub(r":\d+$", "", host)
        if name not in self._hosts and not (self._serves_others and name == _own_address(scope)):
            return (
                HostNotAllowed.code,
                f"This server is not known as {name[:100]!r}. If a proxy stands in front of it, add the name to "
                "TERTULIA_ALLOWED_HOSTS.",
            )
        if origin and not self._may_call(scope, origin, host):
            return (
                OriginNotAllowed.code,
                f"Pages from {origin[:100]!r} may not call this server. To let them, add the origin to "
                "TERTULIA_ALLOWED_ORIGINS.",
            )
        return None

    def _may_call(self, scope: Scope, origin: str, host: str) -> bool:
        is_public = scope["type"] == "http" and is_everybodys(scope["path"]) and scope["method"] in {"GET", "HEAD"}
        return is_public or origin in self._origins or _is_same_origin(origin, host)

    def _cors(self, path: str, origin: str) -> list[tuple[bytes, bytes]]:
        if origin not in self._origins or path == EMBED_SCRIPT:
            return [(b"vary", VARY)]
        return [
            (b"vary", VARY),
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"Turn-Id, Location, ETag, X-Request-Id, Retry-After, " + EXPOSED),
        ]


def _unless_said(sent: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return what an answer gets that does not say it itself."""
    said = {name.lower(): value for name, value in sent}
    policy = said.get(b"content-security-policy", b"")
    is_framed = b"frame-ancestors" in policy and b"frame-ancestors 'none'" not in policy
    return [*(each for each in UNLESS_SAID if each[0] not in said), *([] if is_framed else NOT_FRAMED)]


def _is_of_this_machine(scope: Scope) -> bool:
    """Tell whether a connection came in at a loopback address, or by no address at all (a Unix socket, a test)."""
    server = scope["server"]
    return server is None or _is_loopback(server[0])


def _own_address(scope: Scope) -> str | None:
    """Return the address at which a connection came in, as a Host has it: no site of others can be called so."""
    server = scope["server"]
    address = server[0] if server else ""
    return (f"[{address}]" if ":" in address else address) if _is_address(address) else None


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


@lru_cache(64)
def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a name or a path: no address that came with a connection


def _is_same_origin(origin: str, host: str) -> bool:
    """A page's origin is ours when it has the Host that the request asks for; the scheme is the proxy's business."""
    return origin.lower() in (f"http://{host}", f"https://{host}")


class _Answer:
    """Sends the answer to a request, with what every answer says, and without a body for HEAD."""

    __slots__ = ("_extra", "_send", "_state", "_visit")

    def __init__(
        self, send: Send, visit: Visit, extra: list[tuple[bytes, bytes]], state: MutableMapping[str, Any]
    ) -> None:
        self._send = send
        self._visit = visit
        self._extra = extra
        self._state = state

    async def __call__(self, message: Message) -> None:
        """Send a message of the application's."""
        is_head: bool = self._state["is_head"]
        if message["type"] == "http.response.start":
            sent = list(message.get("headers", []))
            self._visit.status = message["status"]
            message["headers"] = [*sent, *self._extra, *limit_headers(self._state), *_unless_said(sent)]
            self._extra = []
            await self._send(message)
            if is_head:  # whoever streams the body learns that nobody listens
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        elif not is_head:
            await self._send(message)


async def _refuse(scope: Scope, send: Send, request_id: str, code: str, detail: str) -> None:
    scope["state"]["problem_code"] = code
    body = problem_body(path=scope["path"], request_id=request_id, status=403, code=code, detail=detail)
    await _answer(send, 403, [(b"content-type", b"application/problem+json")], body)


async def _preflight(send: Send) -> None:
    headers = [
        (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
        (b"access-control-allow-headers", b", ".join(ALLOWED_HEADERS)),
        (b"access-control-max-age", b"600"),
    ]
    await _answer(send, 204, headers, b"")


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
