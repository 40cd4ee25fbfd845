"""One process per database file, held by a lock of the operating system on a file beside it.

The kernel lets go of the lock when the process ends, however it ends, so a lock file that is left behind blocks nobody.
The database file itself is not locked this way: closing any other handle on it would drop SQLite's own locks.
"""

import os
import sys
from pathlib import Path

from tertulia.domain.errors import StartupError

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """The right of this process to a database file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name(database.name + ".lock")
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises StartupError if another process holds it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise StartupError(
                f"Another Tertulia (process {holder or 'unknown'}) uses {self._database}. Stop it first, or start this "
                "one with another --data-dir: a SQLite database is for one process."
            ) from None
        self._handle = handle
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())

    def release(self) -> None:
        """Let go. The file stays: taking it away could take it from under the next process."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
