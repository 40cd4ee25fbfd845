"""The databases that are compared, each new and empty, and how much there is in them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, text

from bench.postgres import Postgres
from bench.usage import Usage
from tertulia.store.sql.database import Database
from tertulia.store.sql.postgres.database import PostgresDatabase
from tertulia.store.sql.sqlite.database import SqliteDatabase
from tertulia.store.sql.tables import turn_events, turns

SIZES = {
    "sqlite": "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    "postgresql": "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
}
COMPACT = {"sqlite": "VACUUM", "postgresql": "VACUUM FULL"}


@dataclass(frozen=True)
class Held:
    """What is in a database."""

    turns: int
    log_rows: int
    bytes: int


@dataclass(frozen=True)
class Measured:
    """A database, its name, and a window on what is in it."""

    key: str
    name: str
    database: Database
    engine: Engine
    usage: Usage | None = None
    """Its processes, if it has some of its own."""

    def held(self) -> Held:
        """Count and weigh what is there, indexes included."""
        with self.engine.connect() as connection:
            counts = [connection.scalar(select(func.count()).select_from(table)) or 0 for table in (turns, turn_events)]
            size = connection.scalar(text(SIZES[self.engine.dialect.name])) or 0
        return Held(*counts, bytes=int(size))

    def compact(self) -> None:
        """Give back what deleted rows took."""
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(COMPACT[self.engine.dialect.name]))


@asynccontextmanager
async def sqlite_in(folder: Path) -> AsyncGenerator[Measured]:
    """SQLite, in a file of a folder."""
    file = folder / "measured.db"
    engine = create_engine(f"sqlite:///{file}")
    try:
        yield Measured("sqlite", "SQLite", SqliteDatabase(file), engine)
    finally:
        engine.dispose()


@asynccontextmanager
async def on_postgres(postgres: Postgres) -> AsyncGenerator[Measured]:
    """PostgreSQL, in a database of its own."""
    async with postgres.database() as url:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        try:
            yield Measured("postgres", "PostgreSQL", PostgresDatabase(url), engine, postgres.usage)
        finally:
            engine.dispose()
