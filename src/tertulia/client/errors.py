"""What can go wrong for a client.

ClientError
├── ApiError            the server answered, and said no: `status`, `code`, `request_id`
└── ServerUnreachable   nobody answered
    └── StreamLost      a turn's stream was cut and could not be taken up again; the turn goes on without us
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
    def request_id(self) -> str | None:
        """Under this id the request stands in the server's log."""
        return self.problem.request_id


class ServerUnreachable(ClientError):
    """Nobody answered at the address."""


class StreamLost(ServerUnreachable):
    """The connection to the server is lost. The turn goes on without this reader."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)
