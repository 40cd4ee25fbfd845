"""Settings as command-line options: the same sentence, the same value, and before their variable."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tertulia.settings.described import SettingInfo
from tertulia.settings.values import describe

METAVARS = {"model_servers": "URL", "mcp_servers": "NAME=URL", "tools": "MODULE:ATTRIBUTE"}
"""What is given to options that may be given more than once."""

F = TypeVar("F", bound=Callable[..., Any])


def setting_options(*names: str) -> Callable[[F], F]:
    """Give a command the options of these settings. What is not given on the command line arrives as None."""
    known = {one.name: one for one in describe()}

    def decorate(command: F) -> F:
        for name in reversed(names):
            command = _option(known[name])(command)
        return command

    return decorate


def _option(setting: SettingInfo) -> Callable[[F], F]:
    text = f"{setting.sentence} [{setting.variable}; {setting.default}]"
    match setting.takes:
        case "true or false":
            switches = setting.option if setting.default == "false" else f"{setting.option}/--no-{setting.name}"
            return click.option(switches, setting.name, default=None, is_flag=True, help=text)
        case _ if setting.is_list:
            metavar = METAVARS[setting.name]
            return click.option(
                setting.option, setting.name, multiple=True, metavar=metavar, help=text, callback=_none_if_empty
            )
        case _:
            return click.option(
                setting.option, setting.name, metavar=setting.name.rpartition("_")[2].upper(), help=text
            )


def _none_if_empty(_context: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...] | None:
    return value or None
