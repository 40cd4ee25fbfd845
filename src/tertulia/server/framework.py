"""The web framework, without what it would do for libraries and features that our routes do not use.

It looks for pydantic and attrs when an application is made; they come with the SDK for MCP servers, which is imported
when it is needed, and a start does not wait for them. Nor does it wait for the library with which the framework would
hand on events that nobody emits. And what routes are given is there already: it is handed over without a task for each.
"""

from typing import Any, Self

from litestar import Litestar
from litestar.events import BaseEventEmitterBackend
from litestar.plugins import PluginProtocol, ReceiveRoutePlugin
from litestar.plugins.core import MsgspecDIPlugin
from litestar.routes import BaseRoute, HTTPRoute


class NoEvents(BaseEventEmitterBackend):
    """Hands on nothing: routes call use cases, and these tell who wants to know."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def emit(self, event_id: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(event_id)


class AtOnce(ReceiveRoutePlugin):
    """Lets a route be given what it needs one thing after the other: nothing of it is waited for."""

    def receive_route(self, route: BaseRoute) -> None:
        """Take apart what would be fetched by a group of tasks."""
        if isinstance(route, HTTPRoute):
            for _, model in route.route_handler_map.values():
                model.dependency_batches = [{each} for batch in model.dependency_batches for each in batch]


class Framework(Litestar):
    """Litestar for msgspec alone."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin(), AtOnce()]
