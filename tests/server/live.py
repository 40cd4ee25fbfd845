"""A real server on a real socket, in this process: for what only bytes on a wire show."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tertulia.asgi import app_of
from tertulia.server.connection import HttpProtocol
from tertulia.wiring import Services
from tests.server.site import Site, open_site


class _Quiet(uvicorn.Server):
    """uvicorn that leaves the process's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class LiveSite:
    """A site that can be reached at `port`, too."""

    def __init__(self, site: Site, server: uvicorn.Server) -> None:
        self.site = site
        self.server = server
        self.port: int = server.servers[0].sockets[0].getsockname()[1]

    async def connect(self, *, reads_ahead: int = 2**16) -> "Connection":
        """Open a connection."""
        return await connect(self.port, reads_ahead=reads_ahead)

    @property
    def waiting(self) -> list[int]:
        """How many bytes wait in the server for each client that is connected."""
        connections: Any = self.server.server_state.connections
        return [each.transport.get_write_buffer_size() for each in connections]


class Connection:
    """One connection of a client that is told what to do byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        """Send a request; `last_event_id="…"` is the header Last-Event-ID."""
        data = b"" if body is None else json.dumps(body).encode()
        given = {"Host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            given |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode() + data)
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read the head of an answer: its status and headers."""
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split(" ")[1]), headers

    async def chunk(self) -> bytes:
        """Read the next chunk of a chunked body; an empty one is its end."""
        size = int((await self.reader.readuntil(b"\r\n")).strip(), 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def body(self) -> bytes:
        """Read a chunked body to its end."""
        chunks: list[bytes] = []
        while chunk := await self.chunk():
            chunks.append(chunk)
        return b"".join(chunks)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send a request whose answer has a length; return its status and JSON."""
        await self.send(method, path, body, **headers)
        status, head = await self.head()
        data = await self.reader.readexactly(int(head.get("content-length", "0")))
        return status, json.loads(data) if data else None

    async def close(self) -> None:
        """Leave, wherever the answer is."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def connect(port: int, *, reads_ahead: int = 2**16) -> Connection:
    """Open a connection to a server; `reads_ahead` is how much is taken before the test asks for it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, reads_ahead)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=reads_ahead)
    return Connection(reader, writer)


@contextlib.contextmanager
def serve_in_thread(wired: Services) -> Generator[str, None, None]:
    """Serve services from a thread with a loop of its own, for clients that block; yield the URL."""
    config = uvicorn.Config(app_of(wired), port=0, ws="none", lifespan="on", log_config=None, access_log=False)
    server = _Quiet(config)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def serve_live(
    *replies: Any, http: type[HttpToolsProtocol] = HttpProtocol, **options: Any
) -> AsyncGenerator[LiveSite, None]:
    """Serve a site at a port of its own, as `tertulia serve` does, for as long as the block runs."""
    async with open_site(*replies, **options) as site:
        config = uvicorn.Config(
            site.app,
            port=0,
            http=http,
            ws="none",
            lifespan="off",  # the site has begun already
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        server = _Quiet(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.001)
        try:
            yield LiveSite(site, server)
        finally:
            server.should_exit = True
            await serving
