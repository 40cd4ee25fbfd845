"""`tertulia import`: agents, sessions and turns of another server, or of an export, brought over into our store.

It writes to the store itself, so that the server must not run. What came over is told on stdout, how far it is on
stderr. The exit code is 1 when something could not be brought over.
"""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tertulia.cli.console import Failure
from tertulia.cli.options import setting_options
from tertulia.cli.whose import USER, owner_of
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.users import LOCAL_OWNER
from tertulia.runtime.importing import Importer, OnProgress, Report
from tertulia.settings.values import Settings
from tertulia.sources.base import Finding, Source
from tertulia.sources.chats.chatgpt import open_chatgpt
from tertulia.sources.chats.open_webui import open_open_webui
from tertulia.sources.llama_stack.key_values import TABLE
from tertulia.sources.llama_stack.opening import open_store
from tertulia.sources.tertulia.opening import open_tertulia
from tertulia.terminal.text import plain
from tertulia.wiring import Services

DRY_RUN = click.option("--dry-run", is_flag=True, help="Read everything and say what would come over; write nothing.")


@click.group("import")
def import_() -> None:
    """Bring agents, sessions and turns over from another server's store, or from an export.

    Stop the server first. It can be done again: what is here already stays as it is.
    """


def _mapping(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> Mapping[str, str]:
    parts = [pair.partition("=") for pair in pairs]
    if not all(old and new for old, _, new in parts):
        raise click.BadParameter("it takes OLD=NEW")
    return {old: new for old, _, new in parts}


@import_.command("llama-stack")
@click.argument("address", metavar="PATH")
@click.option(
    "--model",
    "models",
    metavar="OLD=NEW",
    multiple=True,
    callback=_mapping,
    help="A model's name there and here; may be given more than once. Other models keep their names.",
)
@click.option("--table", default=TABLE, show_default=True, help="The table of a store in PostgreSQL.")
@DRY_RUN
@USER
@setting_options("data_dir", "database_url")
def llama_stack(address: str, models: Mapping[str, str], table: str, dry_run: bool, **given: object) -> None:
    """Bring over what a Llama Stack server has stored of its agents.

    PATH is the file of its store, or the directory that has it; postgresql:// and redis:// URLs are read with
    pip install 'tertulia[import]'.
    """
    _bring_all(open_store(address, models=models, table=table), given, is_dry=dry_run)


def _chat_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what all exports of chats need to be told."""
    for option in (
        click.argument("path", type=click.Path(path_type=Path)),
        click.option("--agent", "agent_id", metavar="ID", help="Who the sessions are with; without it, a new agent."),
        click.option(
            "--model", metavar="NAME", help="The model of the new agent; without it, that of the newest chat."
        ),
        DRY_RUN,
        USER,
        setting_options("data_dir", "database_url", "blob_url"),
    )[::-1]:
        command = option(command)
    return command


@import_.command("chatgpt")
@_chat_options
def chatgpt(path: Path, agent_id: str | None, model: str | None, dry_run: bool, **given: object) -> None:
    """Bring over the conversations of a ChatGPT export.

    PATH is the archive that OpenAI has sent (.zip), the folder that was made of it, or its conversations.json.
    """
    _bring_all(open_chatgpt(path, agent_id=agent_id, model=model), given, is_dry=dry_run)


@import_.command("open-webui")
@_chat_options
def open_webui(path: Path, agent_id: str | None, model: str | None, dry_run: bool, **given: object) -> None:
    """Bring over the chats of an Open WebUI export.

    PATH is the JSON file that its settings export, or a folder with such.
    """
    _bring_all(open_open_webui(path, agent_id=agent_id, model=model), given, is_dry=dry_run)


@import_.command("tertulia")
@click.argument("path", type=click.Path(path_type=Path))
@DRY_RUN
@USER
@setting_options("data_dir", "database_url", "blob_url")
def tertulia(path: Path, dry_run: bool, **given: object) -> None:
    """Bring in what was taken out of Tertulia: an archive of all, or one session as JSON."""
    _bring_all(open_tertulia(path), given, is_dry=dry_run)


def _bring_all(source: Source, given: Mapping[str, Any], *, is_dry: bool) -> None:
    """Bring over all of a source, say what came of it, and end."""
    settings_given = {name: value for name, value in given.items() if name != "user"}
    try:
        settings = Settings.from_env(os.environ, **settings_given)
        report = asyncio.run(bring_over(source, settings, is_dry=is_dry, user=given["user"]))
    except StorageUnavailable as error:
        raise Failure(f"{error.__cause__ or error.message}. What has come over is here; run it again.") from None
    finally:
        source.close()
    click.echo(plain(in_words(report, is_dry=is_dry)))
    sys.exit(0 if report.is_complete else 1)


async def bring_over(source: Source, settings: Settings, *, is_dry: bool, user: str | None = None) -> Report:
    """Bring over all of a source for a user, into the store that a server with these settings would use."""
    if is_dry:
        with progress() as on_progress:
            return await Importer(source, None, owner=LOCAL_OWNER).run(on_progress)
    async with Services.from_settings(settings).kept() as services:
        owner = await owner_of(services.store, user)
        with progress() as on_progress:
            return await Importer(source, services.store, services.files, owner=owner).run(on_progress)


@contextmanager
def progress() -> Generator[OnProgress]:
    """Show on stderr how far it is, if somebody watches."""
    with click.progressbar(length=1, label="turns", file=sys.stderr, show_pos=True, hidden=not _is_watched()) as bar:

        def show(done: int, of_all: int) -> None:
            bar.length = of_all
            bar.update(done - bar.pos)

        yield show


def _is_watched() -> bool:
    return sys.stderr.isatty()


def in_words(report: Report, *, is_dry: bool) -> str:
    """Say what came over and what did not."""
    done = "Would come over" if is_dry else "Came over"
    lines = [f"{done}: {report.agents:,} agents, {report.sessions:,} sessions, {report.turns:,} turns."]
    if report.agents_here or report.sessions_here:
        lines.append(f"Here already: {report.agents_here:,} agents, {report.sessions_here:,} sessions.")
    lost = [f"- {finding.what}: {finding.why}" for finding in report.findings if finding.is_lost]
    lines += _under("Not brought over", lost)
    lines += _under("Brought over, but not all of it", list(_alike(report.findings)))
    return "\n".join(lines)


def _under(heading: str, lines: Sequence[str]) -> list[str]:
    return ["", f"{heading}:", *lines] if lines else []


def _alike(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a line for each thing that was left out, of however many: clients make an agent for each talk."""
    whats: defaultdict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if not finding.is_lost:
            whats[finding.why].append(finding.what)
    for why, (first, *others) in whats.items():
        yield f"- {first}{f' and {len(others):,} more' if others else ''}: {why}"
