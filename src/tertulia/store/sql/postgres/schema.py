"""Brings a PostgreSQL database to the schema that this code needs: all of it in one transaction, or nothing.

Several nodes may start at once: the version table is locked by the one that works, and the others find its work done.
"""

import psycopg
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from tertulia.domain.errors import StartupError
from tertulia.store.sql.postgres.connection import DIALECT, Raw, connect, name_of
from tertulia.store.sql.schema import READ_VERSION, SET_VERSION, VERSION_TABLE, creation, is_due, upgrade

LOCK_VERSION = "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"
ROUNDS = 10
"""How often a node that has met another at this looks again."""


def prepare(url: str) -> None:
    """Make the tables, or bring older ones up to date. Raises StartupError for a database that is not for this code."""
    for _ in range(ROUNDS):
        try:
            with connect(url) as raw:
                found = _version(raw)
                if found is None:
                    _create(raw, url)
                elif is_due(found, name_of(url), remedy="with another database"):
                    migrate(url)
            return
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
            continue  # another node makes the version table just now: it is there once it has finished
    raise StartupError(f"Other nodes have kept this one from preparing the database {name_of(url)}. Start it again.")


def find_version(url: str) -> str | None:
    """Return the version of a database's schema, or None if it has none yet. Raises StartupError."""
    try:
        with connect(url) as raw:
            return _version(raw)
    except psycopg.Error as error:
        raise StartupError(f"The database {name_of(url)} cannot be used: {error}") from error


def _version(raw: Raw) -> str | None:
    try:
        row = raw.execute(READ_VERSION).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return row["version_num"] if row else None


def _create(raw: Raw, url: str) -> None:
    with raw.transaction():
        raw.execute(VERSION_TABLE)
        raw.execute(LOCK_VERSION)
        if _version(raw) is not None:
            return
        try:
            for statement in creation(DIALECT):
                raw.execute(statement.encode())
        except psycopg.errors.DuplicateTable as error:
            raise StartupError(
                f"In the database {name_of(url)}, {error.diag.message_primary}, and Tertulia has not made it. Give"
                " Tertulia a database or a schema of its own."
            ) from error
        raw.execute(SET_VERSION.encode())


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
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from error
        raise


def _plain(url: str) -> psycopg.Connection:
    return psycopg.connect(url, prepare_threshold=None)
