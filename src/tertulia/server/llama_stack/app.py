"""The application that speaks Llama Stack: its routes under `/v1`, and the same under `/v1alpha` and `/v1beta`.

To add a route: a function in `routes/`, its router in `ROUTERS`. What the routes are given is what the native ones are
given, and `wire`, which knows what the two prefixes say differently.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from litestar import Request, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from tertulia.domain.errors import TertuliaError
from tertulia.runtime.audit import Audit
from tertulia.runtime.limits import Limits
from tertulia.runtime.turns import Turns
from tertulia.server.audited import Audited
from tertulia.server.dialects import LATER
from tertulia.server.framework import Framework
from tertulia.server.limits import lets_in
from tertulia.server.llama_stack.errors import on_error
from tertulia.server.llama_stack.replies import Replies
from tertulia.server.llama_stack.retries import Retries
from tertulia.server.llama_stack.routes.agents import agents_router
from tertulia.server.llama_stack.routes.completions import completions_router
from tertulia.server.llama_stack.routes.files import files_routers
from tertulia.server.llama_stack.routes.inference import inference_router
from tertulia.server.llama_stack.routes.models import models_router
from tertulia.server.llama_stack.routes.not_offered import not_offered_router
from tertulia.server.llama_stack.routes.server import server_router
from tertulia.server.llama_stack.routes.sessions import sessions_router
from tertulia.server.llama_stack.routes.shields import shields_router
from tertulia.server.llama_stack.routes.tools import tools_router
from tertulia.server.llama_stack.routes.turns import turns_router
from tertulia.server.provided import provided
from tertulia.server.request import LenientRequest
from tertulia.server.wire.llama_stack.base import V1, V1ALPHA, Wire
from tertulia.settings.values import Settings

ROUTERS: list[Callable[[], Router]] = [
    agents_router,
    sessions_router,
    turns_router,
    models_router,
    tools_router,
    shields_router,
    inference_router,
    completions_router,
    server_router,
    not_offered_router,
]


def llama_stack_app(
    given: Mapping[str, Provide], turns: Turns, audit: Audit, limits: Limits, settings: Settings, *, since: str
) -> ASGIApp:
    """Put the application together; it has no lifespan of its own, so it is told `since` when the server runs."""
    retries = Retries(turns, since=since)
    replies = Replies(turns, retries, heartbeat_seconds=settings.heartbeat)
    litestar = Framework(
        route_handlers=[*(router() for router in ROUTERS), *files_routers(settings.max_file_bytes)],
        dependencies={
            **given,
            "wire": Provide(wire_of),
            "heartbeat": provided(settings.heartbeat),
            "retries": provided(retries),
            "replies": provided(replies),
        },
        exception_handlers=dict.fromkeys((TertuliaError, HTTPException, Exception), on_error),
        middleware=[Audited(audit, on_error)],
        guards=[lets_in(limits)],
        request_class=LenientRequest,
        request_max_body_size=settings.max_body_bytes,
        openapi_config=None,
        logging_config=None,
    )

    async def under_one_prefix(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        is_later = path.startswith(LATER)
        scope["state"]["wire"] = V1ALPHA if is_later else V1
        asked = {**scope, "path": f"/v1/{path.split('/', 2)[-1]}"} if is_later else scope
        await litestar(cast(Scope, asked), receive, send)

    return under_one_prefix


async def wire_of(request: Request[Any, Any, Any]) -> Wire:
    """Return how this request's prefix says things."""
    return request.scope["state"]["wire"]
