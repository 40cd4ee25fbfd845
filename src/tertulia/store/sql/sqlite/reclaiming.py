"""Giving back the space of what was deleted: pages at the end of the file, and what the write-ahead log still has."""

import sqlite3

PAGES = 500
"""Free pages that are given back at once, while nobody can write."""
PATIENCE_MS = 100
"""How long readers are waited for, while nobody can write."""


def give_back(raw: sqlite3.Connection) -> bool:
    """Give back some pages, and empty the log unless somebody reads it; tell whether there is more to do."""
    raw.executescript(f"PRAGMA incremental_vacuum({PAGES})")  # `execute` would take one step, which is one page
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        is_busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience}")
    (kind,) = raw.execute("PRAGMA auto_vacuum").fetchone()
    (free,) = raw.execute("PRAGMA freelist_count").fetchone()
    return bool(is_busy) or (kind == 2 and free > 0)
