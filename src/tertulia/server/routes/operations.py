"""What the page and operators ask: limits, life, readiness, version, and what can be measured."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import MediaType, Response, Router, get
from litestar.openapi.datastructures import ResponseSpec

from tertulia import __version__
from tertulia.domain.errors import Forbidden, StorageUnavailable
from tertulia.domain.server import Health, Limits, Readiness, ServerConfig, ToolOffer, Version
from tertulia.runtime.agents import Agents
from tertulia.server.answers import answer
from tertulia.server.auth import ADMIN, NOTHING, Caller
from tertulia.server.metrics import Metrics
from tertulia.server.routes.parameters import Given
from tertulia.server.routes.problems import raises
from tertulia.server.wire.native import RETRY_MS
from tertulia.settings.values import Settings

ACCEPTED_FILES = [
    "text/*",
    "application/json",
    "application/xml",
    "application/yaml",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/tiff",
    "image/svg+xml",
]


TEXT_FORMAT = "text/plain; version=0.0.4"
"""As the framework takes it, which adds the charset."""
NOT_READY = ResponseSpec(Readiness, generate_examples=False, description="Send no work here, and why.")


class Operations:
    """What the routes of this file ask."""

    def __init__(
        self,
        settings: Settings,
        agents: Agents,
        *,
        build: str,
        check_storage: Callable[[], Awaitable[None]],
        is_demo: Callable[[], bool],
        is_draining: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._agents = agents
        self._build = build
        self._check_storage = check_storage
        self._is_demo = is_demo
        self._is_draining = is_draining

    async def config(self, owner: str) -> ServerConfig:
        """What this server is and takes."""
        agent = await self._agents.find_default(owner)
        settings = self._settings
        return ServerConfig(
            version=__version__,
            build=self._build,
            auth=settings.auth_mode,
            default_agent_id=agent.agent_id if agent else None,
            demo=self._is_demo(),
            limits=Limits(
                max_body_bytes=settings.max_body_bytes,
                max_file_bytes=settings.max_file_bytes,
                max_files=settings.max_files,
                max_message_chars=settings.max_message_chars,
                accept=ACCEPTED_FILES,
            ),
            tools=ToolOffer(programs=settings.mcp_programs),
            titles="model" if settings.title_model else "first_message",
            trash_days=settings.trash_days,
            retention=settings.retention,
            retry_ms=RETRY_MS,
        )

    async def readiness(self) -> Readiness:
        """Whether to send work here."""
        if self._is_draining():
            return Readiness(status="draining")
        try:
            await self._check_storage()
        except StorageUnavailable:
            return Readiness(status="storage_unavailable")
        return Readiness(status="ready")


@get("/config", operation_id="get_config", responses=raises())
async def get_config(operations: Given[Operations], caller: Given[Caller]) -> Response[ServerConfig]:
    """Get what this server is and how much it takes."""
    return answer(await operations.config(caller.owner))


@get("/health", operation_id="get_health", opt=NOTHING, responses=raises(is_open=True))
async def get_health() -> Response[Health]:
    """Tell that the server answers."""
    return answer(Health())


@get("/ready", operation_id="get_readiness", opt=NOTHING, responses=raises(is_open=True) | {503: NOT_READY})
async def get_readiness(operations: Given[Operations]) -> Response[Readiness]:
    """Tell whether the server takes work: 503 while it drains, or cannot reach its database."""
    readiness = await operations.readiness()
    return answer(readiness, status=200 if readiness.status == "ready" else 503)


@get("/version", operation_id="get_version", opt=NOTHING, responses=raises(is_open=True))
async def get_version() -> Response[Version]:
    """Get the server's version."""
    return answer(Version(version=__version__))


@get(
    "/metrics",
    operation_id="get_metrics",
    opt=ADMIN,
    media_type=MediaType.TEXT,
    responses=raises(Forbidden),
)
async def get_metrics(metrics: Given[Metrics]) -> Response[str]:
    """Get what this node does and has counted since it began, in the text format of Prometheus. For admins.

    There are no ids, names or paths in it. Each node has numbers of its own.
    """
    return Response(await metrics.text(), media_type=TEXT_FORMAT)


def operations_router() -> Router:
    """The routes of the server itself."""
    handlers: list[Any] = [get_config, get_health, get_readiness, get_version, get_metrics]
    return Router("/v1", route_handlers=handlers, tags=["Server"])
