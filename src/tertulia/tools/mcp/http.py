"""Streamable HTTP, past the guard: an allowed address is connected to, whatever a name server says a moment later.

The credentials of the server go to it and nobody else: the SDK follows redirects within the server's origin only, and
neither proxies nor netrc files of the machine are asked. A body is read up to a limit.
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import TransportStreams  # the only name that this type has
from mcp.client.streamable_http import streamable_http_client

from tertulia.domain.toolgroups import McpServer
from tertulia.tools.mcp.questions import CALL
from tertulia.tools.web.guard import WebGuard

MAX_ANSWER = 32 * 2**20
"""Bytes of one answer, or of one event of a stream."""
TIMEOUT = httpx2.Timeout(10, read=None)  # how long a call may take is the runtime's to say
PORTS = {"http": 80, "https": 443}


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Connects to addresses that the guard allows, without one to any; keeps with what it was refused last."""

    def __init__(self, guard: WebGuard | None) -> None:
        self._guard = guard
        self._inner = httpx2.AsyncHTTPTransport()
        self.refused_with: int | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and bound its answer."""
        try:
            response = await self._send(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            if (call := CALL.get()) is not None:
                call.is_unsent = True
            raise
        self._note(response.status_code)
        if response.headers.get("content-type", "").lower().startswith("application/json"):
            assert isinstance(response.stream, httpx2.AsyncByteStream), "an answer to an async request"
            response.stream = _Bounded(response.stream)
        return response

    def _note(self, status: int) -> None:
        self.refused_with = status if status >= 400 else None
        if (call := CALL.get()) is None:
            return
        if status >= 400:
            call.status = status
        else:
            call.is_taken = True

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        if self._guard is None:
            return await self._inner.handle_async_request(request)
        url = request.url
        addresses = await self._guard.addresses(url.host, url.port or PORTS[url.scheme])
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            try:
                return await self._inner.handle_async_request(_at(request, address))
            except httpx2.ConnectError:
                if last == 0:
                    raise
        raise AssertionError("a guard returns addresses or raises")

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._inner.aclose()


def _at(request: httpx2.Request, address: str) -> httpx2.Request:
    """Ask an address for what a request asks its host for; the certificate has to be the host's."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # with the Host that was asked for
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ANSWER
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx2.StreamError("The answer is larger than the server takes.")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


@asynccontextmanager
async def http_streams(server: McpServer, transport: GuardedTransport) -> AsyncGenerator[TransportStreams, None]:
    """Speak with a server at a URL."""
    assert server.endpoint.uri is not None, "a server that is reached by HTTP has a URL"
    headers = dict(server.headers)
    if server.authorization:
        headers["Authorization"] = authorization_of(server.authorization)
    async with contextlib.AsyncExitStack() as stack:
        client = httpx2.AsyncClient(headers=headers, timeout=TIMEOUT, transport=transport, trust_env=False)
        await stack.enter_async_context(client)
        yield await stack.enter_async_context(
            streamable_http_client(server.endpoint.uri, http_client=client, max_sse_event_size=MAX_ANSWER)
        )


def authorization_of(given: str) -> str:
    """Return the header's value: what is no `scheme credentials` is a bearer token."""
    return given if " " in given.strip() else f"Bearer {given.strip()}"
