"""A refused request as an error: of the family of its code, and where the code says nothing, of its status."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from tertulia.client import errors
from tertulia.client.errors import ApiError, ProblemDetails, UnexpectedAnswer
from tertulia.domain import errors as domain
from tertulia.domain.errors import TertuliaError

T = TypeVar("T")

Header = Callable[[str], str | None]
"""Gives a header of an answer by its name."""

FAMILIES: Mapping[type[TertuliaError], type[ApiError]] = {
    domain.InvalidRequest: errors.InvalidRequest,
    domain.Unauthenticated: errors.Unauthenticated,
    domain.Forbidden: errors.Forbidden,
    domain.NotFound: errors.NotFound,
    domain.Conflict: errors.Conflict,
    domain.ShareGone: errors.Gone,
    domain.Stale: errors.Stale,
    domain.TooLarge: errors.TooLarge,
    domain.UnsupportedMediaType: errors.UnsupportedMedia,
    domain.QueueFull: errors.TooManyRequests,
    domain.TooManyRequests: errors.TooManyRequests,
    domain.RateLimited: errors.RateLimited,
    domain.ModelError: errors.ModelFailed,
    domain.NotOffered: errors.NotOffered,
    domain.StorageUnavailable: errors.Unavailable,
    domain.Overloaded: errors.Unavailable,
}
"""By the server's own tree, so that a new code is of the family of its class."""

STATUSES: Mapping[int, type[ApiError]] = {
    400: errors.InvalidRequest,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.Gone,
    412: errors.Stale,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
    429: errors.TooManyRequests,
    500: errors.ServerFailed,
    501: errors.NotOffered,
    502: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.Unavailable,
}


def _coded(kind: type[TertuliaError]) -> Iterator[tuple[str, type[ApiError]]]:
    for each in kind.__subclasses__():
        family = next((FAMILIES[line] for line in each.__mro__ if line in FAMILIES), None)
        if family is not None:
            yield each.code, family
        yield from _coded(each)


CODES = dict(_coded(TertuliaError))


def error_of(status: int, reason: str, header: Header, body: bytes) -> ApiError:
    """Return the error that an answer tells of; what is not from our server (a proxy's page) becomes one too."""
    try:
        problem = msgspec.json.decode(body, type=ProblemDetails)
    except msgspec.MsgspecError:
        problem = ProblemDetails(title=reason, detail=_redirect(status, header("Location")))
    problem = msgspec.structs.replace(
        problem,
        status=status,
        request_id=problem.request_id or header("X-Request-Id"),
        retry_after=_seconds(header("Retry-After"), datetime.now(UTC), problem.retry_after),
    )
    return (CODES.get(problem.code) or STATUSES.get(status, ApiError))(problem)


def decode(body: bytes, answer: type[T]) -> T:
    """Read an answer. Raises UnexpectedAnswer."""
    try:
        return msgspec.json.decode(body or b"null", type=answer)
    except msgspec.MsgspecError as error:
        raise UnexpectedAnswer(f"The server's answer is not one that this client understands: {error}") from error


def _redirect(status: int, place: str | None) -> str:
    return f"The server is elsewhere: {place} is where it sends us." if status < 400 and place else ""


def _seconds(header: str | None, now: datetime, otherwise: float | None) -> float | None:
    """Read Retry-After: seconds, or a date."""
    if header is None:
        return otherwise
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return otherwise
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
