"""Tools that are not part of this package: named by an operator, or brought by a package that is installed beside it.

What cannot be loaded is a StartupError: a server that starts without a tool that it was told to have would fail turns.
"""

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points

from tertulia.domain.errors import StartupError
from tertulia.tools.base import Tool
from tertulia.tools.functions import as_tools

GROUP = "tertulia.tools"
"""The group of entry points under which a package brings tools."""


def installed_tools() -> Iterator[Tool]:
    """Return the tools of all packages that bring some. Raises StartupError."""
    for entry in entry_points(group=GROUP):
        package = entry.dist.name if entry.dist else "a package"
        yield from _load(entry.value, f"The entry point {entry.name} of {package}")


def named_tools(names: Sequence[str]) -> Iterator[Tool]:
    """Return the tools that are meant by `module:attribute`. Raises StartupError.

    A module is looked for in the current directory, too, behind the installed ones.
    """
    if names and os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    for name in names:
        yield from _load(name, f'"{name}" of --tools (TERTULIA_TOOLS)')


def check_names(tools: Sequence[Tool]) -> None:
    """Raise StartupError if two tools have one name, since a model could not tell them apart."""
    groups: dict[str, str] = {}
    for tool in tools:
        name = tool.definition.name
        if name in groups:
            raise StartupError(
                f"There are two tools {name!r}, in {groups[name]} and in {tool.toolgroup}. Give one another name: "
                'tool(function, name="…").'
            )
        groups[name] = tool.toolgroup


def _load(reference: str, said_by: str) -> list[Tool]:
    module, _, attribute = reference.partition(":")
    try:
        value: object = importlib.import_module(module)
        for name in attribute.split("."):
            value = getattr(value, name)
        return as_tools(value)
    except Exception as error:  # whatever a module does when it is imported
        raise StartupError(f"{said_by} cannot be loaded: {type(error).__name__}: {error}") from error
