"""Files as a person names them in a terminal: by typing a path, or by dropping a file, which pastes one.

A terminal pastes what is dropped on it as it would have to be typed in a shell: quoted, escaped, or as a `file:` URL.
"""

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tertulia.terminal.text import size_of, visible

LONGEST_PASTE = 8192
"""A longer text is no list of paths."""
MOST_COMPLETIONS = 1000


class Unreadable(Exception):
    """A file that cannot be sent: the sentence names it and says what to do."""


def read_file(path: Path, most: int) -> bytes:
    """Return what is in a file of at most `most` bytes. Raises Unreadable."""
    name = visible(str(path))
    try:
        if not path.exists():
            raise Unreadable(f"There is no file {name}. Tab completes a path after /attach.")
        if not path.is_file():
            raise Unreadable(f"{name} is no file: name one, or pack a folder into an archive first.")
        size = path.stat().st_size
        if size > most:
            raise Unreadable(f"{name} has {size_of(size)}, and this server takes {size_of(most)} of a file.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror or error}.") from None


def pasted_files(text: str) -> list[Path]:
    """Return the files that a pasted text names, if that is all that it does."""
    if len(text) > LONGEST_PASTE or not text.strip():
        return []
    try:
        words = shlex.split(text.strip())
    except ValueError:
        words = []
    for names in ([text.strip()], words):
        paths = [_path_of(name) for name in names]
        if names and all(path is not None and _is_file(path) for path in paths):
            return [path for path in paths if path is not None]
    return []


def path_typed(text: str) -> Path:
    """Return the path that somebody has typed, with `~`, quotes or a backslash before its spaces, or without."""
    whole = Path(text.strip()).expanduser()
    if _is_file(whole):
        return whole
    try:
        return Path(" ".join(shlex.split(text))).expanduser()
    except ValueError:
        return whole


def completed(text: str) -> str:
    """Return a path that somebody begins to type, as far as it can be told how it goes on."""
    folder, _, begin = text.rpartition("/")
    where = Path(f"{folder}/" if folder or text.startswith("/") else ".").expanduser()
    try:
        found = [each for _, each in zip(range(MOST_COMPLETIONS), where.iterdir(), strict=False)]
    except OSError:
        return text
    fitting = [each for each in found if each.name.startswith(begin) and (begin or not each.name.startswith("."))]
    if not fitting:
        return text
    common = _common([each.name for each in fitting])
    end = "/" if len(fitting) == 1 and fitting[0].is_dir() else ""
    return text[: len(text) - len(begin)] + common + end


def _common(names: list[str]) -> str:
    first, last = min(names), max(names)
    same = next((place for place, char in enumerate(first) if last[place : place + 1] != char), len(first))
    return first[:same]


def _path_of(name: str) -> Path | None:
    """Return an absolute path; words that happen to be the name of a file in this folder are words."""
    if name.startswith("file://"):
        return Path(unquote(urlsplit(name).path))
    return Path(name).expanduser() if name.startswith(("/", "~/")) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
