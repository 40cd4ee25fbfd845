"""`tertulia set-up`: a new link by which one person becomes the first admin, or that admin again.

For when the link that `tertulia serve` printed is lost, or a password is. Whoever can run it can read the database
anyhow. It writes to the store itself: with SQLite the server must not run.
"""

import asyncio
import os

import click

from tertulia.cli.options import setting_options
from tertulia.cli.serve import set_up_url
from tertulia.domain.errors import StartupError
from tertulia.settings.values import Settings
from tertulia.wiring import Services


@click.command("set-up")
@setting_options("host", "port", "data_dir", "database_url")
def set_up(**given: object) -> None:
    """Make a link by which one person becomes the first admin.

    If there is that admin already, the link gives them a new name and password. It is good once, for a day. With
    SQLite, stop the server first.
    """
    settings = Settings.from_env(os.environ, **given)
    if settings.auth_mode != "accounts":
        raise StartupError(
            "With these settings the server has no accounts of its own: TERTULIA_AUTH=accounts, or an address that "
            "other machines can reach (TERTULIA_HOST), lets it have them."
        )
    token = asyncio.run(make_token(settings))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    link = set_up_url(f"http://{host}:{settings.port}", token)
    click.echo(f"To become the first admin, open within a day, while the server runs: {link}")


async def make_token(settings: Settings) -> str:
    """Make the secret of a link, in the store that a server with these settings uses."""
    services = Services.from_settings(settings)
    await services.store.open()
    try:
        return await services.accounts.new_set_up()
    finally:
        await services.store.close()
