"""The operator's shields: a TOML file with a table `[[shields]]` for each, read once at start."""

import tomllib
from pathlib import Path

import msgspec

from tertulia.domain.base import Input
from tertulia.domain.errors import StartupError, TertuliaError
from tertulia.domain.shields import Shield
from tertulia.domain.written import refuse_unknown
from tertulia.runtime.shields import check


class ShieldsFile(Input):
    """What the file holds."""

    shields: list[Shield]


def read_shields(path: Path) -> list[Shield]:
    """Read the file. Raises StartupError that says where it is wrong."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        shields = msgspec.convert(written, ShieldsFile).shields
        refuse_unknown(written["shields"], shields, "/shields")
        for shield in shields:
            check(shield)
    except OSError as error:
        raise StartupError(f"The file of shields, {path}, cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StartupError(f"The file of shields, {path}, is not valid: {error}.") from None
    except TertuliaError as error:
        raise StartupError(f"The file of shields, {path}, is not valid: {error.message}") from None
    names = [shield.shield_id for shield in shields]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StartupError(f"The file of shields, {path}, has {', '.join(twice)} more than once.")
    return shields
