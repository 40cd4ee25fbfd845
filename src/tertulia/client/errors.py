"""What can go wrong for a client. A refusal has the class of its `code`'s family, else of its HTTP status.

ClientError
├── ApiError               the server said no: `status`, `code`, `errors`, `request_id`, `retry_after`
│   ├── InvalidRequest     400  invalid_request, unknown_field, invalid_cursor, unknown_tool_call
│   ├── Unauthenticated    401  unauthenticated
│   ├── Forbidden          403  forbidden, host_not_allowed, origin_not_allowed
│   ├── NotFound           404  agent_not_found, session_not_found, turn_not_found, step_not_found, model_not_found
│   ├── Conflict           409  session_busy, turn_awaiting_input, turn_not_awaiting_input, idempotency_mismatch,
│   │                           already_decided, already_answered, budget_reached
│   ├── Gone               410  share_gone
│   ├── Stale              412  stale
│   ├── TooLarge           413  too_large, storage_full
│   ├── UnsupportedMedia   415  unsupported_media_type
│   ├── TooManyRequests    429  queue_full, too_many_requests
│   │   └── RateLimited    429  rate_limited: a limit of one's own, `limit`
│   ├── NotOffered         501  not_offered
│   ├── ServerFailed       500  internal_error
│   ├── ModelFailed        502  model_unavailable, model_timeout (504), model_refused
│   └── Unavailable        503  storage_unavailable, overloaded; a gateway's 502 and 504
├── UnexpectedAnswer       what came is not what a server of ours says
└── ServerUnreachable      nobody answered
    ├── ServerTimeout      the server did not answer in time
    └── StreamLost         a turn's stream was cut and could not be taken up again; the turn goes on without us
"""

from msgspec import field

from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError


class ProblemDetails(Value):
    """The body of an error, `application/problem+json` (RFC 9457)."""

    status: int = 0
    code: str = "unknown"
    title: str = ""
    detail: str = ""
    request_id: str | None = None
    errors: list[FieldError] = field(default_factory=list[FieldError])
    retry_after: float | None = None
    turn_id: str | None = None
    limit: str | None = None


class ClientError(Exception):
    """Something went wrong between us and the server."""


class ApiError(ClientError):
    """The server refused: `code` is for programs, the message for people, `request_id` for the server's log."""

    def __init__(self, problem: ProblemDetails) -> None:
        self.problem = problem
        super().__init__(problem.detail or problem.title or f"The server answered {problem.status}.")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def code(self) -> str:
        """The stable name of what went wrong."""
        return self.problem.code

    @property
    def errors(self) -> list[FieldError]:
        """The fields at fault, each as a JSON pointer and a sentence."""
        return self.problem.errors

    @property
    def request_id(self) -> str | None:
        """Under this id the request stands in the server's log."""
        return self.problem.request_id

    @property
    def retry_after(self) -> float | None:
        """In how many seconds the server wants to be asked again, if it said so."""
        return self.problem.retry_after

    @property
    def turn_id(self) -> str | None:
        """The turn that is in the way, if one is."""
        return self.problem.turn_id


class InvalidRequest(ApiError):
    """The request is not valid; nothing was stored."""


class Unauthenticated(ApiError):
    """The server, or a proxy before it, wants to know who asks."""


class Forbidden(ApiError):
    """This is not allowed."""


class NotFound(ApiError):
    """There is no such thing here."""


class Conflict(ApiError):
    """The request does not fit the state of things."""


class Gone(ApiError):
    """It was there, and is not any more."""


class Stale(ApiError):
    """It was changed since it was read."""


class TooLarge(ApiError):
    """The request is larger than the server takes."""


class UnsupportedMedia(ApiError):
    """The server does not read this kind of body."""


class TooManyRequests(ApiError):
    """There is too much to do already."""


class RateLimited(TooManyRequests):
    """You have used as much as you may for now; in `retry_after` seconds there is more."""

    @property
    def limit(self) -> str | None:
        """Which limit it is, by its name."""
        return self.problem.limit


class NotOffered(ApiError):
    """The server does not offer this."""


class ServerFailed(ApiError):
    """Something went wrong on the server."""


class ModelFailed(ApiError):
    """A model server did not answer as it should."""


class Unavailable(ApiError):
    """The server cannot do it just now."""


class UnexpectedAnswer(ClientError):
    """What came is not what a server of ours says."""


class ServerUnreachable(ClientError):
    """Nobody answered at the address."""


class ServerTimeout(ServerUnreachable):
    """The server did not answer in time."""


class StreamLost(ServerUnreachable):
    """The connection to the server is lost. The turn goes on without this reader."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)
