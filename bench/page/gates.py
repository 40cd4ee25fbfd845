"""What each figure is held against: the page's budgets, and which of them decide.

Sizes, counts, jumps and the processor's time of scripts hardly change with how busy a machine is, so their budgets
decide as they are. Other times do: a run decides by their ratio to the reference page's, which the same machine has
drawn in the same minutes. With `--strict` the budgets of times decide, too.
"""

from dataclasses import dataclass

from bench.stage import Figure


@dataclass(frozen=True)
class Gate:
    """Bounds on a figure and on its ratio to the reference. The ratio's decides always, the budget if it is `exact`."""

    budget: float | None = None
    of_reference: float | None = None
    exact: bool = False

    def is_within(self, figure: Figure) -> bool | None:
        """Whether the budget is kept; None when it, or the figure, is not known."""
        if self.budget is None or figure.value is None:
            return None
        return figure.value <= self.budget

    def is_near(self, figure: Figure) -> bool | None:
        """Whether the ratio to the reference is kept; None when it, or the figure, is not known."""
        if self.of_reference is None or figure.ratio is None:
            return None
        return figure.ratio <= self.of_reference

    def decision(self, figure: Figure, *, strict: bool) -> bool | None:
        """Whether the figure may be so; None when nothing decides."""
        decisive = [self.is_near(figure)]
        if self.exact or strict:
            decisive.append(self.is_within(figure))
        known = [each for each in decisive if each is not None]
        return all(known) if known else None


def exact(budget: float) -> Gate:
    """The same on every machine."""
    return Gate(budget, exact=True)


def timed(budget: float | None = None, *, times: float | None = None) -> Gate:
    """A budget of a quiet machine, and how many times the reference it may be on any."""
    return Gate(budget, times)


GATES: dict[str, Gate] = {
    "weight.first_gz_kb": exact(200),
    "weight.first_br_kb": exact(170),
    "weight.session_gz_kb": exact(260),
    "weight.session_br_kb": exact(220),
    "loading.scripts": exact(8),
    "loading.shifts": exact(0.01),
    "loading.composer_p50_ms": timed(times=30),
    "loading.composer_p95_ms": timed(700),
    "loading.long_p50_ms": timed(times=60),
    "loading.long_p95_ms": timed(1_000),
    "switching.p50_ms": timed(times=15),
    "switching.p95_ms": timed(250),
    "switching.payload_kb": exact(150),
    "listing.open_p50_ms": timed(times=5),
    "listing.open_p95_ms": timed(200),
    "listing.filter_p50_ms": timed(times=5),
    "listing.filter_p95_ms": timed(100),
    "history.p95_ms": timed(25, times=1.5),
    "history.p99_ms": timed(40, times=2.5),
    "history.nodes": exact(3_000),
    "history.heap_mb": exact(40),
    "history.heap_growth_mb": exact(5),
    "history.jump_px": exact(0.5),
    "streaming.stream.p95_ms": timed(20, times=1.5),
    "streaming.stream.p99_ms": timed(25, times=1.5),
    "streaming.stream.max_ms": timed(50),
    "streaming.stream.long_tasks": timed(0),
    "streaming.stream.script_s": exact(3.5),
    "streaming.fast.p99_ms": timed(40, times=2.5),
    "streaming.fast.late_s": timed(0.3),
    "streaming.large.p99_ms": timed(30, times=2.5),
    "streaming.large.growth": timed(1.3),
    "streaming.in_long.p95_ms": timed(20),
    "streaming.in_long.p99_ms": timed(25),
    "pixels.p95_ms": timed(50, times=20),
    "typing.p95_ms": timed(50, times=3.25),
    "resuming.new_p50_ms": timed(times=40),
    "resuming.new_p95_ms": timed(1_000),
    "stopping.p50_ms": timed(times=3),
    "stopping.p95_ms": timed(200),
}
"""By the key of the figure. Budgets are of a production build and a server on the same machine with two cores.

A screen has whole frames, so the ratios of frames are 1, 2, 3 (to a hundredth), and those of keys go by the 8 ms of
Event Timing: their bounds stand between two of these.
"""


def missed(figures: list[Figure], *, strict: bool) -> list[Figure]:
    """The figures that may not be so."""
    gates = ((figure, GATES.get(figure.key)) for figure in figures)
    return [figure for figure, gate in gates if gate and gate.decision(figure, strict=strict) is False]
