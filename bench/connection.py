"""One keep-alive connection that costs the client little.

The load shares the machine with what it loads, so the client must be the cheapest party: a protocol on the event loop
that looks once at each read; no streams, no table of headers, nothing decoded until the answer is whole.
"""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

from bench.response import ResponseReader

LONGEST_ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response; `first_mark` is when the asked-for mark came. Seconds since the request was written."""

    status: int
    body: bytes
    seconds: float
    first_mark: float | None


class Connection(asyncio.Protocol):
    """Exchanges one request after the other with the server at `url`; connects anew when the server hung up."""

    def __init__(self, url: str) -> None:
        self._host, self._port = address(url)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None

    async def exchange(self, request: bytes, mark: bytes = b"") -> Answer:
        """Send a request and read its response to the end. Raises OSError or TimeoutError."""
        transport = await self.open()
        self._reader = ResponseReader()
        self._mark = mark
        self._first_mark: float | None = None
        self._answer = asyncio.get_running_loop().create_future()
        self._began = perf_counter()
        transport.write(request)
        try:
            async with asyncio.timeout(LONGEST_ANSWER_S):
                return await self._answer
        except BaseException:
            self.close()
            raise

    async def open(self) -> asyncio.Transport:
        """Connect unless connected."""
        if self._transport is None or self._transport.is_closing():
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
        return self._transport

    def close(self) -> None:
        """Hang up. An answer that was on its way is lost."""
        if self._transport:
            self._transport.abort()
        self._transport = self._answer = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            return
        is_complete = self._reader.feed(data)
        if self._first_mark is None and self._mark and self._mark in self._reader.body:
            self._first_mark = perf_counter() - self._began
        if is_complete:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is None or self._answer.done():
            return
        if self._reader.close():
            self._finish()
        else:
            self._answer.set_exception(ConnectionError("the server hung up in the middle of its answer"))

    def _finish(self) -> None:
        answer = Answer(self._reader.status, bytes(self._reader.body), perf_counter() - self._began, self._first_mark)
        if self._answer:
            self._answer.set_result(answer)


def address(url: str) -> tuple[str, int]:
    """Host and port of an http URL."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def request(method: str, url: str, body: bytes = b"", headers: tuple[str, ...] = ()) -> bytes:
    """The bytes of a request with a JSON body, if any."""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"{method} {path} HTTP/1.1", f"host: {parts.netloc}", "accept: */*", *headers]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
