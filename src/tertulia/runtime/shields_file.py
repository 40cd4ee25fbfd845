"""The operator's shields: a TOML file with a table `[[shields]]` for each, read once at start."""

from pathlib import Path

import msgspec

from tertulia.domain.base import Input
from tertulia.domain.errors import StartupError
from tertulia.domain.shields import Shield
from tertulia.domain.written import refuse_unknown
from tertulia.runtime.operators_file import operators_file
from tertulia.runtime.shields import check


class ShieldsFile(Input):
    """What the file holds."""

    shields: list[Shield]


def read_shields(path: Path) -> list[Shield]:
    """Read the file. Raises StartupError that says where it is wrong."""
    with operators_file(path, "shields") as written:
        shields = msgspec.convert(written, ShieldsFile).shields
        refuse_unknown(written["shields"], shields, "/shields")
        for shield in shields:
            check(shield)
    names = [shield.shield_id for shield in shields]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StartupError(f"The file of shields, {path}, has {', '.join(twice)} more than once.")
    return shields
