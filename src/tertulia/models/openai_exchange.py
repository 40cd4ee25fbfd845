"""One try at one answer: the request goes out, and what comes back is read until it ends.

Whatever happens on the way leaves as a Failure. Nothing of the errors below is chained to it, since aiohttp's carry the
request's headers, and with them the key.
"""

from collections.abc import Awaitable
from typing import Literal

from aiohttp import ClientError, ClientResponse

from tertulia.domain.base import Value
from tertulia.models import failures
from tertulia.models.base import Piece
from tertulia.models.clock import Clock, TimeIsUp, Watchdog
from tertulia.models.failures import Failure
from tertulia.models.http import BodyTooLarge, read_whole
from tertulia.models.openai_answer import AnswerReader, Malformed, UpstreamError
from tertulia.models.server_spec import ServerSpec
from tertulia.models.sse import EventTooLarge, SseEvent, SseParser

MAX_STREAM_BYTES = 128 * 1024 * 1024
"""Of a whole stream, decompressed: some hundred thousand tokens of the wordiest server."""
MAX_SILENT_BYTES = 2 * 1024 * 1024
"""Between two batches: comments and empty chunks may keep a connection alive, not a processor busy."""
MAX_JSON_BYTES = 16 * 1024 * 1024
"""Of an answer that comes in one piece."""
MAX_ERROR_BYTES = 64 * 1024

AFTER_REASON_S = 5.0
"""How long usage and `[DONE]` may take once the server has said why the answer ended."""
AFTER_DONE_S = 1.0
"""How long the end of the body may take after `[DONE]`; then the connection is given up."""

BOM = b"\xef\xbb\xbf"
TROUBLE = (TimeIsUp, Malformed, UpstreamError, EventTooLarge, BodyTooLarge, ClientError, OSError)


class Timeouts(Value):
    """How long to wait, in seconds: for a connection, for the first delta, and for anything after that."""

    connect: float = 5.0
    first_token: float = 120.0
    idle: float = 60.0


class Exchange:
    """A request that is under way and its answer. `close` it, whatever happens."""

    def __init__(
        self,
        server: ServerSpec,
        request: Awaitable[ClientResponse],
        reader: AnswerReader,
        *,
        clock: Clock,
        timeouts: Timeouts,
    ) -> None:
        self._server = server
        self._request = request
        self._reader = reader
        self._clock = clock
        self._timeouts = timeouts
        self._watchdog = Watchdog(clock)
        self._first_deadline = clock.now() + timeouts.first_token
        self._response: ClientResponse | None = None
        self._parser = SseParser()
        self._format: Literal["unknown", "sse", "json"] = "unknown"
        self._json = bytearray()
        self._size = 0
        self._silent_size = 0
        self._has_delta = False
        self.is_over = False

    async def next_batch(self) -> list[Piece]:
        """Return the pieces of the next read that has some; the last batch ends with `Finished`. Raises Failure."""
        try:
            batch = await self._advance()
        except TROUBLE as error:
            failure = self._explain(error)
        else:
            self._has_delta = True
            return batch
        raise failure

    def close(self) -> None:
        """Give up the connection, unless the answer was read to its end."""
        self._watchdog.close()
        if self._response is not None:
            self._response.close()

    async def _advance(self) -> list[Piece]:
        response = self._response or await self._open()
        self._reader.read(())  # raises what is wrong behind the pieces that were returned last
        while not self._reader.is_done:
            chunk = await self._read(response)
            if not chunk:
                return self._end()
            batch = self._take(chunk)
            if self._reader.is_done and response.content.at_eof():
                return batch + self._end()
            if batch:
                return batch
        await self._drain(response)
        return self._end()

    async def _open(self) -> ClientResponse:
        self._response = response = await self._watchdog.wait(self._request, self._first_deadline)
        if response.status != 200:
            raise await self._refusal(response)
        return response

    async def _refusal(self, response: ClientResponse) -> Failure:
        if 300 <= response.status < 400:
            return failures.of_redirect(self._server, response.status)
        try:
            body = await self._watchdog.wait(read_whole(response.content, MAX_ERROR_BYTES), self._first_deadline)
        except TROUBLE:
            body = b""
        wait = failures.retry_after(response.headers, self._clock.wall())
        return failures.of_status(self._server, response.status, body, wait)

    async def _read(self, response: ClientResponse) -> bytes:
        try:
            return await self._watchdog.wait(response.content.readany(), self._deadline())
        except (TimeIsUp, ClientError, OSError):
            if not self._reader.has_reason:
                raise
            response.close()  # the answer is whole, whatever became of the connection
            return b""

    def _deadline(self) -> float:
        if not self._has_delta:
            return self._first_deadline
        return self._clock.now() + (AFTER_REASON_S if self._reader.has_reason else self._timeouts.idle)

    def _take(self, chunk: bytes) -> list[Piece]:
        if self._format == "unknown":
            self._recognise(chunk)
        self._size += len(chunk)
        if self._format == "json":
            self._json += chunk
            if self._size > MAX_JSON_BYTES:
                raise BodyTooLarge
            return []
        batch = self._reader.read(self._parser.feed(chunk))
        self._silent_size = 0 if batch else self._silent_size + len(chunk)
        if self._silent_size > MAX_SILENT_BYTES or self._size > MAX_STREAM_BYTES:
            raise BodyTooLarge
        return batch

    def _recognise(self, chunk: bytes) -> None:
        """See by the first character what this is: media types are often wrong, and no event begins with a brace."""
        first = chunk.removeprefix(BOM).lstrip()[:1]
        if first == b"<":
            raise Malformed("it is a web page. Is the URL right?")
        if first:
            self._format = "json" if first in b"{[" else "sse"

    def _end(self) -> list[Piece]:
        batch = self._read_rest()
        if not (self._json or self._reader.has_reason or self._reader.is_done):
            raise failures.broke_off(self._server)
        self.is_over = True
        return batch + self._reader.finish()

    def _read_rest(self) -> list[Piece]:
        """Read what only the end of the body makes whole: a JSON answer, or an event without its blank line."""
        if not self._json:
            return [] if self._reader.is_done else self._reader.read(self._parser.feed(b"\n\n"))
        batch = self._reader.read([SseEvent(bytes(self._json))])
        if not self._reader.has_choice:
            raise Malformed("there is no answer in it")
        return batch

    async def _drain(self, response: ClientResponse) -> None:
        """Read what follows `[DONE]`, which is nothing: then the connection can serve the next request."""
        deadline = self._clock.now() + AFTER_DONE_S
        try:
            while await self._watchdog.wait(response.content.readany(), deadline):
                pass
        except (TimeIsUp, ClientError, OSError):
            response.close()

    def _explain(self, error: Exception) -> Failure:
        server = self._server
        match error:
            case TimeIsUp() if self._has_delta:
                return failures.too_slow(server, "sent nothing more", self._timeouts.idle)
            case TimeIsUp():
                return failures.too_slow(server, "did not begin to answer", self._timeouts.first_token)
            case Malformed():
                return failures.malformed(server, str(error))
            case UpstreamError(error=said):
                return failures.of_error(server, failures.status_in(said), said)
            case EventTooLarge() | BodyTooLarge():
                return failures.malformed(server, "it is too large")
            case _:
                return failures.of_network(server, error)
