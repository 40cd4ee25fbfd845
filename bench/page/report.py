"""What is shown of a run: a table for people, JSON for programs, charts, and the machine that it was."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from bench.page.anchors import Anchors
from bench.page.chart import svg
from bench.page.charts import charts
from bench.page.gates import GATES, Gate
from bench.report import load_average, machine, quantity, row, write_into
from bench.stage import Figure

HEADINGS = {
    "weight": "Weight",
    "loading": "From an address, cold",
    "switching": "From one talk to another",
    "listing": "The list of sessions",
    "history": "Up through a long talk",
    "streaming": "An answer that grows",
    "pixels": "From the model to the screen",
    "typing": "Keys while an answer grows",
    "resuming": "Reload in the middle of an answer",
    "stopping": "Stop",
    "again": "The reference once more, at the end of the run",
}
BUSY = (
    "The machine was busy with other work: times are upper bounds, and ratios, too, since the reference wants little."
)
COLUMNS = ["Measure", "Page", "Reference", "÷ reference", "At most", "Kept", "Budget", "Kept", "Others"]
RULE = ["---", "---:", "---:", "---:", "---", "---", "---", "---", "---"]


@dataclass(frozen=True)
class Surroundings:
    """When, where and with what was measured; load averages of one minute before and after."""

    date: str
    machine: str
    browser: str
    load_before: str
    load_after: str = ""

    @classmethod
    def now(cls, browser: str) -> "Surroundings":
        """Look around."""
        return cls(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine(), f"Chromium {browser}", load_average())

    @property
    def text(self) -> str:
        """A line of it."""
        load = f"load average before the run {self.load_before}, after it {self.load_after}"
        busy = f" **{BUSY}**" if self.is_busy else ""
        return f"{self.date}, {self.machine}; {load}. {self.browser}, tertulia {version('tertulia')}.{busy}"

    @property
    def is_busy(self) -> bool:
        """Others had the machine, too."""
        return self.load_before != "unknown" and float(self.load_before) > (os.cpu_count() or 1) / 2


def markdown(figures: Sequence[Figure], where: Surroundings, anchors: Anchors) -> str:
    """All figures, a table for each measure."""
    lines = [where.text, "", anchors.source]
    for measure, of_measure in groupby(figures, key=lambda figure: figure.measure):
        lines += ["", f"### {HEADINGS[measure]}", "", row(COLUMNS), row(RULE)]
        lines += [row(cells(figure, anchors)) for figure in of_measure]
    return "\n".join([*lines, ""])


def cells(figure: Figure, anchors: Anchors) -> list[str]:
    """One row of the table."""
    gate = GATES.get(figure.key, Gate())
    return [
        figure.label,
        f"{quantity(figure.value, figure.unit)} {figure.note}".strip(),
        quantity(figure.direct, figure.unit),
        quantity(figure.ratio, "×"),
        "" if gate.of_reference is None else f"{gate.of_reference:g} ×",
        word(gate.is_near(figure)),
        "" if gate.budget is None else f"{gate.budget:,g} {figure.unit}".strip(),
        word(gate.is_within(figure)),
        "; ".join(f"{anchor.name} {anchor.text}" for anchor in anchors.of(figure.key)),
    ]


def word(kept: bool | None) -> str:
    """What a gate says."""
    return "" if kept is None else "ok" if kept else "**over**"


def line(figure: Figure) -> str:
    """A figure while the run goes on."""
    gate = GATES.get(figure.key, Gate())
    said = [figure.label, f"{quantity(figure.value, figure.unit)} {figure.note}", quantity(figure.ratio, "× reference")]
    for kept, bound in ((gate.is_near(figure), f"{gate.of_reference} ×"), (gate.is_within(figure), gate.budget)):
        said.append("" if kept is None else f"{'ok' if kept else 'OVER'} ({bound})")
    return "  ".join(filter(None, (each.strip() for each in said)))


def as_json(figures: Sequence[Figure], where: Surroundings) -> str:
    """The same for programs."""
    return json.dumps({**vars(where), "figures": [*judged(figures)]}, indent=1, ensure_ascii=False)


def judged(figures: Sequence[Figure]) -> Iterator[dict[str, object]]:
    """Each figure with what it is held against."""
    for figure in figures:
        gate = GATES.get(figure.key, Gate())
        yield {**vars(figure), "ratio": figure.ratio, **vars(gate), "kept": gate.decision(figure, strict=False)}


def write(page: Path, table: str, figures: Sequence[Figure], anchors: Anchors) -> None:
    """Put the table into a page, in the place of the last run's, and the charts beside it."""
    write_into(page, table)
    for name, chart in charts(figures, anchors):
        page.with_name(name).write_text(svg(chart), encoding="utf-8")
