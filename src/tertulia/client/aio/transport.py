"""Requests to one server: answers as values, refusals as errors, and repetition where that is safe."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from tertulia.client.address import Address
from tertulia.client.async_http import AsyncAnswer, AsyncHttp, pause
from tertulia.client.errors import ApiError, NotFound, ServerUnreachable, UnexpectedAnswer
from tertulia.client.patience import Patience, Timeouts
from tertulia.client.problems import decode, error_of
from tertulia.client.request import Request

T = TypeVar("T")

MAX_ANSWER_BYTES = 256 * 1024 * 1024
MAX_PROBLEM_BYTES = 256 * 1024


class AsyncTransport:
    """Sends requests, and waits with the patience that it was given."""

    def __init__(self, address: Address, patience: Patience, timeouts: Timeouts, headers: Mapping[str, str]) -> None:
        self.address = address
        self.patience = patience
        self._timeouts = timeouts
        self._http = AsyncHttp(address, timeouts, headers)

    async def call(self, request: Request, answer: type[T]) -> T:
        """Send a request and return its answer. Raises ClientError."""
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self._send(request, self._timeouts.answer) as response:
                    return decode(await _read(response), answer)
            except (ApiError, ServerUnreachable) as error:
                if isinstance(error, NotFound) and request.method == "DELETE" and attempt > 1:
                    return decode(b"", answer)  # an attempt whose answer was lost has done it
                wait = self.patience.wait_after(error, attempt) if request.is_repeatable else None
                if wait is None:
                    raise
            await pause(wait)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncGenerator[AsyncAnswer]:
        """Send a request once and give its answer while it comes. Raises ClientError."""
        async with self._send(request, self._timeouts.silence) as response:
            yield response

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    @asynccontextmanager
    async def _send(self, request: Request, silence: float) -> AsyncGenerator[AsyncAnswer]:
        async with self._http.send(request, silence=silence) as response:
            if response.status >= 300 and response.status not in request.also_answers:
                body = await _read_some(response, MAX_PROBLEM_BYTES)
                raise error_of(response.status, response.reason, response.header, body)
            yield response


async def _read(response: AsyncAnswer) -> bytes:
    body = await _read_some(response, MAX_ANSWER_BYTES)
    if len(body) > MAX_ANSWER_BYTES:
        raise UnexpectedAnswer(f"The answer is larger than {MAX_ANSWER_BYTES} bytes: ask for it in pages.")
    return body


async def _read_some(response: AsyncAnswer, enough: int) -> bytes:
    """Read a body to its end, or until there is more of it than enough."""
    body = bytearray()
    while len(body) <= enough and (chunk := await response.chunk()):
        body += chunk
    return bytes(body)
