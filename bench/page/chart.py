"""Bars as SVG, written by hand: readable in the light and in the dark, and by those who hear it instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 760
LABEL_PX = 250
VALUE_PX = 110
ROW_PX, BAR_PX = 26, 16
HEADING_PX = 44
TITLE_PX = 40
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.heading { font-weight: 600 }
.label, .value { dominant-baseline: central }
.label { text-anchor: end }
.bar { fill: #8c959f }
.range { fill: #c8ced4 }
.ours { fill: #0a7a6c }
text.ours { font-weight: 600 }
.reference { fill: #b5bcc4 }
.budget { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .bar { fill: #7d8590 }
  .range { fill: #484f58 }
  .ours { fill: #3fc6b3 }
  .reference { fill: #565d66 }
  .budget { stroke: #f0883e }
}"""


@dataclass(frozen=True)
class Bar:
    """One value. `low` is the least of a range; `kind` is a class of the style."""

    label: str
    value: float
    text: str
    kind: str = "bar"
    low: float | None = None


@dataclass(frozen=True)
class Group:
    """Bars of one measure, on one scale, with what may not be exceeded."""

    heading: str
    bars: Sequence[Bar]
    budget: float | None = None

    @property
    def height(self) -> int:
        """How much room it takes."""
        return HEADING_PX + ROW_PX * len(self.bars)

    @property
    def most(self) -> float:
        """The end of the scale."""
        return max([*(bar.value for bar in self.bars), self.budget or 0.0, 1e-9])

    def x(self, value: float) -> float:
        """Where a value is."""
        return LABEL_PX + 8 + value / self.most * (WIDTH - LABEL_PX - VALUE_PX - 8)


@dataclass(frozen=True)
class Chart:
    """What is drawn, and what it is called."""

    title: str
    groups: Sequence[Group]

    @property
    def words(self) -> str:
        """All of it as a text."""
        return " ".join(
            f"{group.heading}: {'; '.join(f'{bar.label} {bar.text}' for bar in group.bars)}." for group in self.groups
        )


def svg(chart: Chart) -> str:
    """The chart as a file."""
    height = TITLE_PX + sum(group.height for group in chart.groups) + 12
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            ' role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(chart.title)}</title>',
            f'<desc id="description">{escape(chart.words)}</desc>',
            f"<style>{STYLE}\n</style>",
            f'<text class="title" x="8" y="24">{escape(chart.title)}</text>',
            *drawn(chart.groups),
            "</svg>\n",
        ]
    )


def drawn(groups: Sequence[Group]) -> Iterator[str]:
    """One group below the other."""
    top = TITLE_PX
    for group in groups:
        yield f'<text class="heading" x="8" y="{top + 22}">{escape(group.heading)}</text>'
        for place, bar in enumerate(group.bars):
            yield from row(group, bar, top + HEADING_PX - 8 + place * ROW_PX)
        if group.budget is not None:
            x, from_y, to_y = group.x(group.budget), top + HEADING_PX - 12, top + group.height - 8
            yield f'<line class="budget" x1="{x:.1f}" x2="{x:.1f}" y1="{from_y}" y2="{to_y}"/>'
        top += group.height


def row(group: Group, bar: Bar, top: int) -> Iterator[str]:
    """One bar with its name before it and its value behind it."""
    begin, end, middle = group.x(0), group.x(bar.value), top + ROW_PX // 2 - 3
    is_ours = " ours" if bar.kind == "ours" else ""
    yield f'<text class="label{is_ours}" x="{LABEL_PX}" y="{middle}">{escape(bar.label)}</text>'
    yield rectangle("range" if bar.low is not None else bar.kind, begin, end, middle)
    if bar.low is not None:
        yield rectangle(bar.kind, begin, group.x(bar.low), middle)
    yield f'<text class="value{is_ours}" x="{end + 6:.1f}" y="{middle}">{escape(bar.text)}</text>'


def rectangle(kind: str, begin: float, end: float, middle: int) -> str:
    """A piece of a bar; what is almost nothing is still seen."""
    y, width = middle - BAR_PX // 2, max(1.0, end - begin)
    return f'<rect class="{kind}" x="{begin:.1f}" y="{y}" width="{width:.1f}" height="{BAR_PX}" rx="2"/>'
