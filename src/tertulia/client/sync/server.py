# Made of client/aio by `make generate`: change it there.
"""Calls about the server itself, and about what agents can use."""

from tertulia.client.request import Request
from tertulia.client.sync.calls import Calls
from tertulia.domain.models import ModelList
from tertulia.domain.server import Health, Readiness, ServerConfig, Version
from tertulia.domain.tools import ToolList

NOT_READY = 503


class ServerCalls(Calls):
    """What the server is, has and takes."""

    def get_config(self) -> ServerConfig:
        """What the server is, and how much it takes."""
        return self._get(ServerConfig, "config")

    def get_health(self) -> Health:
        """Whether the server answers: it does, or this raises."""
        return self._get(Health, "health")

    def get_readiness(self) -> Readiness:
        """Whether the server takes work now, and if not, why. Asked once: "not ready" is an answer."""
        request = Request(method="GET", path="/ready", also_answers=frozenset({NOT_READY}))
        return self._transport.call(request, Readiness)

    def get_version(self) -> Version:
        """The server's version."""
        return self._get(Version, "version")

    def list_models(self) -> ModelList:
        """The models that agents can use now, and how the model servers are."""
        return self._get(ModelList, "models")

    def list_tools(self) -> ToolList:
        """The tools that agents can be given by their toolgroup."""
        return self._get(ToolList, "tools")
