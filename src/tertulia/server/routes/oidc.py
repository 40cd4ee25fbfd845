"""The way of a browser through sign-in by OpenID Connect: it goes to the provider and comes back with a cookie.

No client calls these, so they are not in the OpenAPI document; `GET /v1/sign-in` says where they are. What goes wrong
is told to a browser as a page, for there is no other that could show it.
"""

from html import escape
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, Router, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter

from tertulia.domain.errors import TertuliaError
from tertulia.identity.attempt import LASTS
from tertulia.identity.login import Return
from tertulia.runtime.vouched import Vouched
from tertulia.runtime.ways_in import START
from tertulia.server.auth import NOTHING
from tertulia.server.edge import BY_HTTPS
from tertulia.server.errors import on_error, problem_of
from tertulia.server.routes.accounts import session_cookie
from tertulia.server.routes.parameters import Given

ATTEMPT = "tertulia_sign_in"
KEPT = "/?#&=%:@!$'()*+,;~[]"
"""What stands in a path and its query as it is."""

Sent = Annotated[str | None, QueryParameter()]

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not signed in – Tertulia</title>
<h1>You are not signed in</h1>
<p>{detail}</p>
<p><a href="/v1/sign-in/oidc">Sign in once more</a> · <a href="/">Front page</a></p>
</html>
"""


@get("/", opt=NOTHING)
async def go_to_sign_in(
    request: Request[Any, Any, Any], vouched: Given[Vouched], return_to: Sent = None
) -> Response[None]:
    """Send a browser to the provider."""
    departure = await vouched.depart(return_to)
    return _sent_to(departure.url, _attempt(request, departure.cookie, LASTS))


@get("/callback", opt=NOTHING)
async def sign_in_elsewhere(
    request: Request[Any, Any, Any],
    vouched: Given[Vouched],
    code: Sent = None,
    iss: Sent = None,
    error: Sent = None,
    error_description: Sent = None,
) -> Response[None]:
    """Sign somebody in who comes back from there."""
    back = Return(
        cookie=request.cookies.get(ATTEMPT),
        state=request.query_params.get("state"),  # a parameter of this name would be the framework's own
        code=code,
        iss=iss,
        error=error,
        error_description=error_description,
    )
    signed_in, return_to = await vouched.arrive(back)
    answer = _sent_to(quote(return_to, safe=KEPT), _attempt(request, "", 0))
    answer.headers["set-cookie"] = session_cookie(request, signed_in.token, signed_in.seconds)
    return answer


def tell(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Say what went wrong: to a browser in a page, to all else as a problem."""
    if "text/html" in request.headers.get("accept", ""):
        problem, headers = problem_of(request, error)
        request.scope["state"]["problem_code"] = problem.code
        page = PAGE.format(detail=escape(problem.detail))
        answer: Response[Any] = Response(
            page, status_code=problem.status, media_type="text/html; charset=utf-8", headers=headers
        )
    else:
        answer = on_error(request, error)
    answer.set_cookie(_attempt(request, "", 0))
    return answer


def _sent_to(url: str, cookie: Cookie) -> Response[None]:
    return Response(None, status_code=302, headers={"location": url}, cookies=[cookie])


def _attempt(request: Request[Any, Any, Any], value: str, seconds: int) -> Cookie:
    return Cookie(
        ATTEMPT,
        value=value,
        path=START,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.scope["state"][BY_HTTPS],
    )


def oidc_router() -> Router:
    """The routes."""
    return Router(
        START,
        route_handlers=[go_to_sign_in, sign_in_elsewhere],
        exception_handlers={TertuliaError: tell},
        include_in_schema=False,
    )
