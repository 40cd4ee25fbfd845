"""A SQLite file, stores on it, and processes that use it."""

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tertulia.store.base import Store
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.store import SqlStore
from tests.store.values import ANA, agent, session
from tests.store.witness import SESSIONS

ROOT = Path(__file__).parents[2]


class Connections(list[sqlite3.Connection]):
    """The raw connections that a store has opened, the writer's first; what the writer has run stands in `ran`."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    def add(self, raw: sqlite3.Connection) -> None:
        """Take note of a connection, as `on_connect`."""
        if not self:
            raw.set_trace_callback(self.ran.append)
        self.append(raw)

    @property
    def writer(self) -> sqlite3.Connection:
        return self[0]

    @property
    def commits(self) -> int:
        return self.ran.count("COMMIT")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tertulia.sqlite3"


@pytest.fixture
def connections() -> Connections:
    return Connections()


@pytest.fixture
async def store(path: Path, connections: Connections) -> AsyncIterator[Store]:
    """An open store on the file, in which Ana has an agent and four sessions with it."""
    store = SqlStore(SqliteDatabase(path, on_connect=connections.add))
    await store.open()
    await store.create_agent(ANA, agent())
    for session_id in SESSIONS:
        await store.create_session(ANA, session(session_id))
    yield store
    await store.close()


class Witness:
    """What a process says that uses a database: see tests/store/witness.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def next_line(self) -> list[str]:
        """Wait for the words of its next line."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().split()

    def last_lines(self) -> list[list[str]]:
        """Wait for its end; the lines that it had written until then, but for one that is torn."""
        assert self._process.stdout is not None
        return [line.split() for line in self._process.stdout if line.endswith("\n")]

    def kill(self) -> None:
        self._process.kill()


@contextmanager
def witness(path: Path, round_: int = 0, *, statement: int | None = None) -> Iterator[Witness]:
    """A process that uses the file. It is killed at the end at the latest, without a chance to say goodbye."""
    command = [sys.executable, "-m", "tests.store.witness", str(path), str(round_)]
    command += [] if statement is None else [str(statement)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            witness = Witness(process)
            assert witness.next_line() == ["ready"]
            yield witness
        finally:
            process.kill()
