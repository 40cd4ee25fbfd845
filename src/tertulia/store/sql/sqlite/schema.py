"""Brings a SQLite file to the schema that this code needs: all of it in one transaction, or nothing."""

import sqlite3
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from tertulia.domain.errors import StartupError
from tertulia.store.sql.schema import READ_VERSION, SET_VERSION, VERSION_TABLE, creation, is_due, upgrade
from tertulia.store.sql.sqlite.connection import DIALECT, OnConnect, connect


def prepare(raw: sqlite3.Connection, path: Path | None, on_connect: OnConnect | None = None) -> None:
    """Make a new database, or bring an older one up to date. Raises StartupError for one that is not for this code."""
    tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        _create(raw)
    elif "alembic_version" not in tables:
        raise StartupError(f"The database {path} was not made by Tertulia. Choose another --data-dir.")
    elif path is not None and is_due(_version(raw), str(path), remedy="with another --data-dir"):
        migrate(path, on_connect)


def _version(raw: sqlite3.Connection) -> str:
    row = raw.execute(READ_VERSION).fetchone()
    return row[0] if row else "none"


def _create(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN IMMEDIATE")
    try:
        for statement in [*creation(DIALECT), VERSION_TABLE, SET_VERSION]:
            raw.execute(statement)
        raw.execute("COMMIT")
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def migrate(path: Path, on_connect: OnConnect | None = None, *, to: str = "head") -> None:
    """Run the migrations that a file lacks."""
    engine = create_engine("sqlite://", creator=lambda: connect(path, on_connect), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection, to=to)
        connection.commit()
