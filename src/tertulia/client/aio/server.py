"""Calls about the server itself, and about what agents can use."""

from tertulia.client.aio.calls import AsyncCalls
from tertulia.client.request import Request
from tertulia.domain.models import ModelList
from tertulia.domain.server import Health, Readiness, ServerConfig, Version
from tertulia.domain.tools import ToolList

NOT_READY = 503


class AsyncServerCalls(AsyncCalls):
    """What the server is, has and takes."""

    async def get_config(self) -> ServerConfig:
        """What the server is, and how much it takes."""
        return await self._get(ServerConfig, "config")

    async def get_health(self) -> Health:
        """Whether the server answers: it does, or this raises."""
        return await self._get(Health, "health")

    async def get_readiness(self) -> Readiness:
        """Whether the server takes work now, and if not, why. Asked once: "not ready" is an answer."""
        request = Request(method="GET", path="/ready", also_answers=frozenset({NOT_READY}))
        return await self._transport.call(request, Readiness)

    async def get_version(self) -> Version:
        """The server's version."""
        return await self._get(Version, "version")

    async def list_models(self) -> ModelList:
        """The models that agents can use now, and how the model servers are."""
        return await self._get(ModelList, "models")

    async def list_tools(self) -> ToolList:
        """The tools that agents can be given by their toolgroup."""
        return await self._get(ToolList, "tools")
