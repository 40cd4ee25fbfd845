"""Makes the sync client of the async one: the same code without `async` and `await`, and with the sync names.

    python scripts/unasync.py        (as `make generate` does)

The rule it keeps: it reads words and nothing else. What differs by more than a word is not in `client/aio`, but in the
two files `client/async_http.py` and `client/sync_http.py`, which are written by hand.
"""

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "src" / "tertulia" / "client"
ASYNC, SYNC = CLIENT / "aio", CLIENT / "sync"

HEADER = "# Made of client/aio by `make generate`: change it there.\n"

NAMES = {
    "aio": "sync",
    "async_http": "sync_http",
    "AsyncGenerator": "Generator",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "aclose": "close",
    "aclosing": "closing",
    "asynccontextmanager": "contextmanager",
}
"""Beside these, every `AsyncX` is `X`, `Awaitable[X]` is `X`, and `async` and `await` are left out."""

_OURS = re.compile(r"Async[A-Z]\w*")
_WORD = re.compile(r"\w+")
_AWAITABLE = re.compile(r"\bAwaitable\[((?:[^\[\]]|\[[^\]]*\])*)\]")
_KEYWORD = re.compile(r"\b(?:async|await) (?=\w)")


def sync_files() -> dict[Path, str]:
    """The files of the sync client, as they should be."""
    return {SYNC / file.name: _whole(file) for file in sorted(ASYNC.glob("*.py"))}


def _whole(file: Path) -> str:
    source = file.read_text()
    return _formatted(HEADER + to_sync(source), file.name) if source else source


def to_sync(source: str) -> str:
    """Return an async module as a sync one."""
    out: list[str] = []
    done = 0
    for begin, end, text in _changes(source):
        out += source[done:begin], text
        done = end
    return _AWAITABLE.sub(r"\1", "".join(out) + source[done:])


def _changes(source: str) -> Iterator[tuple[int, int, str]]:
    """The places of all words that change, and what they become."""
    lines = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        begin, end = (lines[row - 1] + column for row, column in (token.start, token.end))
        match token.type:
            case tokenize.NAME if token.string in ("async", "await"):
                yield begin, end + 1, ""  # with the space that follows
            case tokenize.NAME | tokenize.STRING | tokenize.COMMENT:
                yield begin, end, _WORD.sub(lambda word: _name(word[0]), _KEYWORD.sub("", token.string))
            case _:
                pass


def _name(word: str) -> str:
    return NAMES.get(word) or (word.removeprefix("Async") if _OURS.fullmatch(word) else word)


def _formatted(source: str, name: str) -> str:
    """Without the imports that are no longer used and loops that only pass on; sorted and formatted as all our code."""
    path = str(SYNC / name)
    for command in ("check --fix-only --unsafe-fixes --select F401,I,UP028", "format"):
        run = [sys.executable, "-m", "ruff", *command.split(), "--quiet", "--stdin-filename", path, "-"]
        source = subprocess.run(run, input=source, check=True, stdout=subprocess.PIPE, text=True).stdout
    return source


def write() -> None:
    """Write the sync client anew."""
    files = sync_files()
    for stale in set(SYNC.glob("*.py")) - set(files):
        stale.unlink()
    for path, text in files.items():
        path.write_text(text)


if __name__ == "__main__":
    write()
