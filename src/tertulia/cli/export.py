"""`tertulia export`: everything that a user has as one archive, or one session as JSON or Markdown.

It reads the store itself, so that a server on the same SQLite file must not run; one that runs is asked for the same at
`/v1/export`. What is written is there whole or not at all.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, NamedTuple

import click

from tertulia.cli.console import Failure
from tertulia.cli.options import setting_options
from tertulia.cli.whose import USER, owner_of
from tertulia.domain.errors import NotFound, StorageUnavailable
from tertulia.settings.values import Settings
from tertulia.terminal.text import plain
from tertulia.wiring import Services

Format = Literal["json", "markdown"]


class What(NamedTuple):
    """Whose, and which session, if it is not all of it."""

    user: str | None
    agent_id: str | None
    session_id: str | None
    as_what: Format


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--session", "session_id", metavar="ID", help="This session alone, as JSON or Markdown.")
@click.option("--agent", "agent_id", metavar="ID", help="The agent that the session is with.")
@click.option("--format", "as_what", type=click.Choice(["json", "markdown"]), default="json", show_default=True)
@USER
@setting_options("data_dir", "database_url", "blob_url")
def export(
    path: Path, session_id: str | None, agent_id: str | None, as_what: Format, user: str | None, **given: object
) -> None:
    """Take out everything, or one session, to be kept or brought in elsewhere.

    PATH is the file to write: an archive (.tar.gz), or the session as JSON or Markdown. Stop the server first, or ask
    it: curl -o PATH http://127.0.0.1:8321/v1/export
    """
    if (session_id is None) != (agent_id is None):
        raise click.UsageError("Name a session and its agent: --session ID --agent ID.")
    if path.exists():
        raise Failure(f"{path} is there already. Name another file, or move it away.")
    try:
        services = Services.from_settings(Settings.from_env(os.environ, **given))
        asyncio.run(_export(services, path, What(user, agent_id, session_id, as_what)))
    except (StorageUnavailable, NotFound) as error:
        raise Failure(error.message) from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error}.") from None
    click.echo(plain(f"{path}: {path.stat().st_size:,} bytes."))


async def _export(services: Services, path: Path, what: What) -> None:
    async with services.kept():
        owner = await owner_of(services.store, what.user)
        if what.agent_id is not None and what.session_id is not None:
            exporting = await services.exports.session(owner, what.agent_id, what.session_id)
            await _write(path, exporting.json() if what.as_what == "json" else exporting.markdown())
            return
        length = await services.archives.count(owner)
        is_hidden = not sys.stderr.isatty()
        with click.progressbar(
            length=length, label="sessions", file=sys.stderr, show_pos=True, hidden=is_hidden
        ) as bar:
            await _write(path, services.archives.pieces(owner, lambda: bar.update(1)))


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> None:
    """Write beside the file first: what is cut off never has its name."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as file:
            async for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
