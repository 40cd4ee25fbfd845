"""Giving back the space of what was deleted: pages at the end of the file, and what the write-ahead log still has."""

import sqlite3

PAGES = 500
"""Free pages that are given back at once, while nobody can write."""
PATIENCE_MS = 100
"""How long readers are waited for, while nobody can write."""

FORGETS_WORDS = (3, 42, 0)
"""The SQLite from which on a full-text index can delete words where they stand."""
SET_FORGETTING = "INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1)"
IS_FORGETTING = "SELECT v FROM search_words_config WHERE k = 'secure-delete'"
REWRITE = "INSERT INTO search_words (search_words) VALUES ('optimize')"


def forget_words(raw: sqlite3.Connection) -> None:
    """Let the index of words keep nothing of rows that are deleted; else it would until it is rewritten."""
    if sqlite3.sqlite_version_info >= FORGETS_WORDS and raw.execute(IS_FORGETTING).fetchone() != (1,):
        raw.execute(SET_FORGETTING)


def give_back(raw: sqlite3.Connection) -> bool:
    """Give back some pages, and empty the log unless somebody reads it; tell whether there is more to do."""
    if sqlite3.sqlite_version_info < FORGETS_WORDS:
        raw.execute(REWRITE)
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
