"""Requests in OpenAI's format that are handed on to a model server as they are, and its answers handed back.

Byte for byte: what is not understood here is none of our business. What goes wrong leaves as a ModelError in words for
people; `Declined` if it is the server that takes exception to the request, which is then the client's to mend. The
same times and bounds hold as for an answer that is read (`openai_exchange.py`), and nothing is tried twice: clients of
this format try again by themselves.
"""

from collections.abc import AsyncGenerator, Awaitable

from aiohttp import ClientError, ClientResponse, StreamReader

from tertulia.domain.errors import ModelError
from tertulia.models import failures
from tertulia.models.clock import Clock, TimeIsUp, Watchdog
from tertulia.models.http import BodyTooLarge, read_whole
from tertulia.models.openai_exchange import MAX_ERROR_BYTES, MAX_JSON_BYTES, MAX_STREAM_BYTES, Timeouts
from tertulia.models.server_spec import ServerSpec

CLIENTS_FAULT = frozenset({400, 404, 405, 409, 411, 413, 415, 422, 429})
"""What a server answers to a request that is not right, or comes too soon. 401 and 403 are ours: it is our key."""
TROUBLE = (TimeIsUp, BodyTooLarge, ClientError, OSError)


class Declined(Exception):
    """The model server declined the request: `status` is that of its answer, `error` says it in words for people."""

    def __init__(self, error: ModelError, status: int) -> None:
        self.error = error
        self.status = status
        super().__init__(error.message)


class Forwarded:
    """An answer that has begun. Read it as a `whole` or in `chunks`, or `close` it."""

    def __init__(
        self, server: ServerSpec, request: Awaitable[ClientResponse], *, clock: Clock, timeouts: Timeouts
    ) -> None:
        self._server = server
        self._request = request
        self._clock = clock
        self._timeouts = timeouts
        self._watchdog = Watchdog(clock)
        self._response: ClientResponse | None = None
        self.media_type = ""

    @property
    def is_stream(self) -> bool:
        """The answer comes in events."""
        return self.media_type.startswith("text/event-stream")

    async def begin(self) -> None:
        """Wait until the server begins to answer. Raises ModelError, Declined."""
        deadline = self._clock.now() + self._timeouts.first_token
        body = b""
        try:
            self._response = response = await self._watchdog.wait(self._request, deadline)
            if response.status != 200:
                body = await self._watchdog.wait(read_whole(response.content, MAX_ERROR_BYTES), deadline)
        except TROUBLE as trouble:
            self.close()
            error: ModelError | Declined = self._explain(trouble, "did not begin to answer", self._timeouts.first_token)
        except BaseException:
            self.close()
            raise
        else:
            if response.status == 200:
                self.media_type = response.headers.get("content-type", "application/json").lower()
                return
            self.close()
            error = self._refusal(response, body)
        raise error

    async def whole(self) -> bytes:
        """Read the answer to its end. Raises ModelError."""
        try:
            return await self._watchdog.wait(read_whole(self._content, MAX_JSON_BYTES), self._idle_deadline)
        except TROUBLE as trouble:
            error = self._explain(trouble, "sent nothing more", self._timeouts.idle)
        finally:
            self.close()
        raise error

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer as it comes. Raises ModelError."""
        size = 0
        try:
            while chunk := await self._watchdog.wait(self._content.readany(), self._idle_deadline):
                size += len(chunk)
                if size > MAX_STREAM_BYTES:
                    raise BodyTooLarge
                yield chunk
        except TROUBLE as trouble:
            error = self._explain(trouble, "sent nothing more", self._timeouts.idle)
        else:
            return
        finally:
            self.close()
        raise error

    def close(self) -> None:
        """Give up the connection, unless the answer was read to its end."""
        self._watchdog.close()
        if self._response is not None:
            self._response.close()

    @property
    def _content(self) -> StreamReader:
        assert self._response is not None, "an answer is read once it has begun"
        return self._response.content

    @property
    def _idle_deadline(self) -> float:
        return self._clock.now() + self._timeouts.idle

    def _refusal(self, response: ClientResponse, body: bytes) -> ModelError | Declined:
        if 300 <= response.status < 400:
            return failures.of_redirect(self._server, response.status).error
        wait = failures.retry_after(response.headers, self._clock.wall())
        error = failures.of_status(self._server, response.status, body, wait).error
        return Declined(error, response.status) if response.status in CLIENTS_FAULT else error

    def _explain(self, trouble: Exception, what: str, seconds: float) -> ModelError:
        match trouble:
            case TimeIsUp():
                return failures.too_slow(self._server, what, seconds).error
            case BodyTooLarge():
                return failures.malformed(self._server, "it is too large").error
            case _:
                return failures.of_network(self._server, trouble).error
