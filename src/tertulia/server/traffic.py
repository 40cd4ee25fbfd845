"""How many requests of which method ended how, and how long they took. An addition or two for each: nothing is kept.

A stream lasts as long as its reader likes, which says nothing of the server: `Readers` counts it, and nobody times it.
"""

import time
from bisect import bisect_left
from collections import Counter, defaultdict

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""The upper ends of the classes of durations, in seconds; there is one more, without an end."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Any other method: clients may call one what they like."""


class Durations:
    """How many lasted how long."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class Traffic:
    """What was counted since the server began."""

    def __init__(self) -> None:
        self.ended: Counter[tuple[str, int]] = Counter()
        """By method and class of status (2 for 200 to 299)."""
        self.durations: defaultdict[str, Durations] = defaultdict(Durations)


class Visit:
    """One request, from its head to the end of its answer."""

    __slots__ = ("_begun", "_method", "_traffic", "status")

    def __init__(self, traffic: Traffic, method: str) -> None:
        self._traffic = traffic
        self._method = method if method in METHODS else OTHER
        self._begun = time.perf_counter()
        self.status = 500

    def end(self, *, is_stream: bool) -> float:
        """Count it; return how many seconds it lasted."""
        seconds = time.perf_counter() - self._begun
        self._traffic.ended[self._method, self.status // 100] += 1
        if not is_stream:
            self._traffic.durations[self._method].add(seconds)
        return seconds
