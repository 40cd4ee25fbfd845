"""Checks what clients of an append-only list have seen, in the manner of Elle: a session is a list, a turn an append.

A history is the operations of all clients with the moments at which each was begun and answered. An append that was
not answered (`info`) may have happened or not, at any moment after it was begun. Nothing is known of the server: what
is wrong is found in what the clients were told alone.

- *phantom*: a read has something that nobody appended, or that was refused
- *duplicate*: a read has something twice
- *fork*: two reads, of which none is the beginning of the other
- *lost*: an append was acknowledged before a read began that does not have it
- *backwards*: a read has less than one that had ended before it began
- *order*: an append stands before one that was acknowledged before it was begun
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

Outcome = Literal["ok", "refused", "info"]


@dataclass(frozen=True)
class Append:
    """A client has appended a value, which no other append has."""

    key: str
    value: str
    begun: float
    ended: float
    outcome: Outcome = "ok"


@dataclass(frozen=True)
class Read:
    """A client has read the whole list."""

    key: str
    values: Sequence[str]
    begun: float
    ended: float


@dataclass
class History:
    """Everything that clients did and were told."""

    appends: list[Append] = field(default_factory=list[Append])
    reads: list[Read] = field(default_factory=list[Read])

    def anomalies(self) -> list[str]:
        """All that cannot have happened on one list, in sentences that begin with the kind."""
        reads: defaultdict[str, list[Read]] = defaultdict(list)
        appends: defaultdict[str, list[Append]] = defaultdict(list)
        for read in self.reads:
            reads[read.key].append(read)
        for append in self.appends:
            appends[append.key].append(append)
        return [
            f"{found} (list {key})"
            for key in sorted(reads.keys() | appends.keys())
            for found in _anomalies_of(appends[key], sorted(reads[key], key=lambda read: read.begun))
        ]


def _anomalies_of(appends: Sequence[Append], reads: Sequence[Read]) -> Iterator[str]:
    yield from _phantoms(appends, reads)
    yield from _duplicates(reads)
    yield from _forks(reads)
    yield from _lost(appends, reads)
    yield from _backwards(reads)
    longest = max((read.values for read in reads), key=len, default=())
    yield from _disorder(appends, longest)


def _phantoms(appends: Iterable[Append], reads: Iterable[Read]) -> Iterator[str]:
    possible = {append.value for append in appends if append.outcome != "refused"}
    for value in sorted({value for read in reads for value in read.values} - possible):
        yield f"phantom: {value} was read, and nobody has appended it"


def _duplicates(reads: Iterable[Read]) -> Iterator[str]:
    twice = {value for read in reads for value, count in Counter(read.values).items() if count > 1}
    for value in sorted(twice):
        yield f"duplicate: {value} was read twice in one list"


def _forks(reads: Iterable[Read]) -> Iterator[str]:
    by_length = sorted(reads, key=lambda read: len(read.values))
    for shorter, longer in pairwise(by_length):
        if list(longer.values[: len(shorter.values)]) != list(shorter.values):
            yield f"fork: {_end(shorter)} is not the beginning of {_end(longer)}"


def _lost(appends: Sequence[Append], reads: Iterable[Read]) -> Iterator[str]:
    acknowledged = [append for append in appends if append.outcome == "ok"]
    for read in reads:
        seen = set(read.values)
        for append in acknowledged:
            if append.ended < read.begun and append.value not in seen:
                yield f"lost: {append.value} was acknowledged before a read began that does not have it"


def _backwards(reads: Sequence[Read]) -> Iterator[str]:
    """`reads` are in the order in which they were begun."""
    ended = sorted(reads, key=lambda read: read.ended)
    place, longest = 0, 0
    for read in reads:
        while ended[place].ended < read.begun:
            longest = max(longest, len(ended[place].values))
            place += 1
        if len(read.values) < longest:
            yield f"backwards: a read has {len(read.values)} values, and one that had ended before has {longest}"


def _disorder(appends: Iterable[Append], values: Sequence[str]) -> Iterator[str]:
    """From the end to the beginning: what stands before must not have been begun after what stands behind had ended."""
    by_value = {append.value: append for append in appends}
    soonest, behind = float("inf"), ""
    for value in reversed(values):
        append = by_value.get(value)
        if append is None:
            continue
        if append.begun > soonest:
            yield f"order: {value} stands before {behind}, which was acknowledged before {value} was begun"
        if append.outcome == "ok" and append.ended < soonest:
            soonest, behind = append.ended, value


def _end(read: Read) -> str:
    return f"[… {', '.join(read.values[-3:])}] of {len(read.values)}"
