"""The HTTP application: routes, what they are given, how errors are answered, and the OpenAPI document."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol

import msgspec
from litestar import Litestar, MediaType, Request
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Contact, License
from litestar.types import ASGIApp

from tertulia import __version__
from tertulia.domain.base import Value
from tertulia.domain.errors import TertuliaError
from tertulia.models.catalog import ModelCatalog
from tertulia.runtime.accounts import Accounts
from tertulia.runtime.agents import Agents
from tertulia.runtime.archiving import Archives
from tertulia.runtime.audit import Audit
from tertulia.runtime.batches import Batches
from tertulia.runtime.clock import NewId, SystemClock
from tertulia.runtime.exporting import Exports
from tertulia.runtime.files import Files
from tertulia.runtime.handing_over import HandingOver
from tertulia.runtime.imports import Imports
from tertulia.runtime.limits import Limits
from tertulia.runtime.passing import Passing
from tertulia.runtime.preferences import Preferences
from tertulia.runtime.search import Search
from tertulia.runtime.session_changes import SessionChanges
from tertulia.runtime.sessions import Sessions
from tertulia.runtime.shares import Shares
from tertulia.runtime.shields import Shields
from tertulia.runtime.step_requests import StepRequests
from tertulia.runtime.tool_calls import ToolCalls
from tertulia.runtime.toolgroups import Toolgroups
from tertulia.runtime.turns import Turns
from tertulia.runtime.vouched import Vouched
from tertulia.server.audited import Audited
from tertulia.server.auth import Identify, caller_of, ways_of
from tertulia.server.dialects import Dialects
from tertulia.server.edge import Edge
from tertulia.server.errors import on_error
from tertulia.server.framework import Framework, NoEvents
from tertulia.server.later import Later
from tertulia.server.limits import FreePlaces, lets_in, place_of
from tertulia.server.metrics import Metrics
from tertulia.server.openapi import document
from tertulia.server.page import Page, serve_page
from tertulia.server.provided import provided
from tertulia.server.readers import Readers
from tertulia.server.request import JsonRequest
from tertulia.server.routes.accounts import accounts_router
from tertulia.server.routes.agents import agents_router
from tertulia.server.routes.audit import audit_router
from tertulia.server.routes.changes import ChangeStreams, changes_router
from tertulia.server.routes.exports import account_router, exports_router
from tertulia.server.routes.feedback import feedback_router
from tertulia.server.routes.files import files_router
from tertulia.server.routes.limits import limits_router
from tertulia.server.routes.models import models_router
from tertulia.server.routes.oidc import oidc_router
from tertulia.server.routes.operations import Operations, operations_router
from tertulia.server.routes.preferences import preferences_router
from tertulia.server.routes.search import search_router
from tertulia.server.routes.sessions import sessions_router
from tertulia.server.routes.shares import shares_router
from tertulia.server.routes.steps import steps_router
from tertulia.server.routes.toolgroups import toolgroups_router
from tertulia.server.routes.trash import trash_router
from tertulia.server.routes.turns import turns_router
from tertulia.server.routes.users import users_router
from tertulia.server.streams import Streams
from tertulia.server.wire.native import NATIVE
from tertulia.settings.values import Settings

DESCRIPTION = """Durable talks with AI agents: agents → sessions → turns → steps.

A turn is the server's from the moment it is accepted: it goes on when the client goes away, and can be followed again
from any event. Errors are `application/problem+json` with a stable `code`."""


class Ports(Value):
    """What the routes work with."""

    accounts: Accounts
    agents: Agents
    sessions: Sessions
    search: Search
    session_changes: SessionChanges
    turns: Turns
    step_requests: StepRequests
    shares: Shares
    files: Files
    exports: Exports
    archives: Archives
    imports: Imports
    handing_over: HandingOver
    catalog: ModelCatalog
    toolgroups: Toolgroups
    tool_calls: ToolCalls
    shields: Shields
    passing: Passing
    vouched: Vouched
    audit: Audit
    batches: Batches
    operations: Operations
    metrics: Metrics
    limits: Limits
    preferences: Preferences
    page: Page


class Application:
    """The ASGI application, and what it works with. `drain` lets what runs come to its end before the server stops."""

    def __init__(self, litestar: Litestar, edge: ASGIApp, ports: Ports, drain: Callable[[], Awaitable[None]]) -> None:
        self._litestar = litestar
        self._edge = edge
        self.ports = ports
        self.drain = drain

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one connection, or the lifespan."""
        await self._edge(scope, receive, send)

    @property
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return document(self._litestar.openapi_schema.to_schema())


