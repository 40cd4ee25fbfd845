"""What each figure is held against: our goals."""

from dataclasses import dataclass
from typing import Literal

from bench.stage import Figure


@dataclass(frozen=True)
class Goal:
    """A bound on a figure, or on its ratio to calling the model server directly."""

    bound: float
    kind: Literal["at least", "at most"]
    of_ratio: bool = False

    def is_met(self, figure: Figure) -> bool | None:
        """None when the figure is not known."""
        value = figure.ratio if self.of_ratio else figure.value
        if value is None:
            return None
        return value >= self.bound if self.kind == "at least" else value <= self.bound

    def text(self, unit: str) -> str:
        """The goal as the table says it."""
        sign = "≥" if self.kind == "at least" else "≤"
        return f"{sign} {self.bound:g} {'× direct' if self.of_ratio else unit}"


def at_least(bound: float) -> Goal:
    """More is as good."""
    return Goal(bound, "at least")


def at_most(bound: float) -> Goal:
    """Less is as good."""
    return Goal(bound, "at most")


READERS = (1, 16, 64)
CROWD = ("list", "walk", "filter", "filter_none", "search", "search_two", "search_rare", "open", "page")

GOALS: dict[str, Goal] = {
    "turns.16.per_s": at_least(400),
    "turns.64.per_s": at_least(400),
    **{f"turns.{readers}.cpu_ms": at_most(2) for readers in READERS},
    **{f"tokens.{readers}.cpu_us": at_most(20) for readers in READERS},
    **{f"{load}.{readers}.failed": at_most(0) for load in ("turns", "plain", "tokens") for readers in READERS},
    "paced.64.failed": at_most(0),
    "paced.64_spread.failed": at_most(0),
    "paced.64_spread.p50_ms": Goal(1.01, "at most", of_ratio=True),
    "paced.64.p50_ms": Goal(1.01, "at most", of_ratio=True),
    "first_delta.added_p50_ms": at_most(2),
    "growth.slower": at_most(1.3),
    "growth.open_last_ms": at_most(3),
    "growth.open_all_ms": at_most(20),
    "listing.many_ms": at_most(3),
    **{f"crowd.{read}_p99_ms": at_most(100) for read in CROWD},
    "memory.idle_mb": at_most(80),
    "memory.reader_kb": at_most(15),
    "streams.cpu_us": at_most(45),
    "streams.p99_ms": at_most(100),
    "streams.failed": at_most(0),
    "on_postgres.of_sqlite": at_least(0.6),
    "on_postgres.failed": at_most(0),
    "steps.sqlite.ms": at_most(3),
    "steps.postgres.ms": at_most(6),
    "restart.serves_s": at_most(2),
    "takeover.3.p99_s": at_most(8),
    "takeover.15.p99_s": at_most(20),
    "startup.first_s": at_most(1),
    "startup.again_s": at_most(1),
}
"""By the key of the figure. They bind with every turn durable (`synchronous=FULL`), one process, two shared cores."""
