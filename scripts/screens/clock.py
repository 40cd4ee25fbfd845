"""The time on the stage: it stands still unless something of the play takes time."""

import datetime as dt

from tertulia.runtime.clock import time_of

NOW = dt.datetime(2026, 10, 29, 10, 24, tzinfo=dt.UTC)
"""When the pictures are taken."""
ZONE = "Europe/Lisbon"
TICK = dt.timedelta(microseconds=1)


class StageClock:
    """Serves as the server's clock, which must rise with every reading."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> str:
        self.now += TICK
        return time_of(self.now)

    def go_to(self, before: dt.timedelta) -> None:
        """Begin what happened so long before now."""
        self.now = NOW - before

    def take(self, seconds: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(seconds=seconds)
