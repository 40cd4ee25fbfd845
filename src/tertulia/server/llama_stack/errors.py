"""Errors as Llama Stack's clients read them: the same status codes, and a body for each of the shapes they look for.

`error.message` is what their stream readers and loggers show, `detail` what its own servers mostly answer with. Its
clients try again on 409, 429 and every 5xx unless `x-should-retry` says not to: it does for whatever would only be
refused again, and for everything that comes after a turn was recorded.
"""

from typing import Any

import msgspec
from litestar import Request, Response

from tertulia.domain.base import Value
from tertulia.domain.steps import Problem
from tertulia.server.errors import ProblemDetails, problem_of

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
PASSING = frozenset({408, 425, 429})
"""What is refused now and may be taken in a moment."""
GIVE_UP = {"x-should-retry": "false"}


class InvalidField(Value):
    """What is wrong with one field, as pydantic says it."""

    loc: list[str]
    msg: str
    type: str = "value_error"


class ErrorDetail(Value):
    """The fields at fault, where Llama Stack's servers put them."""

    errors: list[InvalidField]


class Error(Value):
    """What happened."""

    message: str
    type: str
    code: str
    detail: str | ErrorDetail


class ErrorBody(Value):
    """The body of an error."""

    error: Error
    detail: str


class ErrorFrame(Value):
    """The last frame of a stream whose turn failed."""

    error: Error
    id: str


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer with what an error is."""
    found, headers = problem_of(request, error)
    request.scope["state"]["problem_code"] = found.code
    return answer_error(found.status, _error(found), headers=headers)


def answer_error(status: int, error: Error, *, headers: dict[str, str] | None = None) -> Response[Any]:
    """Answer with an error."""
    given = {**(headers or {}), **(GIVE_UP if 400 <= status < 500 and status not in PASSING else {})}
    body = msgspec.json.encode(ErrorBody(error=error, detail=error.message))
    return Response(body, status_code=status, media_type="application/json", headers=given)


def error_of(problem: Problem, status: int) -> Error:
    """Return what made a turn fail."""
    return Error(
        message=problem.message, type=TYPES.get(status, "server_error"), code=problem.code, detail=problem.message
    )


def _error(problem: ProblemDetails) -> Error:
    fields = [
        InvalidField(loc=["body", *each.pointer.strip("/").split("/")], msg=each.detail)
        for each in problem.errors or []
    ]
    return Error(
        message=problem.detail,
        type=TYPES.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error"),
        code=problem.code,
        detail=ErrorDetail(errors=fields) if fields else problem.detail,
    )
