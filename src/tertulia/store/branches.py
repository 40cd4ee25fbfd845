"""Where turns stand: a session is a tree of them, and forks grow on the trees of others.

Each turn names its parent, the turn after which it comes. Following parents one by one would make a page of a branch
cost as many looks as it has turns, and more for every turn that is left out. So turns that follow each other lie
together: a run is what was said one after the other, and only a turn that comes after another than the last one of a
run begins a new one. The first turn of a run says, in its lineage, by which runs it is reached, or by the last ones of
them: the first run that it names says by which that one is. None of it ever changes: a turn stays as long as one that
comes after it does.

What every backend decides alike: pure functions over runs.
"""

from collections.abc import Iterator, Sequence

import msgspec

from tertulia.domain.paging import Order
from tertulia.domain.turns import Turn

LONGEST_LINEAGE = 64
"""Runs that are named at once: a session that is branched a thousand times is stored a thousand times as much, not a
million times, and read with a look more for each so many."""


class Run(msgspec.Struct, frozen=True, array_like=True):
    """The turns of one run, up to one of them: run `branch` of a session begins with the turn of that number."""

    session_id: str
    branch: int
    last_n: int


class Stand(msgspec.Struct, frozen=True):
    """Where a new turn stands. `lineage` is there when it begins a run that is not the first of its session."""

    branch: int
    depth: int
    lineage: list[Run] | None = None


_lineage = msgspec.json.Decoder(list[Run])


def decoded(lineage: bytes | None) -> list[Run]:
    """Return what a lineage says, oldest first."""
    return [] if lineage is None else _lineage.decode(lineage)


def encoded(lineage: Sequence[Run] | None) -> bytes | None:
    """Return a lineage as it is stored with the first turn of its run."""
    return None if lineage is None else msgspec.json.encode(lineage)


def at_the_root(n: int) -> Stand:
    """Return where a turn stands that comes after nothing: the first of its session, or another beginning of it."""
    return Stand(branch=n, depth=1, lineage=None if n == 1 else [])


def going_on(branch: int, depth: int) -> Stand:
    """Return where a turn stands that comes after the last one of a run, which is of this depth."""
    return Stand(branch=branch, depth=depth + 1)


def branching_off(path: list[Run], n: int, depth: int) -> Stand:
    """Return where turn `n` stands that begins a new run, after the turn to which a path leads.

    It is a whole one, or what the lineage of its last run but one says of it, with the last one.
    """
    named = (len(path) - 1) % LONGEST_LINEAGE + 1
    return Stand(branch=n, depth=depth + 1, lineage=path[-named:])


def spans(path: Sequence[Run], order: Order, low: int, high: int) -> Iterator[tuple[Run, int, int]]:
    """Yield the runs of a path that have turns with low < n < high, in order, and between which numbers.

    Numbers rise along a path, also from a session to its fork: a run is passed over without a look at its turns.
    """
    for run in path if order == "asc" else reversed(path):
        if run.last_n > low and run.branch < high:
            yield run, low, min(high, run.last_n + 1)


def shown_in(session_id: str, turn: bytes) -> bytes:
    """Return the JSON of a turn that a fork has from elsewhere as one of its own."""
    return msgspec.json.encode(msgspec.structs.replace(msgspec.json.decode(turn, type=Turn), session_id=session_id))
