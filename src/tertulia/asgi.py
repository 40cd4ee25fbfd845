"""Settings → wiring → app: what uvicorn runs.

`create_app(settings)` is for programs; `uvicorn --factory tertulia.asgi:app` reads the environment.
"""

import os
from collections.abc import Sequence

from tertulia import __version__
from tertulia.runtime.batches import Batches
from tertulia.runtime.clock import new_id
from tertulia.server.app import Application, Ports, build_app
from tertulia.server.logs import configure_logs
from tertulia.server.metrics import Metrics
from tertulia.server.page import find_page
from tertulia.server.routes.operations import Operations
from tertulia.settings.checks import check_bind
from tertulia.settings.values import Settings
from tertulia.tools.base import Tool
from tertulia.wiring import Services


def create_app(settings: Settings, *, tools: Sequence[Tool] = ()) -> Application:
    """Build the application, in which agents can have `tools`, too; nothing is opened before its lifespan starts.

    Raises StartupError.
    """
    return app_of(Services.from_settings(settings, tools=tools))


def app_of(services: Services) -> Application:
    """Build the application around services that are wired already."""
    page = find_page(services.settings.embed_origins)
    operations = Operations(
        services.settings,
        services.agents,
        build=f"{__version__}+{page.build}",
        check_storage=services.store.check,
        is_demo=lambda: services.is_demo,
        is_draining=lambda: services.is_draining,
    )
    ports = Ports(
        accounts=services.accounts,
        agents=services.agents,
        sessions=services.sessions,
        search=services.search,
        session_changes=services.session_changes,
        turns=services.turns,
        step_requests=services.step_requests,
        shares=services.shares,
        files=services.files,
        exports=services.exports,
        archives=services.archives,
        imports=services.imports,
        handing_over=services.handing_over,
        catalog=services.catalog,
        toolgroups=services.toolgroups,
        tool_calls=services.tool_calls,
        shields=services.shields,
        passing=services.passing,
        audit=services.audit,
        batches=Batches(services.store, services.sessions),
        vouched=services.vouched,
        operations=operations,
        metrics=Metrics(lambda: services.vitals),
        limits=services.limits,
        preferences=services.preferences,
        page=page,
    )
    return build_app(services.settings, ports, services, new_id=new_id)


def app() -> Application:
    """Build the application from the environment."""
    settings = Settings.from_env(os.environ)
    check_bind(settings)
    configure_logs(settings.log_level, settings.log_format)
    return create_app(settings)
