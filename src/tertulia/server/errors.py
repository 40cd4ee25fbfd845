"""Every error as RFC 9457 `application/problem+json`: what happened, which field, and what to do."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from tertulia.domain import errors
from tertulia.domain.base import Value
from tertulia.domain.errors import FieldError, InvalidRequest, TertuliaError, UnknownField

log = structlog.get_logger()

STATUS: dict[type[TertuliaError], int] = {
    errors.InvalidRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.ShareGone: 410,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.QueueFull: 429,
    errors.TooManyRequests: 429,
    errors.ModelTimeout: 504,
    errors.ModelError: 502,
    errors.ToolServerUnavailable: 502,
    errors.IdentityProviderFailed: 502,
    errors.NotOffered: 501,
    errors.StorageUnavailable: 503,
    errors.Overloaded: 503,
}
HTTP_CODES = {
    400: "invalid_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "overloaded",
}
CHALLENGE = {"www-authenticate": "Bearer"}
"""How to say who asks, for programs; a browser shows no dialog of its own for it."""
SECRET_PATHS = ("/v1/shared/", "/share/")
MAX_TEXT = 500
"""The longest sentence or pointer of a problem, in characters."""
ROLES = {
    "Invalid value 'assistant'": "what an agent has said is in the session; a turn begins with what the user says",
    "Invalid value 'tool'": "what a tool answers goes to …/{turn_id}/resume; a turn begins with what the user says",
}
"""What to do with messages of the roles that no turn begins with."""
INTERNAL = "Something went wrong on the server. Its log has the details under this request id."


class ProblemDetails(Value):
    """RFC 9457, with a stable `code`, the request's id, the fields at fault, and the `limit` that was reached."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None
    retry_after: int | None = None
    turn_id: str | None = None
    limit: str | None = None


def status_of(kind: type[TertuliaError]) -> int:
    """Return the HTTP status of a class of errors: that of the nearest class of its line that has one."""
    return next((STATUS[each] for each in kind.__mro__ if each in STATUS), 500)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer with the problem that an error is."""
    found, headers = problem_of(request, error)
    request.scope["state"]["problem_code"] = found.code
    return Response(_encode(found), status_code=found.status, media_type="application/problem+json", headers=headers)


def problem_of(request: Request[Any, Any, Any], error: Exception) -> tuple[ProblemDetails, dict[str, str]]:
    """Say what an error means to a client, whatever its dialect, and in which headers besides.

    It is what the domain says, or what the framework refuses (unknown routes, methods, parameters); of what nobody
    foresaw the log has the rest.
    """
    if isinstance(error, TertuliaError):
        found = _domain_problem(request, error)
        headers = CHALLENGE if found.status == 401 else {}
    elif isinstance(error, HTTPException) and error.status_code < 500:
        found = _http_problem(request, error)
        headers = dict(error.headers or {})
    else:
        path = without_secret(request.url.path)
        log.error("request.crashed", request_id=request_id_of(request.scope), path=path, exc_info=error)
        found, headers = _problem(request, 500, "internal_error", INTERNAL), {}
    return found, headers if found.retry_after is None else {**headers, "retry-after": str(found.retry_after)}


def _domain_problem(request: Request[Any, Any, Any], error: TertuliaError) -> ProblemDetails:
    return _problem(
        request,
        status_of(type(error)),
        error.code,
        error.message,
        fields=error.errors,
        retry_after=error.retry_after,
        turn_id=getattr(error, "turn_id", None),
        limit=getattr(error, "limit", None),
    )


def _http_problem(request: Request[Any, Any, Any], error: HTTPException) -> ProblemDetails:
    fields = _parameter_errors(request, error.extra)
    detail = "; ".join(f"{each.pointer or 'The request'}: {each.detail}" for each in fields) or _http_detail(
        request, error
    )
    return _problem(
        request, error.status_code, HTTP_CODES.get(error.status_code, "invalid_request"), detail, fields=fields
    )


def _problem(  # noqa: PLR0913 - the fields of a problem
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    detail: str,
    *,
    fields: list[FieldError] | None = None,
    retry_after: int | None = None,
    turn_id: str | None = None,
    limit: str | None = None,
) -> ProblemDetails:
    return ProblemDetails(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_bounded(detail),
        instance=request.url.path,
        code=code,
        request_id=request_id_of(request.scope),
        errors=[FieldError(pointer=_bounded(each.pointer), detail=_bounded(each.detail)) for each in fields or []]
        or None,
        retry_after=retry_after,
        turn_id=turn_id,
        limit=limit,
    )


def problem_body(*, path: str, request_id: str, status: int, code: str, detail: str) -> bytes:
    """Encode a problem of a request that no route has seen."""
    details = ProblemDetails(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_bounded(detail),
        instance=path,
        code=code,
        request_id=request_id,
    )
    return _encode(details)


def _encode(details: ProblemDetails) -> bytes:
    """Encode a problem; members that say nothing are left out."""
    return msgspec.json.encode({k: v for k, v in msgspec.structs.asdict(details).items() if v is not None})


def _bounded(text: str) -> str:
    """What a client sent may be quoted to it, but not at any length."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def without_secret(path: str) -> str:
    """Return a path as the log may have it: whoever has the secret of a link can read by it."""
    return next((f"{start}…" for start in SECRET_PATHS if path.startswith(start)), path)


def request_id_of(scope: Any) -> str:
    """Return the id that the edge has given to a request."""
    return str(scope.get("state", {}).get("request_id", ""))


def invalid_body(error: msgspec.DecodeError) -> InvalidRequest:
    """Say which field of a JSON body is wrong, and how."""
    detail, _, path = str(error).partition(" - at `")
    pointer = pointer_of(path.rstrip("`"))
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", detail)
    if unknown:
        pointer = f"{pointer}/{unknown[1]}"
        detail = f"there is no field `{unknown[1]}` here"
    elif pointer.endswith("/role") and detail in ROLES:
        detail = f"{detail}: {ROLES[detail]}"
    where = pointer or "The body"
    kind = UnknownField if unknown else InvalidRequest
    return kind(f"{where}: {detail}.", errors=[FieldError(pointer=pointer, detail=detail)])


def pointer_of(path: str) -> str:
    """Turn msgspec's `$.messages[0].role` into the JSON pointer `/messages/0/role`."""
    return "".join(f"/{name or index}" for name, index in re.findall(r"\.([^.\[\]]+)|\[([^\]]*)\]", path))


class _ParameterError(Value):
    """How the framework speaks of a parameter that is not valid."""

    key: str = ""
    message: str = "is not valid"


def _parameter_errors(request: Request[Any, Any, Any], extra: Any) -> list[FieldError]:
    try:
        found = msgspec.convert(extra, list[_ParameterError])
    except msgspec.ValidationError:
        return []
    return [_field_error(request, each) for each in found]


def _field_error(request: Request[Any, Any, Any], error: _ParameterError) -> FieldError:
    """Name a parameter as the client knows it."""
    if error.key == "data":
        return FieldError(pointer="", detail="the body is missing: send a JSON object")
    definition = request.route_handler.parsed_fn_signature.parameters[error.key].kwarg_definition
    return FieldError(pointer=getattr(definition, "name", None) or error.key, detail=error.message)


def _http_detail(request: Request[Any, Any, Any], error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return f"There is nothing at {request.url.path}. GET /v1/openapi.json lists what is there."
        case 405:
            return f"{request.method} is not possible at {request.url.path}."
        case 413:
            return "The request's body is larger than the server takes. GET /v1/config has the limits."
        case _:
            return error.detail
