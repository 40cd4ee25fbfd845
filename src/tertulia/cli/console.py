"""What people see in a terminal: sentences instead of tracebacks, and nothing that steers the terminal itself."""

import re
from typing import IO, Any

import click

# Everything below space but tab and line feed, delete, and the second set of control characters: what a model, a tool
# or a file's name says must not move the cursor, change the title or write to the clipboard.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Failure(click.ClickException):
    """A sentence on stderr, and exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(plain(self.format_message()), file=file, err=file is None)


def plain(text: str) -> str:
    """Return a text without the characters that a terminal takes for commands."""
    return _CONTROLS.sub("", text)


def dim(text: str) -> str:
    """Return a text for what is beside the point: grey in a terminal, as it is elsewhere."""
    return click.style(plain(text), dim=True)


def line_of(text: str, width: int = 100) -> str:
    """Return a text as one line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
