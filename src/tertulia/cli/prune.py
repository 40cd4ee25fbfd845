"""`tertulia prune`: delete for good what has been in the trash for its time, now and not when the server comes to it.

It works on the store itself, so that a server on the same SQLite file must not run. With `--dry-run` it says what would
go, and changes nothing.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import click

from tertulia.cli.console import Failure, line_of, plain
from tertulia.cli.options import setting_options
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.sessions import TrashedSession
from tertulia.domain.users import LOCAL_OWNER
from tertulia.settings import Settings
from tertulia.wiring import Services

PAGE = 100


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; delete nothing.")
@setting_options("trash_days", "data_dir", "database_url", "blob_url")
def prune(dry_run: bool, **given: object) -> None:
    """Delete for good what has been in the trash for its time, its files, and give back their space.

    Stop the server first. --trash-days 0 empties the trash.
    """
    services = Services.from_settings(Settings.from_env(os.environ, **given))
    try:
        asyncio.run(_tell(services) if dry_run else _prune(services))
    except StorageUnavailable as error:
        raise Failure(error.message) from None


async def _tell(services: Services) -> None:
    async with services.kept():
        sessions = turns = 0
        async for trashed in _due(services):
            session = trashed.session
            sessions, turns = sessions + 1, turns + session.turn_count
            name = line_of(session.session_name, 60)
            click.echo(plain(f"{trashed.deleted_at[:10]}  {session.session_id}  {session.turn_count:,} turns  {name}"))
        click.echo(f"Would go: {sessions:,} sessions, {turns:,} turns.")


async def _due(services: Services) -> AsyncIterator[TrashedSession]:
    """What may go by now, the last deleted first."""
    before = services.purging.deleted_before()
    cursor: str | None = None
    while True:
        page = await services.store.list_trash(LOCAL_OWNER, limit=PAGE, cursor=cursor)
        for trashed in page.items:
            if trashed.deleted_at < before:
                yield trashed
        if (cursor := page.next_cursor) is None:
            return


async def _prune(services: Services) -> None:
    async with services.kept():
        purged = await services.purging.purge()
        await services.purging.clear_up()
        click.echo(f"Gone: {purged:,} sessions.")
