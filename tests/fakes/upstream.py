"""A model server for tests: real HTTP over real sockets on loopback, and as badly behaved as a test wants it.

What it does with each request is a behaviour, a coroutine over the raw connection; those at the end of this file are
the common ones. Requests are answered in the order of the behaviours; the last one is repeated.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.listener import Listener, reset

Json = dict[str, Any]


@dataclass
class Request:
    """What the client sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.body)


@dataclass
class Wire:
    """The connection that one request came on."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    client_left: asyncio.Event
    is_reusable: bool = True
    is_chunked: bool = field(default=False, init=False)

    async def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Begin an answer of unknown length; what `send` sends from now on is chunked, unless the headers say not."""
        fields = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **(headers or {})}
        fields = {name: value for name, value in fields.items() if value}
        self.is_chunked = "Transfer-Encoding" in fields
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        await self.raw("\r\n".join(lines).encode("latin-1"))

    async def send(self, *parts: bytes) -> None:
        """Send parts in one write, each as an HTTP chunk of its own."""
        framed = [b"%x\r\n%s\r\n" % (len(part), part) if self.is_chunked else part for part in parts if part]
        await self.raw(b"".join(framed))

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def end(self) -> None:
        """End the answer properly; without chunks that is the end of the connection."""
        if self.is_chunked:
            await self.raw(b"0\r\n\r\n")
        else:
            self.close()

    def close(self) -> None:
        """Close the connection where it is."""
        self.is_reusable = False
        self.writer.close()

    def reset(self) -> None:
        """Kill the connection, as a machine that dies would."""
        self.is_reusable = False
        reset(self.writer)

    async def hang(self) -> None:
        """Do nothing until the client gives up."""
        self.is_reusable = False
        with suppress(OSError):
            while await self.reader.read(65536):
                pass
        self.client_left.set()


Behaviour = Callable[[Wire], Awaitable[None]]
Ending = Literal["whole", "cut", "reset", "hang"]


class Upstream(Listener):
    """The server. `requests` are those that `arrived`; `connections` counts how many were opened."""

    def __init__(self, *behaviours: Behaviour) -> None:
        super().__init__()
        self.behaviours = list(behaviours)
        self.requests: list[Request] = []
        self.arrived = asyncio.Event()
        self.client_left = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._serve(reader, writer):
            pass

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await read_request(reader)
        self.requests.append(request)
        self.arrived.set()
        behave = self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]
        wire = Wire(request, reader, writer, self.client_left)
        await behave(wire)
        return wire.is_reusable


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


# --- Behaviours ---


def streams(
    *parts: Json | bytes | asyncio.Event, ending: Ending = "whole", headers: Mapping[str, str] | None = None
) -> Behaviour:
    """Stream chunks: objects as events, bytes as they are. An event is waited for; what stands between is one write."""

    async def behave(wire: Wire) -> None:
        await wire.head(200, headers)
        burst: list[bytes] = []
        for part in parts:
            if isinstance(part, asyncio.Event):
                await wire.send(*burst)
                burst = []
                await part.wait()
            else:
                burst.append(part if isinstance(part, bytes) else sse(part))
        await wire.send(*burst)
        await _end(wire, ending)

    return behave


def answers(status: int, body: Json | list[Any] | bytes = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answer with one body, JSON unless it is bytes."""

    async def behave(wire: Wire) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        await wire.raw("\r\n".join(lines).encode("latin-1") + data)

    return behave


def says_raw(data: bytes, ending: Ending = "cut") -> Behaviour:
    """Send these bytes, which need not be HTTP."""

    async def behave(wire: Wire) -> None:
        await wire.raw(data)
        await _end(wire, ending)

    return behave


async def resets(wire: Wire) -> None:
    """Kill the connection instead of answering."""
    wire.reset()


async def _end(wire: Wire, ending: Ending) -> None:
    match ending:
        case "whole":
            await wire.end()
        case "cut":
            wire.close()
        case "reset":
            wire.reset()
        case "hang":
            await wire.hang()


# --- Chunks ---

DONE = b"data: [DONE]\n\n"


def sse(event: Json) -> bytes:
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def chunk(delta: Json | None = None, finish_reason: str | None = None, **extra: Any) -> Json:
    """A chunk as OpenAI sends it."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish_reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **extra}


def text(words: str) -> Json:
    return chunk({"content": words})


def stop(reason: str = "stop") -> Json:
    return chunk({}, reason)


def usage(**tokens: Any) -> Json:
    return {**chunk(), "choices": [], "usage": tokens}
