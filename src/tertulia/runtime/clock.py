"""Time and ids, handed to everything that needs them, so that tests decide what time it is."""

import datetime as dt
import hashlib
import secrets
import time
import uuid
from collections.abc import Callable

import msgspec
import uuid_utils

Clock = Callable[[], str]
"""Returns now, RFC 3339 UTC with microseconds; each call returns a later time than the one before."""

NewId = Callable[[], str]
"""Returns a new id: UUIDv7 as text, which sorts by the time it was made."""

NewSecret = Callable[[], str]
"""Returns a secret that nobody can guess, fit for a URL."""

FIRST, LAST = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
"""The times between which all others are."""


class SystemClock:
    """The machine's clock, made to rise with every reading.

    Official Llama Stack clients test that the times of a turn's steps strictly increase, and a wall clock may stand
    still between two readings, or be set back.
    """

    def __init__(self) -> None:
        self._last = 0
        self._begun = (-1, "")

    def __call__(self) -> str:
        self._last = max(time.time_ns() // 1000, self._last + 1)
        seconds, microseconds = divmod(self._last, 1_000_000)
        second, text = self._begun  # many events are of one second: writing a date costs more than all the rest
        if second != seconds:
            text = f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%dT%H:%M:%S}"
            self._begun = seconds, text
        return f"{text}.{microseconds:06d}Z"


def earlier(at: str, *, hours: float) -> str:
    """Return the time so many hours before another; one that no calendar has is the first that it has, or the last."""
    try:
        return time_of(dt.datetime.fromisoformat(at) - dt.timedelta(hours=hours))
    except OverflowError:
        return time_of(FIRST if hours > 0 else LAST)


def seconds_of(at: str) -> float:
    """Return a time in seconds since 1970."""
    return dt.datetime.fromisoformat(at).timestamp()


def time_at(seconds: float) -> str:
    """Write a time that is given in seconds since 1970; one that no calendar has is the last that it has."""
    try:
        return time_of(dt.datetime.fromtimestamp(seconds, dt.UTC))
    except (ValueError, OverflowError, OSError):
        return time_of(LAST)


def new_id() -> str:
    """Make a UUIDv7."""
    return str(uuid_utils.uuid7())


def new_secret() -> str:
    """Make a secret of 192 bits."""
    return secrets.token_urlsafe(24)


def time_of(moment: dt.datetime) -> str:
    """Write a time, which has a zone, as clocks do; one that is none in UTC is the first there, or the last."""
    try:
        moment = moment.astimezone(dt.UTC)
    except OverflowError:
        moment = FIRST if moment.year == dt.MINYEAR else LAST
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")  # `%Y` writes early years too short to sort


def id_of(*names: str) -> str:
    """Return the id that some names stand for: the same on every node, and after a crash.

    It is a UUIDv8 (RFC 9562, 5.8): 122 bits of a hash.
    """
    digest = bytearray(hashlib.sha256(msgspec.json.encode(names)).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(digest)))
