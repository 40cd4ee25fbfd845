"""`tertulia serve` with one more tool: a door. What was done at it stands in a file, as its effect on the world.

The first hand on it never comes back, so that the server can be killed in the middle of the call.
"""

import asyncio
import os
from pathlib import Path
from socket import socket
from typing import Any

import click
import uvicorn

from tertulia.asgi import app_of
from tertulia.cli.options import setting_options
from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.server.logs import configure_logs
from tertulia.settings.values import Settings
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tertulia.tools.base import ToolContext, ToolResult
from tertulia.wiring import Services


class Door:
    """Opens at the second try."""

    toolgroup = "test::door"
    policy = ToolPolicy()
    definition = ToolDef(name="door", description="Open the door.")

    def __init__(self, file: Path) -> None:
        self._file = file

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        with self._file.open("a") as file:
            file.write("opened\n")
        if self._file.read_text() == "opened\n":
            await asyncio.Event().wait()
        return ToolResult(content="It is open.")


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()
        click.echo(f"Tertulia with-door is ready at http://{host}:{port} — models: those that were named")


@click.command()
@click.argument("command", type=click.Choice(["serve"]))
@setting_options("port", "data_dir", "model_servers", "discover")
def main(command: str, **given: object) -> None:
    settings = Settings.from_env(os.environ, **given)
    configure_logs(settings.log_level, settings.log_format)
    store = SqlStore(SqliteDatabase(settings.data_dir / "tertulia.db"))
    services = Services(settings, store, tools=[Door(settings.data_dir.with_suffix(".door"))])
    _Server(uvicorn.Config(app_of(services), port=settings.port, lifespan="on", log_config=None)).run()


if __name__ == "__main__":
    main()
