"""Giving back the space of what was deleted, and leaving nothing of it behind.

The full-text index only notes that a row is gone; its words go when the parts of the index are merged. Then free pages
at the end of the file are given back, and what the write-ahead log still has.
"""

import sqlite3

PAGES = 500
"""Free pages that are given back at once, while nobody can write."""
PATIENCE_MS = 100
"""How long readers are waited for, while nobody can write."""

FORGETS_WORDS = (3, 42, 0)
"""The SQLite from which on a full-text index can delete words where they stand."""
SET_FORGETTING = "INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1)"
IS_FORGETTING = "SELECT v FROM search_words_config WHERE k = 'secure-delete'"


def forget_words(raw: sqlite3.Connection) -> None:
    """Let the index of words keep nothing of rows that are deleted; else it would until it is rewritten."""
    if sqlite3.sqlite_version_info >= FORGETS_WORDS and raw.execute(IS_FORGETTING).fetchone() != (1,):
        raw.execute(SET_FORGETTING)


MERGED = 200
"""Pages of the full-text index that are written at once, while nobody can write."""


def give_back(raw: sqlite3.Connection) -> bool:
    """Forget some words, give back some pages, empty the log unless it is read; tell whether there is more to do."""
    if sqlite3.sqlite_version_info < FORGETS_WORDS and merge_words(raw):
        return True
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


def merge_words(raw: sqlite3.Connection) -> bool:
    """Merge some more of the index into one part, which has no words of rows that are gone; tell whether it has begun.

    https://www.sqlite.org/fts5.html#the_merge_command: with nothing left to do, it changes fewer than two rows.
    """
    before = raw.total_changes
    raw.execute("INSERT INTO search_words (search_words, rank) VALUES ('merge', ?)", (-MERGED,))
    return raw.total_changes - before >= 2
