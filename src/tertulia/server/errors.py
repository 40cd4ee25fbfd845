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
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.QueueFull: 429,
    errors.ModelTimeout: 504,
    errors.ModelError: 502,
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
MAX_TEXT = 500
"""The longest sentence or pointer of a problem, in characters."""
INTERNAL = "Something went wrong on the server. Its log has the details under this request id."


class ProblemDetails(Value):
    """RFC 9457, with a stable `code`, the request's id, and the fields at fault."""

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


def status_of(kind: type[TertuliaError]) -> int:
    """Return the HTTP status of a class of errors: that of the nearest class of its line that has one."""
    return next((STATUS[each] for each in kind.__mro__ if each in STATUS), 500)


def on_domain_error(request: Request[Any, Any, Any], error: TertuliaError) -> Response[Any]:
    """Answer with what the error says."""
    return problem(
        request,
        status_of(type(error)),
        error.code,
        error.message,
        fields=error.errors,
        retry_after=error.retry_after,
        turn_id=getattr(error, "turn_id", None),
    )


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: unknown routes, methods, parameters."""
    status = error.status_code
    if status >= 500:
        return on_crash(request, error)
    fields = _parameter_errors(request, error.extra)
    detail = "; ".join(f"{each.pointer or 'The request'}: {each.detail}" for each in fields) or _http_detail(
        request, error
    )
    return problem(
        request, status, HTTP_CODES.get(status, "invalid_request"), detail, fields=fields, headers=error.headers
    )


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer what nobody foresaw; the log has the rest."""
    log.error("request.crashed", request_id=request_id_of(request.scope), path=request.url.path, exc_info=error)
    return problem(request, 500, "internal_error", INTERNAL)


def problem(  # noqa: PLR0913 - the fields of a problem
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    detail: str,
    *,
    fields: list[FieldError] | None = None,
    retry_after: int | None = None,
    turn_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """Make the response of a problem."""
    request.scope["state"]["problem_code"] = code
    body = problem_body(
        path=request.url.path,
        request_id=request_id_of(request.scope),
        status=status,
        code=code,
        detail=detail,
        fields=fields,
        retry_after=retry_after,
        turn_id=turn_id,
    )
    extra = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return Response(
        body, status_code=status, media_type="application/problem+json", headers={**(headers or {}), **extra}
    )


def problem_body(  # noqa: PLR0913 - the fields of a problem
    *,
    path: str,
    request_id: str,
    status: int,
    code: str,
    detail: str,
    fields: list[FieldError] | None = None,
    retry_after: int | None = None,
    turn_id: str | None = None,
) -> bytes:
    """Encode a problem; members that say nothing are left out."""
    details = ProblemDetails(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_bounded(detail),
        instance=path,
        code=code,
        request_id=request_id,
        errors=[FieldError(pointer=_bounded(each.pointer), detail=_bounded(each.detail)) for each in fields or []]
        or None,
        retry_after=retry_after,
        turn_id=turn_id,
    )
    return msgspec.json.encode({k: v for k, v in msgspec.structs.asdict(details).items() if v is not None})


def _bounded(text: str) -> str:
    """What a client sent may be quoted to it, but not at any length."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


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
