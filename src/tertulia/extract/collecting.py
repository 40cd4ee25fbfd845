"""Text as it is taken out of a file, piece by piece: the beginning is kept, the rest counted, up to an end."""

import time

from tertulia.extract.base import COUNTED_CHARS, Job, TextExtract


class Enough(Exception):
    """There is more text than is counted, or no more time to read it."""


class Collector:
    """Collects the text of one file. A `unit` is a page, a sheet or a slide."""

    def __init__(self, job: Job, *, unit: str = "", total_units: int = 0) -> None:
        self._kept_chars = job.kept_chars
        self._end = time.monotonic() + job.seconds
        self._unit = unit
        self._total_units = total_units
        self._parts: list[str] = []
        self._kept = 0
        self._total = 0
        self._starts: list[int] = []
        self.is_whole = True

    def begin_unit(self) -> None:
        """The next text belongs to the next page, sheet or slide."""
        if self._kept < self._kept_chars:
            self._starts.append(self._kept)

    def add(self, text: str) -> None:
        """Take a piece. Raises Enough."""
        text = _sound(text)
        kept = text[: self._kept_chars - self._kept]
        if kept:
            self._parts.append(kept)
            self._kept += len(kept)
        self._total += len(text)
        if self._total >= COUNTED_CHARS or time.monotonic() > self._end:
            self.is_whole = False
            raise Enough

    @property
    def is_empty(self) -> bool:
        """Nothing but white space was found so far."""
        return not any(part.strip() for part in self._parts)

    def extract(self) -> TextExtract:
        """Return what was collected."""
        return TextExtract(
            text="".join(self._parts),
            total_chars=self._total,
            is_counted=self.is_whole,
            unit=self._unit,
            starts=self._starts,
            total_units=self._total_units,
        )


def _sound(text: str) -> str:
    """Return a text that can be sent: without the half characters that damaged files have, and without NUL."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")
