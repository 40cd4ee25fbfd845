"""`tertulia import`: agents, sessions and turns of another server, brought over into this one's store.

It writes to the store itself, so that the server must not run. What came over is told on stdout, how far it is on
stderr. The exit code is 1 when something could not be brought over.
"""

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from tertulia.cli.console import Failure, plain
from tertulia.cli.options import setting_options
from tertulia.domain.errors import StorageUnavailable
from tertulia.domain.users import LOCAL_OWNER
from tertulia.runtime.importing import Importer, OnProgress, Report
from tertulia.settings import Settings
from tertulia.sources.base import Finding, Source
from tertulia.sources.llama_stack.key_values import TABLE
from tertulia.sources.llama_stack.opening import open_store
from tertulia.wiring import Services


@click.group("import")
def import_() -> None:
    """Bring agents, sessions and turns over from another server's store.

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
@click.option("--dry-run", is_flag=True, help="Read everything and say what would come over; write nothing.")
@setting_options("data_dir", "database_url")
def llama_stack(address: str, models: Mapping[str, str], table: str, dry_run: bool, **given: object) -> None:
    """Bring over what a Llama Stack server has stored of its agents.

    PATH is the file of its store, or the directory that has it; postgresql:// and redis:// URLs are read with
    pip install 'tertulia[import]'.
    """
    settings = Settings.from_env(os.environ, **given)
    source = open_store(address, models=models, table=table)
    try:
        report = asyncio.run(bring_over(source, settings, is_dry=dry_run))
    except StorageUnavailable as error:
        raise Failure(f"{error.__cause__ or error.message}. What has come over is here; run it again.") from None
    finally:
        source.close()
    click.echo(plain(in_words(report, is_dry=dry_run)))
    sys.exit(0 if report.is_complete else 1)


async def bring_over(source: Source, settings: Settings, *, is_dry: bool) -> Report:
    """Bring over all of a source, into the store that a server with these settings would use."""
    store = None if is_dry else Services.from_settings(settings).store
    if store is not None:
        await store.open()
    try:
        with progress() as on_progress:
            return await Importer(source, store, owner=LOCAL_OWNER).run(on_progress)
    finally:
        if store is not None:
            await store.close()


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
