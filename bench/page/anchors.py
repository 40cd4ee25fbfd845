"""What other pages and other ways of drawing took, in the same measures: the figures of `anchors.json`."""

from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("anchors.json")


class Anchor(msgspec.Struct, frozen=True):
    """A figure of another page, by the key of ours; `low` is the least of a range."""

    figure: str
    name: str
    value: float
    low: float | None = None

    @property
    def text(self) -> str:
        """The number as one reads it."""
        return f"{self.value:,g}" if self.low is None else f"{self.low:,g}–{self.value:,g}"


class Anchors(msgspec.Struct, frozen=True):
    """All of them, and where they come from."""

    source: str
    anchors: list[Anchor]

    def of(self, figure: str) -> list[Anchor]:
        """Those of one figure, the least first."""
        return sorted((each for each in self.anchors if each.figure == figure), key=lambda each: each.value)


def read_anchors() -> Anchors:
    """Read the file."""
    return msgspec.json.decode(FILE.read_bytes(), type=Anchors)
