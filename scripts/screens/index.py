"""The page that shows all pictures."""

from collections.abc import Iterable
from itertools import groupby

from scripts.screens.camera import FOLDER, NARROW, Picture

HEAD = """\
# What it looks like

Made by `make screens`: the real server, the real page, a model that says what is rehearsed. Wide pictures are 1280 px
wide, those of a phone 390.
"""


def write_index(pictures: Iterable[Picture]) -> None:
    """Write it, in the sections of the pictures."""
    parts = [HEAD]
    for section, some in groupby(pictures, key=lambda one: one.section):
        parts.append(f"## {section}\n")
        parts += [_entry(one) for one in some]
    (FOLDER / "README.md").write_text("\n".join(parts))


def _entry(picture: Picture) -> str:
    width = 300 if picture.size == NARROW else 800
    return f'{picture.caption}\n\n<img src="{picture.name}.png" alt="{picture.name}" width="{width}">\n'
