"""`tertulia doctor`: what is found and what is missing, for people or as JSON.

It changes nothing. The exit code is 1 when something would keep the server from starting.
"""

import asyncio
import os
import sys

import click
import msgspec

from tertulia import __version__
from tertulia.cli.console import dim
from tertulia.cli.findings import (
    Finding,
    find_address,
    find_data_dir,
    find_database,
    find_page,
    find_python,
    find_variables,
)
from tertulia.cli.identity_findings import find_identity
from tertulia.cli.model_findings import find_models
from tertulia.cli.options import setting_options
from tertulia.domain.base import Value
from tertulia.domain.errors import StartupError
from tertulia.settings.values import Settings
from tertulia.terminal.text import plain

MARKS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "problem": ("✗", "red")}


class Report(Value):
    """All findings, and what they come to."""

    version: str
    can_serve: bool
    findings: list[Finding]


@click.command()
@setting_options("host", "port", "data_dir", "database_url", "model_servers", "discover")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool, **given: object) -> None:
    """Say what is found, what is missing, and what would keep the server from starting.

    Takes the options and variables of `tertulia serve`, and looks at the same things without starting anything.
    """
    report = asyncio.run(examine(given))
    click.echo(msgspec.json.format(msgspec.json.encode(report)).decode() if as_json else _in_words(report))
    sys.exit(0 if report.can_serve else 1)


async def examine(given: dict[str, object]) -> Report:
    """Look at everything; with settings that are wrong, at what does not depend on them."""
    try:
        settings = Settings.from_env(os.environ, **given)
    except StartupError as error:
        return _report([find_python(), find_page(), Finding(matter="settings", level="problem", text=error.message)])
    address, models, identity = await asyncio.gather(
        find_address(settings), find_models(settings), find_identity(settings)
    )
    places = [find_data_dir(settings), find_database(settings)]
    return _report(
        [find_python(), find_page(), *places, address, *identity, *models, *find_variables(os.environ, settings)]
    )


def _report(findings: list[Finding]) -> Report:
    can_serve = all(finding.level != "problem" for finding in findings)
    return Report(version=__version__, can_serve=can_serve, findings=findings)


def _in_words(report: Report) -> str:
    width = max(len(finding.matter) for finding in report.findings)
    lines = [_line(finding, width) for finding in report.findings]
    end = "`tertulia serve` can start." if report.can_serve else "`tertulia serve` cannot start: see ✗ above."
    return "\n".join([*lines, "", end])


def _line(finding: Finding, width: int) -> str:
    mark, colour = MARKS[finding.level]
    return f"{click.style(mark, fg=colour)} {dim(finding.matter.ljust(width))}  {plain(finding.text)}"
