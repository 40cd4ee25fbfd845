"""`tertulia prune`: archive and delete what the rules say, and delete for good what was long enough in the trash.

It does so now, and not when the server comes to it, on the store itself, so that a server on the same SQLite file must
not run. With `--dry-run` it says what would go and by which rule, and changes nothing.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import click

from tertulia.cli.console import Failure
from tertulia.cli.options import setting_options
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.sessions import Session
from tertulia.runtime.keeping import Due
from tertulia.settings.values import Settings
from tertulia.store.keeping import OwnedSession
from tertulia.terminal.text import line_of, plain
from tertulia.wiring import Services

PAGE = 100


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and by which rule; change nothing.")
@setting_options("archive_after_days", "delete_after_days", "trash_days", "data_dir", "database_url", "blob_url")
def prune(dry_run: bool, **given: object) -> None:
    """Archive and delete sessions as the rules say, and empty the trash of what is old.

    Their files go, too, and their space comes back. Stop the server first. --trash-days 0 empties the trash.
    """
    services = Services.from_settings(Settings.from_env(os.environ, **given))
    try:
        asyncio.run(_tell(services) if dry_run else _prune(services))
    except StorageUnavailable as error:
        raise Failure(error.message) from None


async def _tell(services: Services) -> None:
    async with services.kept():
        counts = {"archive": 0, "delete": 0, "purge": 0}
        async for due in services.purging.keeping.due():
            counts[due.verdict.how] += 1
            click.echo(_line(due.session, due.session.updated_at, _why(due)))
        async for trashed in _due(services):
            counts["purge"] += 1
            click.echo(_line(trashed.session, trashed.deleted_at or "", "goes for good"))
        archive, delete, purge = counts.values()
        click.echo(f"Would be archived: {archive:,}, deleted: {delete:,}, gone for good: {purge:,} sessions.")


def _line(session: Session, since: str, why: str) -> str:
    name = line_of(session.session_name, 60)
    return plain(f"{since[:10]}  {session.session_id}  {session.turn_count:,} turns  {why}  {name}")


def _why(due: Due) -> str:
    verdict = due.verdict
    done = "archived" if verdict.how == "archive" else "deleted"
    whose = "its own rule" if verdict.rule_of == "session" else f"the rule of the {verdict.rule_of}"
    return f"{done} by {whose} ({verdict.days} days)"


async def _due(services: Services) -> AsyncIterator[OwnedSession]:
    """What has been in the trash for its time, the first deleted first."""
    before, cursor = services.purging.deleted_before(), None
    while True:
        page = await services.store.list_due_trash(deleted_before=before, limit=PAGE, cursor=cursor)
        for trashed in page.items:
            yield trashed
        if (cursor := page.next_cursor) is None:
            return


async def _prune(services: Services) -> None:
    async with services.kept():
        taken = await services.purging.keeping.apply()
        purged = await services.purging.purge()
        click.echo(f"Archived: {taken['archive']:,}, deleted: {taken['delete']:,}, gone for good: {purged:,} sessions.")
