"""Copies a database file while a server uses it: as of one moment, and nobody waits for it.

`VACUUM INTO` reads in one transaction, and the write-ahead log lets others write meanwhile. What it writes is as small
as it can be, and has nothing of what was deleted.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tertulia.domain.errors import StartupError
from tertulia.store.sql.sqlite.connection import connect


def copy_database(source: Path, target: Path) -> None:
    """Copy a database to a file that is not there yet. Raises StartupError."""
    if not source.is_file():
        raise StartupError(f"There is no database {source}.")
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StartupError(f"{target} is there already. Name another folder: a backup replaces none.") from None
    try:
        with closing(connect(source)) as raw:
            raw.execute("VACUUM INTO ?", (str(target),))
        _make_last(target)
    except (sqlite3.Error, OSError) as error:
        target.unlink()
        raise StartupError(f"The database {source} cannot be copied to {target}: {error}.") from error


def _make_last(target: Path) -> None:
    with target.open("rb+") as file:
        os.fsync(file.fileno())
