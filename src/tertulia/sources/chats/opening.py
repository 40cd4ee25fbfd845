"""Where the chats of an export are: a JSON file, a folder that has it, or the archive that was sent (`.zip`)."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tertulia.domain.errors import SourceUnreadable

MOST_BYTES = 2 * 1024**3
"""How long one file may be: it is read as a whole."""

_lists = msgspec.json.Decoder(list[msgspec.Raw])


def read_chats(path: Path, names: re.Pattern[str]) -> list[msgspec.Raw]:
    """Return the chats of all files with such names at a path, unread. Raises SourceUnreadable."""
    found = [chat for name, data in _files(path, names) for chat in _chats(name, data)]
    if not found:
        raise SourceUnreadable(f"There are no chats in {path}.")
    return found


def _chats(name: str, data: bytes) -> list[msgspec.Raw]:
    try:
        return _lists.decode(data) if data.lstrip()[:1] == b"[" else [msgspec.json.decode(data, type=msgspec.Raw)]
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceUnreadable(f"{name} is no list of chats: {error}.") from None


def _files(path: Path, names: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            found = sorted(each for each in path.iterdir() if names.fullmatch(each.name))
            yield from ((str(each), _whole(each)) for each in found)
        elif zipfile.is_zipfile(path):
            yield from _zipped(path, names)
        else:
            yield str(path), _whole(path)
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise SourceUnreadable(f"{path} cannot be read: {error}.") from None


def _whole(path: Path) -> bytes:
    _refuse_longer(str(path), path.stat().st_size)
    return path.read_bytes()


def _zipped(path: Path, names: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if names.fullmatch(info.filename.rpartition("/")[2]):
                _refuse_longer(info.filename, info.file_size)  # zipfile reads no more than this
                yield f"{path}: {info.filename}", archive.read(info)


def _refuse_longer(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise SourceUnreadable(f"{name} has {size / 1e9:.1f} GB; the limit is {MOST_BYTES / 1e9:.1f} GB.")
