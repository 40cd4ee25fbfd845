"""Bringing a session in takes time and memory for its turns, and not for the square of them: anybody may send one.

Each turn of the worst one begins a branch of its own, whose way back is longer than that of the one before.
"""

import tracemalloc
from collections.abc import Callable
from time import process_time

import pytest

from tertulia.domain.events import EventId, LoggedEvent, TurnCancelled, TurnEvent, TurnQueued
from tertulia.engine.projection import project
from tertulia.engine.turn import replay
from tertulia.runtime.arriving import InLine
from tertulia.store.branches import LONGEST_LINEAGE
from tertulia.store.importing import ImportedTurn, refuse_unless_whole, stands_of
from tests.store.values import at, session

SESSION = session("s1")
FEW, MANY = 2_000, 16_000


def branching(count: int) -> list[ImportedTurn]:
    """Turns of which each second one comes after the second one before it, beside the first."""
    return [imported(n, parent=None if n < 3 else f"t{(n - 1) // 2 * 2}") for n in range(1, count + 1)]


def imported(n: int, *, parent: str | None) -> ImportedTurn:
    queued = TurnQueued(
        turn_id=f"t{n}", session_id="s1", agent_id="a1", n=n, input_messages=[], at=at(1), parent_turn_id=parent
    )
    said: list[TurnEvent] = [queued, TurnCancelled(at=at(2))]
    log = [LoggedEvent(id=EventId(n=n, epoch=1, seq=seq), event=event) for seq, event in enumerate(said, 1)]
    return ImportedTurn(turn=project(replay(log)), events=log)


def in_line(turns: list[ImportedTurn]) -> None:
    line = InLine()
    for each in turns:
        line.add(each.turn, each.events)


WORK: dict[str, Callable[[list[ImportedTurn]], object]] = {
    "come in line": in_line,
    "are whole": lambda turns: refuse_unless_whole(SESSION, turns),
}


@pytest.fixture(scope="module")
def turns() -> list[ImportedTurn]:
    return branching(MANY)


@pytest.mark.parametrize("work", WORK)
def test_what_is_looked_at_grows_with_the_turns_and_not_with_their_square(turns: list[ImportedTurn], work: str) -> None:
    few, many = (min(seconds_for(WORK[work], turns[:count]) for _ in range(3)) for count in (FEW, MANY))
    assert many < 24 * few  # of eight times as many; the square would be 64


def seconds_for(work: Callable[[list[ImportedTurn]], object], turns: list[ImportedTurn]) -> float:
    begin = process_time()
    work(turns)
    return process_time() - begin


def test_so_does_the_memory_that_their_stands_take(turns: list[ImportedTurn]) -> None:
    few, many = (bytes_for(turns[:count]) for count in (FEW // 4, MANY // 4))
    assert many < 24 * few


def bytes_for(turns: list[ImportedTurn]) -> int:
    tracemalloc.start()
    try:
        stands_of(SESSION, turns)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_stand_names_as_many_runs_as_that_of_a_turn_that_was_said_here() -> None:
    stands = stands_of(SESSION, branching(300))
    lengths = [len(stands[f"t{n}"].lineage or []) for n in range(2, 301, 2)]
    assert lengths == [0, *((n - 1) % LONGEST_LINEAGE + 1 for n in range(1, 150))]
