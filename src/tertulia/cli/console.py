"""What people see in a terminal: sentences instead of tracebacks, and nothing that steers the terminal itself."""

from typing import IO, Any

import click

from tertulia.terminal.text import plain


class Failure(click.ClickException):
    """A sentence on stderr, and exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(plain(self.format_message()), file=file, err=file is None)


def dim(text: str) -> str:
    """Return a text for what is beside the point: grey in a terminal, as it is elsewhere."""
    return click.style(plain(text), dim=True)