class Lifecycle(Protocol):
    """What lives as long as the application does."""

    async def start(self) -> None:
        """Get ready to serve. Raises StartupError."""
        ...

    async def drain(self) -> None:
        """Let what runs come to its end."""
        ...

    async def stop(self) -> None:
        """Let go of everything."""
        ...


def build_app(settings: Settings, ports: Ports, life: Lifecycle, *, new_id: NewId) -> Application:
    """Put the application together; its lifespan is that of `life`."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        await life.start()
        try:
            yield
        finally:
            await life.stop()

    streams = Streams(ports.turns, NATIVE, heartbeat_seconds=settings.heartbeat)
    change_streams = ChangeStreams(ports.session_changes, heartbeat_seconds=settings.heartbeat)
    given = _dependencies(ports)
    litestar = Framework(
        route_handlers=[
            accounts_router(),
            users_router(),
            agents_router(),
            sessions_router(),
            search_router(),
            changes_router(),
            exports_router(),
            account_router(),
            trash_router(),
            turns_router(),
            feedback_router(),
            steps_router(),
            shares_router(),
            files_router(settings.max_file_bytes),
            models_router(),
            toolgroups_router(),
            audit_router(),
            limits_router(),
            preferences_router(),
            operations_router(),
            oidc_router(),
            serve_page,
        ],
        dependencies={**given, "streams": provided(streams), "change_streams": provided(change_streams)},
        exception_handlers=dict.fromkeys((TertuliaError, HTTPException, Exception), on_error),
        middleware=[Audited(ports.audit, on_error)],
        guards=[lets_in(ports.limits)],
        request_class=JsonRequest,
        request_max_body_size=settings.max_body_bytes,
        lifespan=[lifespan],
        event_emitter_backend=NoEvents,
        openapi_config=_openapi_config(),
        logging_config=None,
    )
    llama_stack = Later(partial(_llama_stack, given, ports, settings, since=SystemClock()()))
    dialects = Dialects(native=litestar, llama_stack=llama_stack)
    ways = ways_of(settings.auth_mode, ports.accounts, ports.vouched)
    readers = Readers(ways)
    ports.metrics.streams = lambda: readers.open
    ports.accounts.callers.on_taken = readers.look_soon
    edge = Edge(
        FreePlaces(Identify(dialects, ways), ports.limits, readers),
        hosts=settings.host_names,
        origins=settings.allowed_origins,
        serves_others=settings.auth_mode != "none",
        is_https=(settings.public_url or "").startswith("https:"),
        new_id=new_id,
        traffic=ports.metrics.traffic,
    )
    return Application(litestar, edge, ports, life.drain)


def _llama_stack(given: Mapping[str, Provide], ports: Ports, settings: Settings, *, since: str) -> ASGIApp:
    from tertulia.server.llama_stack.app import llama_stack_app  # noqa: PLC0415 - most servers are never asked for it

    return llama_stack_app(given, ports.turns, ports.audit, ports.limits, settings, since=since)


class DocumentPlugin(OpenAPIRenderPlugin):
    """Serves the document, made when it is first asked for."""

    def __init__(self) -> None:
        super().__init__(path=["/", "/openapi.json"], media_type=MediaType.JSON)
        self._rendered = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document as JSON."""
        self._rendered = self._rendered or msgspec.json.encode(document(openapi_schema))
        return self._rendered


def _dependencies(ports: Ports) -> dict[str, Provide]:
    """What the routes of every dialect are given."""
    given = {name: provided(getattr(ports, name)) for name in ports.__struct_fields__}
    return {**given, "caller": Provide(caller_of), "stream_place": Provide(place_of(ports.limits))}


def _openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Tertulia",
        version=__version__,
        description=DESCRIPTION,
        contact=Contact(name="The Tertulia authors"),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/v1/openapi.json",
        render_plugins=[DocumentPlugin()],
        use_handler_docstrings=True,
    )
