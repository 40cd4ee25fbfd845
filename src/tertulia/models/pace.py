"""How often an answer is read when very many are read at once.

A read costs the same whether one token has come or ten. What a server sends in between waits in the connection and
comes in one read, as one event: so a process that would fall behind says more at a time instead, a little later.
"""

from collections.abc import Generator
from contextlib import contextmanager

READ_AT_ONCE = 100
"""So many answers are read as soon as something has come."""
READS_A_SECOND = 4_000
"""How many reads a process makes for all answers that are beyond those."""


class Pace:
    """Of all answers that a process reads."""

    def __init__(self, *, at_once: int = READ_AT_ONCE, reads_a_second: int = READS_A_SECOND) -> None:
        self._at_once = at_once
        self._reads_a_second = reads_a_second
        self._answers = 0

    @contextmanager
    def of_answer(self) -> Generator[None]:
        """Count an answer while it is read."""
        self._answers += 1
        try:
            yield
        finally:
            self._answers -= 1

    @property
    def pause(self) -> float:
        """Seconds to wait before an answer is read again; with few answers none."""
        return max(0, self._answers - self._at_once) / self._reads_a_second
