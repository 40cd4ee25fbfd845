"""A setting as messages, options and the reference page speak of it: its names, its sentence and what it takes."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from tertulia.domain.base import Value
from tertulia.domain.errors import StartupError
from tertulia.settings.shown import Secret, shown

PREFIX = "TERTULIA_"
UNPREFIXED = frozenset({"openai_base_url", "openai_api_key"})

REPEATED = frozenset({"model_servers", "mcp_servers"})
"""Options that are given once for each value."""


class SettingInfo(Value):
    """One setting, as messages and the reference page speak of it."""

    name: str
    type: Any
    default: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return self.name.upper() if self.name in UNPREFIXED else PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        """The option of `tertulia serve` that sets it, where there is one."""
        return "--" + self.name.removesuffix("s" if self.name in REPEATED else "").replace("_", "-")

    @property
    def sentence(self) -> str:
        """Say what it is."""
        match inspect.type_info(self.type):
            case inspect.Metadata(extra_json_schema={"description": str(sentence)}):
                return sentence
            case _:
                raise TypeError(f"the setting {self.name} has no sentence")

    @property
    def takes(self) -> str:
        """Say what values it takes."""
        return _takes(_plain(inspect.type_info(self.type)))

    def convert(self, given: object, *, said_by: str) -> object:
        """Make the setting's value of a text, or of an option's value. Raises StartupError."""
        value = given.replace(",", " ").split() if isinstance(given, str) and self.is_list else given
        try:
            value = msgspec.convert(value, self.type, strict=False, dec_hook=_from_text)
        except msgspec.ValidationError:
            raise StartupError(f'{said_by} is "{shown(given)}", but it takes {self.takes}.') from None
        return value.expanduser().absolute() if isinstance(value, Path) else value

    @property
    def is_list(self) -> bool:
        """It may be given more than once."""
        return isinstance(_plain(inspect.type_info(self.type)), inspect.ListType)


def _from_text(kind: type, text: object) -> object:
    if kind in (Path, Secret) and isinstance(text, str):
        return kind(text)
    raise NotImplementedError


def _plain(info: inspect.Type) -> inspect.Type:
    """Take the type of a setting out of its sentence, and out of `… | None`."""
    match info:
        case inspect.Metadata(type=inspect.UnionType(types=(inner, inspect.NoneType()))):
            return inner
        case inspect.Metadata(type=inner):
            return inner
        case _:
            return info


def _takes(info: inspect.Type) -> str:  # noqa: PLR0911 - one line a type
    match info:
        case inspect.Metadata(extra_json_schema={"description": str(description)}):
            return description
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least}" + (f" to {most}" if most is not None else " up")
        case inspect.FloatType():
            return "a number above 0"
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
        case inspect.ListType(item_type=item):
            return _takes(item)
        case inspect.CustomType(cls=kind):
            return "a directory" if kind is Path else "a key"
        case _:
            raise TypeError(f"no sentence says what a setting of type {info} takes")
