"""One request to the server: its encoding, its errors as types, and its repetition where that is safe.

A request is repeated only when doing it twice is the same as doing it once: reads, and writes with an
`Idempotency-Key`. What the server asks for in `Retry-After` goes before our own waiting.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from tertulia.client.errors import ApiError, ClientError, ProblemDetails, ServerUnreachable
from tertulia.domain.base import Value

T = TypeVar("T")

PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be gone a moment later (contract §6)."""

CONNECT_SECONDS = 5
# The server closes a connection after 5 idle seconds: we are faster, so that no request goes into a closing one.
KEEP_ALIVE_SECONDS = 4
ANSWER_SECONDS = 60
# The server sends a sign of life every 15 seconds: after three that did not come the connection is dead.
SILENCE_SECONDS = 45


class Patience(Value):
    """How often, and how long apart, something is tried again: longer each time, and not all clients at once."""

    attempts: int = 6
    first_wait: float = 0.25
    longest_wait: float = 5.0

    async def wait(self, attempt: int, asked: float | None = None) -> None:
        """Wait before the attempt with this number (the first repetition is 1), or for as long as the server asked."""
        backoff = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1))
        await asyncio.sleep(asked if asked is not None else backoff * random.uniform(0.5, 1))  # noqa: S311 - no secret


class Request(Value):
    """A request: `path` begins below `/v1`."""

    method: str
    path: str
    params: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    body: Any = None
    is_repeatable: bool = False


class Transport:
    """The connections to one server."""

    def __init__(self, base_url: str, patience: Patience) -> None:
        self.base_url = base_url.rstrip("/")
        self.patience = patience
        self._http: aiohttp.ClientSession | None = None

    async def call(self, request: Request, answer: type[T]) -> T:
        """Send a request and return its answer. Raises ApiError and ServerUnreachable."""
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self.open(request, silence=ANSWER_SECONDS) as response:
                    return _decode(await response.read(), answer)
            except (ApiError, ServerUnreachable) as error:
                if not (request.is_repeatable and attempt < self.patience.attempts and is_passing(error)):
                    raise
                await self.patience.wait(attempt, asked_wait(error))

    @asynccontextmanager
    async def open(
        self, request: Request, *, silence: float = SILENCE_SECONDS
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send a request once and give its answer while it comes in. Raises ApiError and ServerUnreachable."""
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_SECONDS))
        headers = dict(request.headers)
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with self._http.request(
                request.method,
                f"{self.base_url}/v1{request.path}",
                params=request.params,
                headers=headers,
                data=None if request.body is None else msgspec.json.encode(request.body),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence),
            ) as response:
                if response.status >= 400:
                    raise ApiError(await _problem(response))
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServerUnreachable(f"{self.base_url} does not answer: {error or type(error).__name__}") from error

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None


def path_of(*parts: str) -> str:
    """Make a path of its parts; ids are escaped."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def is_passing(error: ApiError | ServerUnreachable) -> bool:
    """Tell whether the same request may succeed a moment later."""
    return isinstance(error, ServerUnreachable) or error.status in PASSING


def asked_wait(error: ApiError | ServerUnreachable) -> float | None:
    """Return how many seconds the server asked us to wait, if it did."""
    return error.problem.retry_after if isinstance(error, ApiError) else None


def _decode(body: bytes, answer: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"null", type=answer)
    except msgspec.MsgspecError as error:
        raise ClientError(f"The server's answer is not one that this client understands: {error}") from error


async def _problem(response: aiohttp.ClientResponse) -> ProblemDetails:
    """Read an error; what is not from our server (a proxy's page) becomes a problem too."""
    header = response.headers.get("Retry-After", "")
    try:
        problem = msgspec.json.decode(await response.read(), type=ProblemDetails)
    except msgspec.MsgspecError:
        problem = ProblemDetails(title=response.reason or "")
    return msgspec.structs.replace(
        problem,
        status=response.status,
        request_id=problem.request_id or response.headers.get("X-Request-Id"),
        retry_after=float(header) if header.isdigit() else problem.retry_after,
    )
