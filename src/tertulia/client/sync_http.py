"""HTTP by the standard library, for the sync client: the least that the transport wants of a network.

`async_http.py` is its twin and has the same names but for the `Async`. A connection belongs to one request at a time
and waits in a pool between two, so that threads may share a client. Like its twin it follows no redirects and knows
neither cookies nor credentials of the machine.
"""

import selectors
import ssl
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader
from typing import cast

from tertulia.client.address import Address
from tertulia.client.errors import ServerTimeout, ServerUnreachable
from tertulia.client.patience import Timeouts
from tertulia.client.request import Request

# The server closes a connection after 5 idle seconds: we are faster, so that no request goes into a closing one.
KEEP_ALIVE_SECONDS = 4.0
CHUNK_BYTES = 65_536
FAILURES = (HTTPException, OSError)

pause = time.sleep


class _WholeHead(HTTPResponse):
    """Refuses an answer whose head broke off: its base takes the lines that came for all of them."""

    def begin(self) -> None:
        whole = self.fp
        lines = _Lines(whole)
        self.fp = cast(BufferedReader, lines)
        try:
            super().begin()
        finally:
            self.fp = whole
        if not lines.is_blank:
            raise BadStatusLine("the head of the answer broke off")


class _Lines:
    """Reads lines, and knows whether the last one was blank, as the last line of a head is."""

    def __init__(self, source: BufferedReader) -> None:
        self._source = source
        self.is_blank = False
        self.close = source.close

    def readline(self, limit: int = -1) -> bytes:
        line = self._source.readline(limit)
        self.is_blank = line in (b"\r\n", b"\n")
        return line


class Answer:
    """An answer whose head has come."""

    def __init__(self, http: "Http", response: HTTPResponse) -> None:
        self._http = http
        self._response = response
        self.status = response.status
        self.reason = response.reason

    def header(self, name: str) -> str | None:
        """Return a header."""
        return self._response.headers.get(name)

    def chunk(self) -> bytes:
        """Return what has come next of the body; nothing at its end. Raises ServerUnreachable."""
        try:
            chunk = self._response.read1(CHUNK_BYTES)
        except FAILURES as error:
            raise self._http.unreachable(error) from error
        if not chunk and self._response.length:
            raise self._http.unreachable(EOFError("the answer broke off"))
        return chunk


class Http:
    """The connections to one server."""

    def __init__(self, address: Address, timeouts: Timeouts, headers: Mapping[str, str]) -> None:
        self._address = address
        self._timeouts = timeouts
        self._headers = headers
        self._idle: list[tuple[float, HTTPConnection]] = []
        self._tls = ssl.create_default_context() if address.is_secure else None

    @contextmanager
    def send(self, request: Request, *, silence: float) -> Generator[Answer]:
        """Send a request once and give its answer. Raises ServerUnreachable."""
        connection = self._take()
        response = self._ask(connection, request, silence)
        try:
            yield Answer(self, response)
        finally:
            is_whole = response.isclosed() or response.length == 0
            response.close()
            if is_whole and connection.sock is not None:
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()

    def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            self._idle.pop()[1].close()

    def unreachable(self, error: Exception) -> ServerUnreachable:
        """Say that nobody answers."""
        kind = ServerTimeout if isinstance(error, TimeoutError) else ServerUnreachable
        return kind(f"{self._address} does not answer: {error or type(error).__name__}")

    def _ask(self, connection: HTTPConnection, request: Request, silence: float) -> HTTPResponse:
        try:
            if connection.sock is None:
                connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(silence)
            target = self._address.prefix + request.target
            connection.request(request.method, target, request.content, request.all_headers(self._headers))
            return connection.getresponse()
        except FAILURES as error:
            connection.close()
            raise self.unreachable(error) from error

    def _take(self) -> HTTPConnection:
        """Return a connection that waits and still stands, else a new one."""
        while self._idle:
            since, connection = self._idle.pop()
            if time.monotonic() - since < KEEP_ALIVE_SECONDS and not _has_ended(connection):
                return connection
            connection.close()
        place = (self._address.host, self._address.port)
        if self._tls is not None:
            new = HTTPSConnection(*place, timeout=self._timeouts.connect, context=self._tls)
        else:
            new = HTTPConnection(*place, timeout=self._timeouts.connect)
        new.response_class = _WholeHead
        return new


def _has_ended(connection: HTTPConnection) -> bool:
    """Tell whether the other side has closed: from a connection that waits, nothing else can be read."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(0))
