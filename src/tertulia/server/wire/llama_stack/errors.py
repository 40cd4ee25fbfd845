"""Errors in Llama Stack's words: a body with each of the shapes that its clients look for.

`error.message` is what their stream readers and loggers show, `detail` what its own servers mostly answer with, and
`error.detail.errors` where they name the fields at fault.
"""

import re

from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError
from tertulia.domain.steps import Problem

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
MISSING = re.compile(r"Object missing required field `(.*)`")
OF_TURNS = 502
"""The status of a turn that failed: what the model's server did, mostly."""


class InvalidField(Value):
    """What is wrong with one field, as pydantic says it."""

    loc: list[str | int]
    msg: str
    type: str = "value_error"


class ErrorDetail(Value):
    """The fields at fault."""

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


def make_error(status: int, code: str, message: str, fields: list[FieldError] | None = None) -> Error:
    """Return an error of a status."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    invalid = [_invalid(each) for each in fields or []]
    return Error(message=message, type=kind, code=code, detail=ErrorDetail(errors=invalid) if invalid else message)


def error_of(problem: Problem) -> Error:
    """Return what made a turn fail."""
    return make_error(OF_TURNS, problem.code, problem.message)


def _invalid(field: FieldError) -> InvalidField:
    """Say what is wrong with a field; of one that is missing, as pydantic does."""
    place = "body" if field.pointer.startswith("/") or not field.pointer else "query"
    loc: list[str | int] = [place, *_path(field.pointer)]
    if missing := MISSING.fullmatch(field.detail):
        return InvalidField(loc=[*loc, missing[1]], msg="Field required", type="missing")
    return InvalidField(loc=loc, msg=field.detail)


def _path(pointer: str) -> list[str | int]:
    return [int(each) if each.isdigit() else each for each in pointer.strip("/").split("/") if each]
