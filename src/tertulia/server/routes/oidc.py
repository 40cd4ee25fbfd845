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
from tertulia.server.auth import COOKIE, NOTHING
from tertulia.server.errors import on_error, problem_of
from tertulia.server.provided import provided
from tertulia.server.routes.parameters import Given

PATH = "/v1/sign-in/oidc"
ATTEMPT = "tertulia_sign_in"
KEPT = "/?#&=%:@!$'()*+,;~[]"
"""What stands in a path and its query as it is."""

Asked = Annotated[str | None, QueryParameter()]

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
async def depart(vouched: Given[Vouched], secure: Given[bool], return_to: Asked = None) -> Response[None]:
    """Send a browser to the provider."""
    departure = await vouched.depart(return_to)
    kept = Cookie(
        ATTEMPT, value=departure.cookie, path=PATH, max_age=LASTS, httponly=True, samesite="lax", secure=secure
    )
    return Response(None, status_code=302, headers={"location": departure.url}, cookies=[kept])


@get("/callback", opt=NOTHING)
async def arrive(
    request: Request[Any, Any, Any],
    vouched: Given[Vouched],
    secure: Given[bool],
    code: Asked = None,
    iss: Asked = None,
    error: Asked = None,
    error_description: Asked = None,
) -> Response[None]:
    """Sign somebody in who comes back from there."""
    back = Return(
        cookie=request.cookies.get(ATTEMPT),
        state=request.query_params.get("state"),  # `state` is the framework's own word
        code=code,
        iss=iss,
        error=error,
        error_description=error_description,
    )
    signed_in, return_to = await vouched.arrive(back)
    cookie = Cookie(
        COOKIE, value=signed_in.token, path="/", max_age=signed_in.seconds, httponly=True, samesite="lax", secure=secure
    )
    return Response(
        None, status_code=302, headers={"location": quote(return_to, safe=KEPT)}, cookies=[cookie, _forgotten()]
    )


def tell(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Say what went wrong: to a browser in a page, to all else as a problem."""
    if "text/html" not in request.headers.get("accept", ""):
        answer = on_error(request, error)
    else:
        problem, headers = problem_of(request, error)
        request.scope["state"]["problem_code"] = problem.code
        page = PAGE.format(detail=escape(problem.detail))
        answer = Response(page, status_code=problem.status, media_type="text/html; charset=utf-8", headers=headers)
    answer.set_cookie(_forgotten())
    return answer


def _forgotten() -> Cookie:
    return Cookie(ATTEMPT, value="", path=PATH, max_age=0, httponly=True, samesite="lax")


def oidc_router(*, secure: bool) -> Router:
    """The routes; `secure` cookies go by https only."""
    return Router(
        PATH,
        route_handlers=[depart, arrive],
        dependencies={"secure": provided(secure)},
        exception_handlers={TertuliaError: tell},
        include_in_schema=False,
    )
