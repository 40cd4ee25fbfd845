"""The Python client: agents, sessions, turns, and streams that go on after a cut; for threads and for asyncio."""

from tertulia.client.aio.client import AsyncClient
from tertulia.client.aio.stream import AsyncTurnStream
from tertulia.client.errors import (
    ApiError,
    ClientError,
    Conflict,
    Forbidden,
    Gone,
    InvalidRequest,
    ModelFailed,
    NotFound,
    NotOffered,
    RateLimited,
    ServerFailed,
    ServerTimeout,
    ServerUnreachable,
    Stale,
    StreamLost,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    UnsupportedMedia,
)
from tertulia.client.fold import fold
from tertulia.client.patience import Patience, Timeouts
from tertulia.client.sync.client import Client
from tertulia.client.sync.stream import TurnStream

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncTurnStream",
    "Client",
    "ClientError",
    "Conflict",
    "Forbidden",
    "Gone",
    "InvalidRequest",
    "ModelFailed",
    "NotFound",
    "NotOffered",
    "Patience",
    "RateLimited",
    "ServerFailed",
    "ServerTimeout",
    "ServerUnreachable",
    "Stale",
    "StreamLost",
    "Timeouts",
    "TooLarge",
    "TooManyRequests",
    "TurnStream",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "UnsupportedMedia",
    "fold",
]
