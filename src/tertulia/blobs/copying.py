"""Copies a folder of blobs while it is in use: what has been copied before is left alone, since blobs never change.

What is made of blobs (`derived`) is not copied: it is made again when it is wanted.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def copy_blobs(source: Path, target: Path) -> int:
    """Copy the blobs of one folder that another has not yet; return how many."""
    copied = 0
    for blob in _files_in(source / "content"):
        place = target / blob.relative_to(source)
        if not place.exists():
            copied += _copy(blob, place)
    return copied


def _files_in(folder: Path) -> Iterator[Path]:
    for inside, _, names in os.walk(folder):
        yield from (Path(inside) / name for name in names)


def _copy(blob: Path, place: Path) -> bool:
    """Copy one beside its place, then let it be there whole; tell whether it was still there to be copied."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = place.with_suffix(".part")
    try:
        with (
            blob.open("rb") as read,
            os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy,
        ):
            shutil.copyfileobj(read, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError:  # nothing uses it any more
        return False
    beside.replace(place)
    return True
