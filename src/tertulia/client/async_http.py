"""HTTP by aiohttp, for the async client: the least that the transport wants of a network.

`sync_http.py` is its twin and has the same names but for the `Async`. These two are written by hand; all above them
is written once. Nothing of one server reaches another: no cookies, no redirects, no credentials of the machine.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tertulia.client.address import Address
from tertulia.client.errors import ServerTimeout, ServerUnreachable
from tertulia.client.patience import Timeouts
from tertulia.client.request import Request

# The server closes a connection after 5 idle seconds: we are faster, so that no request goes into a closing one.
KEEP_ALIVE_SECONDS = 4.0

pause = asyncio.sleep


class AsyncAnswer:
    """An answer whose head has come."""

    def __init__(self, http: "AsyncHttp", response: Any) -> None:
        self._http = http
        self._response = response
        self.status: int = response.status
        self.reason: str = response.reason or ""

    def header(self, name: str) -> str | None:
        """Return a header."""
        value: str | None = self._response.headers.get(name)
        return value

    async def chunk(self) -> bytes:
        """Return what has come next of the body; nothing at its end. Raises ServerUnreachable."""
        try:
            chunk: bytes = await self._response.content.readany()
            return chunk
        except self._http.failures as error:
            raise self._http.unreachable(error) from error


class AsyncHttp:
    """The connections to one server."""

    def __init__(self, address: Address, timeouts: Timeouts, headers: Mapping[str, str]) -> None:
        import aiohttp  # noqa: PLC0415 - it takes ten times as long as all of ours, and who is sync does without

        self._aiohttp = aiohttp
        self._address = address
        self._timeouts = timeouts
        self._headers = headers
        self._session: aiohttp.ClientSession | None = None
        self.failures = (aiohttp.ClientError, TimeoutError, OSError)

    @asynccontextmanager
    async def send(self, request: Request, *, silence: float) -> AsyncGenerator[AsyncAnswer]:
        """Send a request once and give its answer. Raises ServerUnreachable."""
        try:
            response = await self._open().request(
                request.method,
                self._address.url_of(request.target),
                headers=request.all_headers(self._headers),
                data=request.content,
                allow_redirects=False,
                timeout=self._aiohttp.ClientTimeout(total=None, connect=self._timeouts.connect, sock_read=silence),
            )
        except self.failures as error:
            raise self.unreachable(error) from error
        async with response:
            yield AsyncAnswer(self, response)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def unreachable(self, error: Exception) -> ServerUnreachable:
        """Say that nobody answers."""
        kind = ServerTimeout if isinstance(error, TimeoutError) else ServerUnreachable
        return kind(f"{self._address} does not answer: {error or type(error).__name__}")

    def _open(self) -> Any:
        """The session; made here, for it wants a running loop."""
        if self._session is None:
            self._session = self._aiohttp.ClientSession(
                connector=self._aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
                cookie_jar=self._aiohttp.DummyCookieJar(),
            )
        return self._session
