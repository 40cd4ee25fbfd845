"""What routes take from the path, the query and the headers, and say in headers, said once.

`Given` marks what the application hands to a route (`app.py`, `dependencies`); all else comes from the client.
"""

from typing import Annotated

from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency as Given
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from tertulia.domain.paging import MAX_LIMIT

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
    "StepId",
    "TurnId",
    "UserId",
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
    str | None, HeaderParameter(name="Last-Event-ID", description="The same as `after`, as browsers send it.")
]
