"""The web framework, without what it would do for libraries that are installed but that our routes do not use.

It looks for pydantic and attrs when an application is made; they come with the SDK for MCP servers, which is imported
when it is needed, and a start does not wait for them.
"""

from litestar import Litestar
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin


class Framework(Litestar):
    """Litestar for msgspec alone."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]
