"""The key-value store under a Llama Stack server, and the three databases that it can lie in.

Keys, as `providers/inline/agents/meta_reference/persistence.py` of llama-stack 0.1.3 to 0.3.5 writes them:
`agent:A`, `session:A:S`, `session:A:S:T`. In PostgreSQL and Redis they stand behind the namespace of the server's
config and a colon, if it has one; SQLite has none. What other keys hold is of no use to anybody but that server.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol

from tertulia.domain.base import Value
from tertulia.domain.errors import SourceUnreadable

TABLE = "llamastack_kvstore"
"""The table of a server on PostgreSQL whose config names none."""


class Damage(Value):
    """A value that the database cannot give back."""

    why: str


class KeyValues(Protocol):
    """Texts by key."""

    def keys(self) -> Iterator[str]: ...

    def values(self, keys: Sequence[str]) -> list[bytes | Damage]:
        """The values of these keys, in their order."""
        ...

    def close(self) -> None: ...


class Key(Value):
    """What a key names: an agent, a session of it, or a turn of that."""

    text: str
    agent_id: str
    session_id: str = ""
    turn_id: str = ""


_AGENT = re.compile(r"(?:.*:)?agent:(?P<agent_id>[^:]+)")
_SESSION = re.compile(r"(?:.*:)?session:(?P<agent_id>[^:]+):(?P<session_id>[^:]+)(?::(?P<turn_id>[^:]+))?")


def parse_key(text: str) -> Key | None:
    """Read a key; None if it names none of the three."""
    match = _AGENT.fullmatch(text) or _SESSION.fullmatch(text)
    return None if match is None else Key(text=text, **{name: part or "" for name, part in match.groupdict().items()})


def missing(key: str) -> Damage:
    """What stands for a value that is not there."""
    return Damage(why=f"there is nothing under {key}")


def find_file(path: Path) -> Path:
    """Return the file of a store: `path`, or the one that a Llama Stack server keeps in that directory.

    Raises SourceUnreadable.
    """
    if path.is_file():
        return path
    for name in ("agents_store.db", "kvstore.db"):  # up to 0.2, from 0.3 on
        if (path / name).is_file():
            return path / name
    raise SourceUnreadable(
        f"There is no Llama Stack store at {path}. Give the file agents_store.db (0.2) or kvstore.db (0.3) of its "
        "distribution, or the directory that has it: ~/.llama/distributions/… unless the server was told otherwise."
    )


def need(package: str, what_for: str) -> ModuleType:
    """Import an optional package. Raises SourceUnreadable with the command that installs it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise SourceUnreadable(
            f"{what_for} needs the package {package}, which is not installed: pip install 'tertulia[import]'."
        ) from None
