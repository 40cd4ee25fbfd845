"""What all tests share: Ctrl+C that works, kept bytecode, and a real PostgreSQL, started when first asked for."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
import structlog

from tests.store.postgres import PostgresServer, clear, make_empty, new_database

# Tests start hundreds of processes. Where nothing is kept of what Python compiles (containers often are set up so),
# each compiles all that it imports, which is more than half of what it takes to start a server.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module", autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """Let no file's tests have the log as another's have set it up: a bench that is run in process, for one."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A server on which databases can be made: our own, or the one that TERTULIA_TEST_DATABASE_URL names."""
    if url := os.environ.get("TERTULIA_TEST_DATABASE_URL"):
        yield url
        return
    server = PostgresServer()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _postgres_database(postgres_server_url: str) -> Iterator[str]:
    with new_database(postgres_server_url) as url:
        yield url


@pytest.fixture
def postgres_url(_postgres_database: str) -> str:
    """The URL of a database with nothing in it."""
    make_empty(_postgres_database)
    return _postgres_database


@pytest.fixture
def cleared_postgres_url(_postgres_database: str) -> str:
    """The URL of a database in which there is nothing but our tables, or not even those: an open store finds no row."""
    clear(_postgres_database)
    return _postgres_database
