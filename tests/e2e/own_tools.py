"""`tertulia serve` with tools of a test's own: what they are made of is the folder that the data lie in."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket

import click
import uvicorn

from tertulia.asgi import app_of
from tertulia.cli.options import setting_options
from tertulia.server.logs import configure_logs
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools.base import Tool
from tertulia.wiring import Services


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()
        click.echo(f"Tertulia with-tools is ready at http://{host}:{port} — models: those that were named")


def serve_with(tools_in: Callable[[Path], Sequence[Tool]]) -> None:
    """Be that program."""

    @click.command()
    @click.argument("command", type=click.Choice(["serve"]))
    @setting_options("port", "data_dir", "model_servers", "discover")
    def main(command: str, **given: object) -> None:
        settings = Settings.from_env(os.environ, **given)
        configure_logs(settings.log_level, settings.log_format)
        store = SqlStore(SqliteDatabase(settings.data_dir / "tertulia.db"))
        services = Services(settings, store, tools=tools_in(settings.data_dir))
        _Server(uvicorn.Config(app_of(services), port=settings.port, lifespan="on", log_config=None)).run()

    main()
