"""PostgreSQL as the store's database, for any number of processes.

This file stands before the driver, which takes a while to import and comes with the extra `tertulia[postgres]`: it is
loaded when a database is opened, so that who uses SQLite neither waits for it nor needs it.
"""

from typing import TypeVar

from tertulia.domain.errors import StartupError
from tertulia.store import rules
from tertulia.store.sql.database import Database, Operation

T = TypeVar("T")

CONNECTIONS = 10
PATIENCE = 5.0


class PostgresDatabase:
    """The database at `url`, by at most so many connections.

    What fails for reasons that may pass is tried again for `patience` seconds.
    """

    def __init__(self, url: str, *, connections: int = CONNECTIONS, patience: float = PATIENCE) -> None:
        self._url = url
        self._connections = connections
        self._patience = patience
        self._pool: Database | None = None

    @property
    def is_shared(self) -> bool:
        return True

    async def open(self) -> None:
        """Raises StartupError if the server cannot be reached, or its database is not for this code."""
        try:
            from tertulia.store.sql.postgres.pool import Pool  # noqa: PLC0415 - see above
        except ImportError as error:
            raise _no_driver() from error
        pool = Pool(self._url, self._connections, self._patience)
        await pool.open()
        self._pool = pool

    def version(self) -> str | None:
        """Return the version of the database's schema, or None if it has none yet. Blocks. Raises StartupError."""
        try:
            from tertulia.store.sql.postgres.schema import find_version  # noqa: PLC0415 - see above
        except ImportError as error:
            raise _no_driver() from error
        return find_version(self._url)

    async def read(self, operation: Operation[T]) -> T:
        return await self._open_pool.read(operation)

    async def write(self, operation: Operation[T]) -> T:
        return await self._open_pool.write(operation)

    def write_now(self, operation: Operation[T]) -> T:
        return self._open_pool.write_now(operation)

    async def close(self) -> None:
        """Finish what was accepted, then let go of the connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    @property
    def _open_pool(self) -> Database:
        if self._pool is None:
            raise rules.closed()
        return self._pool


def _no_driver() -> StartupError:
    return StartupError("PostgreSQL needs one more package: pip install 'tertulia[postgres]'.")
