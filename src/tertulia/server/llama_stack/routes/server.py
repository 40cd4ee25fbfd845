"""What clients ask about the server itself: is it well, which version is it, what can it do, and through whom."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import PathParameter

from tertulia import __version__
from tertulia.domain.errors import NotFound
from tertulia.models.catalog import ModelCatalog
from tertulia.server.answers import answer
from tertulia.server.llama_stack.routes.not_offered import is_offered
from tertulia.server.routes.parameters import Given
from tertulia.server.wire.llama_stack.base import Json
from tertulia.server.wire.llama_stack.registry import BUILTIN, GUARDS, PATTERNS, written_provider, written_server

ProviderId = Annotated[str, PathParameter(description="The provider's id.")]
OURS = [
    written_provider("agents", "tertulia", "inline::tertulia"),
    written_provider("safety", PATTERNS, "inline::pattern"),
    written_provider("safety", GUARDS, "inline::llama-guard"),
    written_provider("tool_runtime", BUILTIN, "inline::builtin"),
]


@get("/health")
async def get_health() -> Response[Any]:
    """Tell that the server answers."""
    return answer({"status": "OK"})


@get("/version")
async def get_version() -> Response[Any]:
    """Get the server's version: Tertulia's, since there is no Llama Stack here."""
    return answer({"version": __version__})


@get("/inspect/routes")
async def list_routes(request: Request[Any, Any, Any]) -> Response[Any]:
    """List what can be asked."""
    found: list[Json] = [
        {"route": route.path_format, "method": method, "provider_types": []}
        for route in request.app.routes
        for method in sorted(getattr(route, "methods", ()))
        if method != "OPTIONS" and is_offered(method, route.path_format)
    ]
    return answer({"data": sorted(found, key=lambda each: (each["route"], each["method"]))})


@get("/providers")
async def list_providers(catalog: Given[ModelCatalog]) -> Response[Any]:
    """List who does what: the model servers, and how they are."""
    return answer({"data": await _providers(catalog)})


@get("/providers/{provider_id:str}")
async def get_provider(provider_id: ProviderId, catalog: Given[ModelCatalog]) -> Response[Any]:
    """Get a provider."""
    for provider in await _providers(catalog):
        if provider["provider_id"] == provider_id:
            return answer(provider)
    raise NotFound(f"There is no provider {provider_id[:200]!r}. GET /v1/providers lists what is there.")


async def _providers(catalog: ModelCatalog) -> list[Json]:
    return [*map(written_server, (await catalog.list_models()).servers), *OURS]


def server_router() -> Router:
    """The routes of the server itself."""
    handlers: list[Any] = [get_health, get_version, list_routes, list_providers, get_provider]
    return Router("/v1", route_handlers=handlers)
