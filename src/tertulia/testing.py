"""For tests of agents: an application with a store in memory and models that answer by a script.

    model = ScriptedModel(Script(Reply(Call("clock")), Reply("It is noon.")))
    app = testing.app(model)

`app` is an ASGI application for any test client; `services` is the same without HTTP. The scripted model is what the
demo is made of.
"""

from collections.abc import Sequence

from tertulia.asgi import app_of
from tertulia.domain.shields import Shield
from tertulia.domain.toolgroups import McpServer
from tertulia.models.base import ModelServer
from tertulia.models.scripted import Call, Reply, Script, ScriptedModel, Think
from tertulia.runtime.clock import Clock
from tertulia.server.app import Application
from tertulia.settings.values import Settings
from tertulia.store.base import Store
from tertulia.store.memory.store import MemoryStore
from tertulia.tools.base import Tool
from tertulia.wiring import Services

__all__ = ["Call", "MemoryStore", "Reply", "Script", "ScriptedModel", "Think", "app", "services"]


def services(
    *servers: ModelServer,
    settings: Settings | None = None,
    store: Store | None = None,
    tools: Sequence[Tool] | None = None,
    shields: Sequence[Shield] = (),
    mcp_servers: Sequence[McpServer] = (),
    clock: Clock | None = None,
) -> Services:
    """Wire everything behind the routes; nothing looks for model servers, and nothing stays when the process ends."""
    return Services(
        settings or Settings(),
        store or MemoryStore(),
        servers=servers,
        tools=tools,
        shields=shields,
        mcp_servers=mcp_servers,
        clock=clock,
    )


def app(
    *servers: ModelServer,
    settings: Settings | None = None,
    store: Store | None = None,
    tools: Sequence[Tool] | None = None,
) -> Application:
    """Build an application whose lifespan the test client runs; with `tools`, those are all that it has."""
    return app_of(services(*servers, settings=settings, store=store, tools=tools))
