"""Which errors a route can answer with, said beside the route and written into the OpenAPI document."""

from litestar.openapi.datastructures import ResponseSpec

from tertulia.domain.errors import (
    Forbidden,
    HostNotAllowed,
    IdentityProviderFailed,
    InvalidRequest,
    OriginNotAllowed,
    RateLimited,
    StorageUnavailable,
    TertuliaError,
    TooLarge,
    Unauthenticated,
    UnknownField,
    UnsupportedMediaType,
)
from tertulia.server.errors import INTERNAL, ProblemDetails, status_of

PROBLEM = "application/problem+json"
ANY_BODY = (InvalidRequest, UnknownField, TooLarge, UnsupportedMediaType)
SIGNED_IN = (Unauthenticated, Forbidden, RateLimited, IdentityProviderFailed)
"""What every route can answer that is not open to everybody."""
ANYWHERE = (HostNotAllowed, OriginNotAllowed, StorageUnavailable)
"""What every route can answer: a Host or Origin that may not ask, and a database that is away."""


def raises(*kinds: type[TertuliaError], has_body: bool = False, is_open: bool = False) -> dict[int, ResponseSpec]:
    """Describe the problems of a route: those given, those of any body if it takes one, and those of every route."""
    by_status: dict[int, list[str]] = {500: [f"`internal_error`: {INTERNAL}"]}
    for kind in dict.fromkeys((*kinds, *(ANY_BODY if has_body else ()), *(() if is_open else SIGNED_IN), *ANYWHERE)):
        sentence = " ".join((kind.__doc__ or "").split())
        by_status.setdefault(status_of(kind), []).append(f"`{kind.code}`: {sentence}")
    return {status: problem_spec("\n\n".join(lines)) for status, lines in sorted(by_status.items())}


def problem_spec(description: str) -> ResponseSpec:
    """Describe one problem."""
    return ResponseSpec(ProblemDetails, generate_examples=False, description=description, media_type=PROBLEM)
