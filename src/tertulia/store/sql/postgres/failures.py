"""What PostgreSQL's errors mean: try again, the connection is lost, the storage fails, or something is there already.

Codes are those of https://www.postgresql.org/docs/current/errcodes-appendix.html; PgBouncer's own errors have 08P01.
"""

import psycopg

from tertulia.domain.errors import Conflict, StorageUnavailable
from tertulia.store import rules

# Two transactions got into each other's way; this one was undone and can be run again.
COLLISIONS = frozenset({"40001", "40P01"})

# The server goes away or is not (yet, or any more) the one that takes writes: another connection may do better.
LOST = frozenset({"25006", "25P03", "25P04", "53300", "57P01", "57P02", "57P03", "57P05"})

# The server or its disk is what is wrong, not the statement: lock_not_available, query_canceled, data_corrupted, …
UNAVAILABLE = frozenset({"55P03", "57014", "XX001", "XX002"})
UNAVAILABLE_CLASSES = frozenset({"08", "53", "57", "58"})


def is_collision(error: psycopg.Error) -> bool:
    """Tell whether the same transaction, run again, may well succeed."""
    return error.sqlstate in COLLISIONS


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is of no more use."""
    code = error.sqlstate
    if code is None:  # said by the client library, not by the server
        return isinstance(error, psycopg.OperationalError)
    return code in LOST or code[:2] == "08"


def meaning(error: psycopg.Error) -> Exception:
    """Say to a client what an error means to it; the error itself stays as the cause, for the log."""
    code = error.sqlstate or ""
    failure: Exception = error
    if isinstance(error, psycopg.IntegrityError):
        failure = Conflict("Something with this id is there already.")
    elif is_collision(error) or is_lost(error) or code in UNAVAILABLE or code[:2] in UNAVAILABLE_CLASSES:
        failure = StorageUnavailable(retry_after=rules.RETRY_AFTER)
    if failure is not error:
        failure.__cause__ = error
    return failure


def overdue() -> StorageUnavailable:
    """Say to a client that the database is too slow for all that is asked of it."""
    return StorageUnavailable("The database has more to do than it can now.", retry_after=rules.RETRY_AFTER)
