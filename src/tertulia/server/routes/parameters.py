"""What routes take from the path, the query and the headers, and say in headers, said once.

`Given` marks what the application hands to a route (`app.py`, `dependencies`); all else comes from the client.
"""

import datetime as dt
from typing import Annotated

from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency as Given
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from tertulia.domain.errors import FieldError, InvalidRequest
from tertulia.domain.paging import MAX_LIMIT
from tertulia.runtime.clock import time_of

__all__ = [
    "ETAG",
    "LOCATION",
    "TURN_ID",
    "AgentId",
    "Cursor",
    "Given",
    "IdempotencyKey",
    "KeyId",
    "LastEventId",
    "Limit",
    "SessionId",
    "Since",
    "StepId",
    "TurnId",
    "Until",
    "UserId",
    "given_time",
]

LOCATION = ResponseHeader("Location", documentation_only=True, description="The path of what was made.", value="")
TURN_ID = ResponseHeader("Turn-Id", documentation_only=True, description="The turn's id.", value="")
ETAG = ResponseHeader(
    "ETag", documentation_only=True, description="The session's revision, for `If-Match`; turns do not count.", value=""
)

AgentId = Annotated[str, PathParameter(description="The agent's id.")]
SessionId = Annotated[str, PathParameter(description="The session's id.")]
TurnId = Annotated[str, PathParameter(description="The turn's id.")]
KeyId = Annotated[str, PathParameter(description="The key's id, which is not its text.")]
UserId = Annotated[str, PathParameter(description="The user's id.")]
StepId = Annotated[str, PathParameter(description="The step's id.")]

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many at the most.")]
Cursor = Annotated[str | None, QueryParameter(description="The `next_cursor` of the page before.")]

Since = Annotated[str | None, QueryParameter(description="Not before this date or time (RFC 3339).", max_length=40)]
Until = Annotated[str | None, QueryParameter(description="Before this date or time (RFC 3339).", max_length=40)]

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="A key of the client's making: the same key with the same body returns what it made before.",
        min_length=1,
        max_length=255,
    ),
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        description="The same as `after`, and goes before it: a browser that reconnects sends it with the old URL.",
    ),
]


def given_time(said: str | None, name: str) -> str | None:
    """Read a date or a time; one that names no zone is UTC. Raises InvalidRequest."""
    if said is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(said)
        return time_of(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    except ValueError:
        detail = f"`{name}` takes a date or a time, such as 2026-01-31 or 2026-01-31T12:00:00Z"
        raise InvalidRequest(f"{detail}.", errors=[FieldError(pointer=name, detail=detail)]) from None
