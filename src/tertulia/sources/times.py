"""Times of other servers as the domain writes them."""

import datetime as dt

MICROSECOND = dt.timedelta(microseconds=1)


def time_of(moment: dt.datetime) -> str:
    """Return a time as the domain writes it; one without a zone is UTC."""
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}Z"


class Times:
    """The times of one turn, which strictly increase whatever was stored: what was, where it does."""

    def __init__(self, start: dt.datetime) -> None:
        self._last = _aware(start)

    def next(self, stored: dt.datetime | None) -> str:
        """Return the next time: the stored one, unless it is missing or not after the one before."""
        least = self._last + MICROSECOND
        self._last = least if stored is None else max(least, _aware(stored))
        return time_of(self._last)


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
