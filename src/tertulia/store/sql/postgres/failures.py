"""What PostgreSQL's errors mean: try again, the connection is lost, the storage fails, or something is there already.

Codes are those of https://www.postgresql.org/docs/current/errcodes-appendix.html; PgBouncer's own errors have 08P01.
"""

from typing import Any

from tertulia.domain.errors import Conflict, StorageUnavailable
from tertulia.store import rules

# Two transactions got into each other's way; this one was undone and can be run again.
DEADLOCK = "40P01"
COLLISIONS = frozenset({"40001", DEADLOCK})

# The server goes away or is not (yet, or any more) the one that takes writes: another connection may do better.
LOST = frozenset({"25006", "25P03", "25P04", "53300", "57P01", "57P02", "57P03", "57P05"})

# The server or its disk is what is wrong, not the statement: lock_not_available, query_canceled, data_corrupted, …
UNAVAILABLE = frozenset({"55P03", "57014", "XX001", "XX002"})
UNAVAILABLE_CLASSES = frozenset({"08", "53", "57", "58"})

UNIQUE_VIOLATION = "23505"
UNDEFINED_TABLE = "42P01"
DUPLICATE_TABLE = "42P07"


def driver_error() -> type[Exception]:
    """Return the class of all errors of the driver, which is loaded when it is first used (see `connection`)."""
    try:
        import psycopg  # noqa: PLC0415 - heavy
    except ImportError:
        return NoDriver
    return psycopg.Error


class NoDriver(Exception):
    """What a driver that is not there raises: nothing."""


def code_of(error: Exception) -> str | None:
    """Return the server's code for an error; None for what the driver says by itself."""
    return getattr(error, "sqlstate", None)


def is_collision(error: Exception) -> bool:
    """Tell whether the same transaction, run again, may well succeed."""
    return code_of(error) in COLLISIONS


def is_lost(error: Exception) -> bool:
    """Tell whether the connection is of no more use."""
    import psycopg  # noqa: PLC0415 - heavy

    code = code_of(error)
    if code is None:
        return isinstance(error, psycopg.OperationalError)
    return code in LOST or code[:2] == "08"


def has_failed(raw: Any) -> bool:
    """Tell whether a connection is in a transaction of which a statement has failed: nothing of it is committed."""
    return not raw.closed and raw.info.transaction_status.name == "INERROR"


def is_about_nul(error: Exception) -> bool:
    """Tell whether the driver refuses a text with a NUL, the only text that it refuses by itself."""
    import psycopg  # noqa: PLC0415 - heavy

    return isinstance(error, psycopg.DataError) and error.sqlstate is None


def meaning(error: Exception) -> Exception:
    """Say to a client what an error means to it; the error itself stays as the cause, for the log."""
    code = code_of(error) or ""
    if code[:2] == "23":
        failure: Exception = Conflict("Something with this id is there already.")
    elif is_collision(error) or is_lost(error) or code in UNAVAILABLE or code[:2] in UNAVAILABLE_CLASSES:
        failure = StorageUnavailable(retry_after=rules.RETRY_AFTER)
    else:
        return error
    failure.__cause__ = error
    return failure


def overdue() -> StorageUnavailable:
    """Say to a client that the database is too slow for all that is asked of it."""
    return StorageUnavailable("The database has more to do than it can now.", retry_after=rules.RETRY_AFTER)
