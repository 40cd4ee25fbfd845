"""What can be typed after a slash, and how it is told from a message."""

import re

from tertulia.terminal.files import completed

COMMANDS = {
    "attach": "PATH  send a file along; dropping one on the terminal does the same",
    "sessions": "look for a session and go on with it (Ctrl+O)",
    "new": "begin a new session (Ctrl+N)",
    "agent": "talk with another agent",
    "rename": "NAME  give this session another name",
    "tag": "NAME  put a tag on this session; several with commas between them",
    "untag": "NAME  take a tag off this session",
    "retry": "ask the last message again; the answer before it stays, as a branch",
    "copy": "copy the last answer",
    "export": "PATH  write this session as Markdown",
    "help": "this (F1)",
    "quit": "leave; a turn that runs goes on (Ctrl+Q)",
}
"""Each command, and what it does: first what it is given, in capitals, if anything."""

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)


def command_in(text: str) -> tuple[str, str] | None:
    """Return the command in a text and what it is given; None for a message. A path is a message."""
    match = _COMMAND.fullmatch(text.rstrip())
    return (match[1], (match[2] or "").strip()) if match else None


def commands_for(text: str) -> list[str]:
    """Return the commands that a text may become."""
    match = re.fullmatch(r"/([a-z]*)", text)
    return [name for name in COMMANDS if name.startswith(match[1])] if match else []


def complete(text: str) -> str:
    """Return a command as far as it can be told how it goes on; with its path, if it is given one."""
    command = command_in(text) if " " in text else None
    if command is not None and command[0] in ("attach", "export"):
        begin = text[: len(text) - len(command[1])] if command[1] else text
        return begin + completed(command[1])
    fitting = commands_for(text)
    return f"/{fitting[0]} " if len(fitting) == 1 else text
