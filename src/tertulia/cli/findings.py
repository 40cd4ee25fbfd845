"""What `tertulia doctor` looks at, one function a matter. A function looks and changes nothing."""

import asyncio
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url

from tertulia import __version__
from tertulia.cli.listening import listen
from tertulia.client import AsyncClient, ClientError, Patience
from tertulia.domain.base import Value
from tertulia.domain.errors import StartupError
from tertulia.server import page
from tertulia.settings.checks import check_bind, unknown_variables
from tertulia.settings.shown import redact
from tertulia.settings.values import Settings, describe
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.schema import READ_VERSION, is_due
from tertulia.store.sql.sqlite.lock import FileLock

PYTHON_NEEDED = (3, 11)
LITTLE_SPACE = 1024**3
NO_SPACE = 64 * 1024**2
ANSWER_SECONDS = 2
"""How long whoever is at our address may take to say who it is."""


class Finding(Value):
    """What was found about one matter. A `problem` keeps the server from starting; a `note` does not."""

    matter: str
    level: Literal["ok", "note", "problem"]
    text: str


def find_python() -> Finding:
    """The Python that runs this, and the version of Tertulia."""
    text = f"Tertulia {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < PYTHON_NEEDED:
        return Finding(matter="python", level="problem", text=f"{text}. It needs Python 3.11 or newer.")
    return Finding(matter="python", level="ok", text=text)


def find_page() -> Finding:
    """Whether the page was built when this was installed."""
    if page.find_page().is_built:
        return Finding(matter="page", level="ok", text="The page is built.")
    text = "The page is not built; the server answers the API only. Install again without TERTULIA_SKIP_WEB."
    return Finding(matter="page", level="note", text=text)


def find_data_dir(settings: Settings) -> Finding:
    """Whether the data directory can be written to, and what space it has."""
    folder = settings.data_dir
    existing = next(parent for parent in (folder, *folder.parents) if os.path.exists(parent))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        text = f"{folder} cannot be written to. Name another with --data-dir, or change the rights of {existing}."
        return Finding(matter="data directory", level="problem", text=text)
    free = shutil.disk_usage(existing).free
    text = f"{folder}{'' if existing == folder else ' (will be made)'}, {_size(free)} free"
    if free < NO_SPACE:
        return Finding(matter="data directory", level="problem", text=f"{text}: too little to store anything.")
    return Finding(matter="data directory", level="note" if free < LITTLE_SPACE else "ok", text=text)


def find_database(settings: Settings) -> Finding:
    """Whether the database is one of ours, of which version, and whether another process has it."""
    url = make_url(settings.store_url)
    if url.get_backend_name().startswith("postgres"):
        return _postgres_at(settings.store_url)
    if not url.database:
        return Finding(matter="database", level="note", text="in memory: everything is gone when the server stops")
    path = Path(url.database)
    if not os.path.exists(path):
        return Finding(matter="database", level="ok", text=f"{path} (will be made)")
    try:
        return _database_at(path)
    except StartupError as error:
        return Finding(matter="database", level="problem", text=error.message)
    except (sqlite3.Error, OSError) as error:
        text = f"{path} cannot be read: {error}. If it is damaged, restore it from a backup."
        return Finding(matter="database", level="problem", text=text)


def _database_at(path: Path) -> Finding:
    """Raises StartupError for a file that this version cannot use."""
    version = _version_of(path)
    if version is None:
        raise StartupError(f"{path} was not made by Tertulia. Choose another --data-dir.")
    due = _due(is_due(version, str(path), remedy="with another --data-dir"))
    text = f"{path}, {_size(path.stat().st_size)}, schema version {version}{due}"
    if _is_held(path):
        return Finding(matter="database", level="note", text=f"{text}, in use by a running Tertulia")
    return Finding(matter="database", level="ok", text=text)


def _postgres_at(url: str) -> Finding:
    """Whether a PostgreSQL server answers, and has a database that this version can use."""
    shown = redact(url)
    try:
        version = PostgresDatabase(url).version()
        due = version is not None and is_due(version, shown, remedy="with another database")
    except StartupError as error:
        return Finding(matter="database", level="problem", text=f"{shown}: {error.message}")
    text = f"{shown}, schema version {version}{_due(due)}" if version else f"{shown} (tables will be made)"
    return Finding(matter="database", level="ok", text=text)


def _due(is_due: bool) -> str:
    return ", will be brought up to date" if is_due else ""


def _is_held(path: Path) -> bool:
    if not path.with_name(path.name + ".lock").exists():
        return False  # and trying would make the file
    lock = FileLock(path)
    try:
        lock.acquire()
    except StartupError:
        return True
    lock.release()
    return False


def _version_of(path: Path) -> str | None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute(READ_VERSION).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
    return None if row is None else str(row[0])


async def find_address(settings: Settings) -> Finding:
    """Whether the server can listen where it is told to, or already does."""
    try:
        check_bind(settings)
        listen(settings.host, settings.port).close()
    except StartupError as error:
        return await _who_is_there(settings, error.message)
    return Finding(matter="address", level="ok", text=f"Port {settings.port} of {settings.host} is free.")


async def _who_is_there(settings: Settings, problem: str) -> Finding:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    try:
        async with asyncio.timeout(ANSWER_SECONDS), AsyncClient(url, patience=Patience(attempts=1)) as client:
            running = await client.get_version()
    except (ClientError, TimeoutError):
        return Finding(matter="address", level="problem", text=problem)
    text = f"Tertulia {running.version} runs at {url}: a second one needs another --port and --data-dir."
    return Finding(matter="address", level="note", text=text)


def find_variables(environ: Mapping[str, str], settings: Settings) -> list[Finding]:
    """The variables that are in force, without secrets, and those that nothing reads."""
    shown = settings.shown()
    in_force = [f"{one.variable}={shown[one.name]}" for one in describe() if environ.get(one.variable, "").strip()]
    text = ", ".join(in_force) or "none set: every setting has its default or comes from the command line"
    found = [Finding(matter="variables", level="ok", text=text)]
    if unknown := unknown_variables(environ):
        text = f"Nothing reads {', '.join(unknown)}: a spelling mistake? docs/reference/settings.md has all names."
        found.append(Finding(matter="variables", level="note", text=text))
    return found


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count / 1024**2:.0f} MB"
