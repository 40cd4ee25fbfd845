"""The `tertulia` command. Each subcommand is a module that is imported only when it is called for."""

import sys
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword

import click

from tertulia import __version__
from tertulia.cli.console import Failure
from tertulia.cli.for_good import for_good
from tertulia.cli.unseen import unseen
from tertulia.domain.errors import StartupError

COMMANDS = {
    "serve": "Start the server with its page.",
    "chat": "Talk with an agent in this terminal.",
    "set-up": "Make a link by which one person becomes the first admin.",
    "doctor": "Say what is found, what is missing, and what would keep the server from starting.",
    "export": "Take out everything, or one session, to be kept or brought in elsewhere.",
    "import": "Bring agents, sessions and turns over from another server's store, or from an export.",
    "backup": "Copy the database and the files while the server runs.",
    "prune": "Archive and delete sessions as the rules say, and empty the trash of what is old.",
    "openapi": "Print the OpenAPI document of the server.",
}


class Commands(click.Group):
    """Finds the command `name` in the module `tertulia.cli.name`, as the function of that name.

    A name that is a keyword of Python's has an underscore behind it there, and one with a hyphen an underscore in it.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        with for_good():
            with unseen("rich"):
                import_module("structlog")
            command: click.Command = getattr(import_module(f"tertulia.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StartupError as error:
            raise Failure(error.message) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tertulia", message="%(prog)s %(version)s")
def main() -> None:
    """Tertulia: a durable server and page for talks with AI agents."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
