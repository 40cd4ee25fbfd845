"""`tertulia serve`: settings → app → uvicorn, until a signal ends it.

One line goes to stdout when the server is ready, and one more while nobody can sign in; everything else is a log line
on stderr. What keeps the server from starting is a sentence and exit code 1. SIGTERM and SIGINT end it with exit
code 0.
"""

import asyncio
import os
import re
import signal
import threading
import webbrowser
from collections.abc import Awaitable, Callable
from socket import socket
from types import FrameType

import click
import structlog
import uvicorn

from tertulia import __version__
from tertulia.asgi import create_app
from tertulia.cli.console import Failure
from tertulia.cli.for_good import for_good
from tertulia.cli.lifespan import ToldStartup
from tertulia.cli.listening import listen, url_of
from tertulia.cli.options import setting_options
from tertulia.client import AsyncClient, ClientError
from tertulia.domain.errors import TertuliaError
from tertulia.domain.models import ModelList
from tertulia.models.catalog import ModelCatalog
from tertulia.server.app import Application, Ports
from tertulia.server.connection import HttpProtocol
from tertulia.server.logs import configure_logs
from tertulia.settings.checks import check_bind, unknown_variables
from tertulia.settings.values import Settings

ANYWHERE = re.compile(r"(?<=//)(?:0\.0\.0\.0|\[::\])(?=:)")
"""What listens at all addresses is at none of that name."""
MODELS_SECONDS = 2
"""How long the ready line waits to learn what models there are."""

CLOSING_SECONDS = 2
"""How long connections are given that are still open when the turns have ended."""
TICK_SECONDS = 0.1


@click.command()
@setting_options(
    "host", "port", "data_dir", "database_url", "model_servers", "discover", "tools", "mcp_servers", "open"
)
def serve(**given: object) -> None:
    """Start the server with its page, at http://127.0.0.1:8321 unless told otherwise.

    Every option can also be given as the environment variable in brackets; further settings are variables only
    (docs/reference/settings.md).
    """
    settings = Settings.from_env(os.environ, **given)
    check_bind(settings)
    configure_logs(settings.log_level, settings.log_format, for_good=True)
    for name in unknown_variables(os.environ):
        structlog.get_logger().warning("unknown variable", name=name, hint="docs/reference/settings.md lists all")
    with for_good():
        application = create_app(settings)
    run(settings, application)


def run(settings: Settings, application: Application) -> None:
    """Serve an application until a signal comes. Raises StartupError."""
    stop = _StopSignals()
    listener = listen(settings.host, settings.port)
    url = url_of(listener)
    app = ToldStartup(application)
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    server = _Server(
        config, on_ready=lambda: announce(url, application.ports, opens_page=settings.open), drain=application.drain
    )
    stop.server = server
    try:
        server.run([listener])
    except SystemExit:
        raise app.failure or Failure("The server could not start; its log has the reason.") from None


async def announce(url: str, ports: Ports, *, opens_page: bool) -> None:
    """Print the line that says where the server is, by then it has answered; and how to become its first admin."""
    try:
        click.echo(f"Tertulia {__version__} is ready at {url} — models: {await _models_at(url, ports.catalog)}")
        if await ports.accounts.wants_set_up():
            link = set_up_url(url, await ports.accounts.new_set_up())
            click.echo(f"Nobody can sign in yet. To become the first admin, open within a day: {link}")
    except OSError:  # whoever started us has stopped reading; what is left unsaid must not fail at the exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if opens_page:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()  # some browsers return when closed


async def _models_at(url: str, catalog: ModelCatalog) -> str:
    try:
        async with asyncio.timeout(MODELS_SECONDS), AsyncClient(url) as client:
            await client.get_health()
            return in_words(await catalog.list_models())
    except (ClientError, TertuliaError, TimeoutError):
        return "not known yet"


def set_up_url(url: str, token: str) -> str:
    """Return where to become the first admin. What is behind the `#` is sent to no server, so no log has it."""
    return f"{re.sub(ANYWHERE, 'localhost', url)}/set-up#{token}"


def in_words(models: ModelList) -> str:
    """Say in a few words what can be talked with."""
    real = [model.id for model in models.models if not model.is_demo]
    words = ", ".join(real[:3]) + (f" and {len(real) - 3} more" if len(real) > 3 else "")
    if not real:
        demo = [f"{model.id} (a script, no AI)" for model in models.models]
        words = ", ".join(demo) or "none; connect some with --model-server URL"
    silent = [server.name for server in models.servers if server.status != "ready"]
    return words + (f"; no answer from {', '.join(silent)}" if silent else "")


class _Server(uvicorn.Server):
    """uvicorn that tells when it takes requests, and that lets turns end before it closes their streams."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_ready: Callable[[], Awaitable[None]],
        drain: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._drain = drain

    async def startup(self, sockets: list[socket] | None = None) -> None:
        with for_good():
            await super().startup(sockets)
        if self.started:
            await self._on_ready()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()  # no new connections
        draining = asyncio.ensure_future(self._drain())
        while not draining.done() and not self.force_exit:  # a second Ctrl+C does not wait
            await asyncio.wait({draining}, timeout=TICK_SECONDS)
        await super().shutdown(sockets)


class _StopSignals:
    """SIGTERM and SIGINT as the wish to stop.

    Before the server runs, they end the process. While it runs, uvicorn has its own handlers; when it has ended it
    raises the signal again, for the handlers that were there before: for these, which have nothing left to do.
    """

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        if self.server is None:
            raise SystemExit(0)
        self.server.should_exit = True
