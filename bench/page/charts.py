"""Which figures are drawn: this run's, its reference and those of others, measure by measure."""

from collections.abc import Iterator, Mapping, Sequence

from bench.page.anchors import Anchor, Anchors
from bench.page.chart import Bar, Chart, Group
from bench.page.gates import GATES
from bench.report import quantity
from bench.stage import Figure

FRAMES = (
    ("streaming.stream.p95_ms", "Frames while an answer grows by 200 tokens a second, p95"),
    ("streaming.stream.p99_ms", "The same, p99"),
    ("history.p99_ms", "Frames while scrolling up through 1,000 turns, p99"),
)
LOADS = (
    ("loading.long_p95_ms", "A talk of 1,000 turns by its address, until the last answer can be read"),
    ("loading.composer_p95_ms", "The first screen, until one can write"),
    ("switching.p95_ms", "The talk of 1,000 turns, from another one by a click"),
    ("weight.session_gz_kb", "JavaScript of a talk's page, compressed"),
)
NAMES = {"page-frames.svg": ("How long frames take", FRAMES), "page-loads.svg": ("How soon it is there", LOADS)}


def charts(figures: Sequence[Figure], anchors: Anchors) -> Iterator[tuple[str, Chart]]:
    """The charts by the names of their files; measures that were not taken are left out."""
    taken = {figure.key: figure for figure in figures}
    for name, (title, wanted) in NAMES.items():
        if groups := [*groups_of(wanted, taken, anchors)]:
            yield name, Chart(title, groups)


def groups_of(wanted: Sequence[tuple[str, str]], taken: Mapping[str, Figure], anchors: Anchors) -> Iterator[Group]:
    """A group for each figure that is there."""
    for key, heading in wanted:
        figure = taken.get(key)
        if figure is not None and figure.value is not None:
            yield Group(heading, [*bars_of(figure, anchors.of(key))], GATES[key].budget)


def bars_of(figure: Figure, beside: Sequence[Anchor]) -> Iterator[Bar]:
    """Ours, the reference of the same run, and the others."""
    yield Bar("Tertulia", figure.value or 0.0, quantity(figure.value, figure.unit), "ours")
    if figure.direct is not None:
        yield Bar("reference: plain text", figure.direct, quantity(figure.direct, figure.unit), "reference")
    for anchor in beside:
        yield Bar(anchor.name, anchor.value, f"{anchor.text} {figure.unit}", low=anchor.low)
