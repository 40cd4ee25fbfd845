"""Brings a PostgreSQL database to the schema that this code needs: all of it in one transaction, or nothing.

Several nodes may start at once: the version table is locked by the one that works, and the others find its work done.
"""

from typing import Any

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from tertulia.domain.errors import StartupError
from tertulia.store.sql.postgres.connection import Raw, connect, dialect, name_of
from tertulia.store.sql.postgres.failures import (
    DEADLOCK,
    DUPLICATE_TABLE,
    UNDEFINED_TABLE,
    UNIQUE_VIOLATION,
    code_of,
    driver_error,
    is_lost,
)
from tertulia.store.sql.postgres.link import NOW
from tertulia.store.sql.schema import READ_VERSION, SET_VERSION, VERSION_TABLE, creation, is_due, upgrade

LOCK_VERSION = "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"
FORGET_LINKS = f"DELETE FROM commits WHERE at < {NOW} - 86400000"  # noqa: S608 - ours
"""A day after its last commit nobody is in doubt about a link, and if it comes again it makes its row anew."""
ROUNDS = 10
"""How often a node that has met another at this looks again."""


def prepare(url: str) -> None:
    """Make the tables, or bring older ones up to date. Raises StartupError for a database that is not for this code."""
    for _ in range(ROUNDS):
        try:
            with connect(url) as raw:
                _bring_up_to_date(raw, url)
            return
        except driver_error() as error:
            # Another node makes the version table just now: it is there once it has finished.
            if code_of(error) not in {UNIQUE_VIOLATION, DEADLOCK}:
                raise _unusable(url, error) from error
    raise StartupError(f"Other nodes have kept this one from preparing the database {name_of(url)}. Start it again.")


def _bring_up_to_date(raw: Raw, url: str) -> None:
    found = _version(raw)
    if found is None:
        _create(raw, url)
    elif is_due(found, name_of(url), remedy="with another database"):
        migrate(url)
    raw.execute(FORGET_LINKS)


def _unusable(url: str, error: Exception) -> StartupError:
    if code_of(error) is None and not is_lost(error):
        return StartupError(f"The URL of the database is not in order: {error}")
    return StartupError(f"The database {name_of(url)} cannot be used: {error}")


def find_version(url: str) -> str | None:
    """Return the version of a database's schema, or None if it has none yet. Raises StartupError."""
    try:
        with connect(url) as raw:
            return _version(raw)
    except driver_error() as error:
        raise _unusable(url, error) from error


def _version(raw: Raw) -> str | None:
    try:
        row = raw.execute(READ_VERSION).fetchone()
    except driver_error() as error:
        if code_of(error) != UNDEFINED_TABLE:
            raise
        return None
    return row["version_num"] if row else None


def _create(raw: Raw, url: str) -> None:
    with raw.transaction():
        raw.execute(VERSION_TABLE)
        raw.execute(LOCK_VERSION)
        if _version(raw) is not None:
            return
        try:
            for statement in creation(dialect()):
                raw.execute(statement)
        except driver_error() as error:
            if code_of(error) != DUPLICATE_TABLE:
                raise
            raise StartupError(
                f"In the database {name_of(url)} are tables that Tertulia has not made ({error}). Give Tertulia a"
                " database or a schema of its own."
            ) from error
        raw.execute(SET_VERSION)


def migrate(url: str, *, to: str = "head") -> None:
    """Run the migrations that a database lacks."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: _plain(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(VERSION_TABLE)
            connection.exec_driver_sql(LOCK_VERSION)
            upgrade(connection, to=to)
            connection.commit()
    except DBAPIError as error:
        if isinstance(error.orig, driver_error()):
            raise error.orig from error
        raise
    finally:
        engine.dispose()


def _plain(url: str) -> Any:
    """A connection as SQLAlchemy wants it."""
    import psycopg  # noqa: PLC0415 - see `connection`

    return psycopg.connect(url, prepare_threshold=None)
