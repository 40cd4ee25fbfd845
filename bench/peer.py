"""Another server to set ours beside: the figures that this benchmark measured of it earlier, as `--json` wrote them."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.stage import Figure

LLAMA_STACK = Path(__file__).parent / "peers" / "llama-stack-0.3.5.json"
"""The last release line of Llama Stack with agents, sessions and turns; of those measured, the fastest."""


class Recorded(msgspec.Struct, frozen=True):
    """One figure of an earlier run."""

    key: str
    label: str
    unit: str
    value: float | None = None


class Peer(msgspec.Struct, frozen=True):
    """An earlier run: of what, when and where."""

    server: str
    date: str
    machine: str
    figures: list[Recorded]

    def find(self, figure: Figure) -> Recorded | None:
        """Its figure for the same, if it has one."""
        return next((known for known in self.figures if known.key == figure.key and known.value is not None), None)

    def source(self, machine: str) -> str:
        """Where its figures come from, and whether they can be compared with those of this machine."""
        same = "the same kind of machine" if machine == self.machine else f"another machine ({self.machine})"
        return f"{self.server} was measured by this benchmark on {self.date} on {same}."


@dataclass(frozen=True)
class Comparison:
    """Ours beside the peer's: `better_by` is above 1 where we are better. `remark` says what the peer did otherwise."""

    value: float
    better_by: float | None
    remark: str = field(default="")


def compare(figure: Figure, peer: Peer) -> Comparison | None:
    """Set a figure beside the peer's."""
    theirs = peer.find(figure)
    if theirs is None or theirs.value is None:
        return None
    remark = "" if theirs.label == figure.label else f"({theirs.label})"
    if not figure.value or not theirs.value:
        return Comparison(theirs.value, None, remark)
    ratio = figure.value / theirs.value
    return Comparison(theirs.value, ratio if figure.more_is_better else 1 / ratio, remark)


def read_peer(path: Path) -> Peer:
    """Read what `--json` wrote."""
    return msgspec.json.decode(path.read_bytes(), type=Peer)
